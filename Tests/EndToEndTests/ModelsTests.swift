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
}
