import Foundation
import Testing

/// Models that are fetched and listed, as a person does it.
@Suite struct ModelsTests {
  @Test func modelsAreListed() throws {
    let result = try Command.started(["models"], in: Command.root).outcome()
    #expect(result.code == 0, "\(result.errors)")
    let line = result.output.split(separator: "\n").first { $0.hasPrefix("Models/nestling ") }
    #expect(line?.contains("llama") == true, "\(result.output)")
    #expect(line?.hasSuffix("supported") == true, "\(result.output)")
  }

  @Test func aHubThatIsNotThereIsTold() throws {
    let result = try Command.run("pull", "org/toy", "--endpoint", "ftp://x")
    #expect(result.code == 2)
    #expect(result.errors.contains("ftp://x"))
    let name = try Command.run("pull", "toy")
    #expect(name.code == 2)
    #expect(name.errors.contains("ORG/NAME"))
  }

  @Test func aModelThatIsNotHereCanBeFetched() throws {
    let result = try Command.run("doctor", "no-org-of-this-name/toy")
    #expect(result.code == 2)
    #expect(result.errors.contains("leeway pull no-org-of-this-name/toy"), "\(result.errors)")
  }

  @Test func whatIsNoModelIsTold() throws {
    let absent = try Command.run("doctor", "nosuch")
    #expect(absent.code == 2 && absent.errors.contains("nosuch: there is no such folder or file"))
    try withFolder { folder in
      let empty = try Command.run("doctor", folder)
      #expect(empty.code == 2 && empty.errors.contains("\(folder): holds no config.json"))
    }
  }

  @Test(arguments: ["0x10", "nan", "1e999", "much"]) func numbersAreDecimal(_ text: String) throws {
    let result = try Command.run(
      "generate", "--model", Command.nestling, "--prompt", "The owl", "--temperature", text)
    #expect(result.code == 64 && result.errors.contains("decimal"), "\(result.errors)")
  }
}
