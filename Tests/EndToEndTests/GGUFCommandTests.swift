import Foundation
import LeewayBase
import Testing

/// Models and vectors in GGUF, through the command.
@Suite struct GGUFCommandTests {
  private static let models = Command.root + "/Tests/LeewayModelTests/GGUF"
  private static let vectors = Command.root + "/Tests/LeewaySteeringTests/Golden"

  @Test(arguments: ["llama-grouped", "gpt2-prefixed", "mixtral-top2"])
  func aModelFileTracesAsItsFolder(name: String) throws {
    func trace(_ model: String) throws -> String {
      let outcome = try Command.run(
        "trace", "--model", model, "--ids", "1 5 9 3", "--top", "4", "--json")
      #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      return outcome.output
    }
    let file = try trace(Self.models + "/\(name).gguf")
    #expect(file.count > 40)
    #expect(try file == trace(Command.golden + "/" + name))
  }

  @Test func vectorsAreShownConvertedAndShifted() throws {
    let generator = Self.vectors + "/generator.gguf"
    let shown = try Command.run("vector", "show", generator)
    #expect(shown.code == 0)
    #expect(shown.output.contains("blocks.3.resid_post") && shown.output.contains("mistral"))
    #expect(shown.errors.contains("leeway vector shift \(generator) --by -1"))
    try withFolder { folder in
      let out = folder + "/out.gguf"
      let refused = try Command.run("vector", "shift", generator, "--by", "-1", "--out", out)
      #expect(refused.code == 2 && refused.errors.contains("blocks.0.resid_post"))
      let shift = try Command.run(
        "vector", "shift", generator, "--by", "-1", "--blocks", "2-3", "--out", out)
      #expect(shift.code == 0, "\(shift.errors)")
      let again = try Command.run("vector", "show", out)
      #expect(again.errors.isEmpty && again.output.contains("blocks.1.resid_post"))
      #expect(!again.output.contains("blocks.3.resid_post"))
      let own = folder + "/own.safetensors"
      #expect(try Command.run("vector", "convert", out, "--out", own).code == 0)
      let hashes = { (text: String) in text.matches(of: /hash ([0-9a-f]+)/).map { $0.output.1 } }
      let converted = try Command.run("vector", "show", own)
      #expect(hashes(converted.output) == hashes(again.output) && !hashes(again.output).isEmpty)
      let none = try Command.run("vector", "convert", out, "--out", own, "--blocks", "40-50")
      #expect(none.code == 2)
    }
  }

  /// A file of several vectors acts at all its blocks, or at those that are chosen.
  @Test func severalVectorsSteerTogether() throws {
    try withFolder { folder in
      let width = 48
      let path = folder + "/v.gguf"
      try GGUF.write(
        [1, 2].map { block in
          GGUF.Tensor(
            name: "direction.\(block)", shape: [width],
            values: (0..<width).map { $0 % (block + 1) == 0 ? 1 : -1 })
        },
        metadata: [
          ("general.architecture", .string("controlvector")),
          ("controlvector.layer_count", .u32(2)),
        ], to: path)
      func text(_ more: String...) throws -> String {
        let outcome = try Command.started(
          ["generate", "--model", Command.nestling, "--prompt", "A", "--tokens", "24"] + more
        ).outcome()
        #expect(outcome.code == 0, "\(outcome.errors)")
        return outcome.output
      }
      let plain = try text()
      let all = try text("--vector", path, "--scale", "3")
      let one = try text("--vector", path, "--scale", "3", "--blocks", "1")
      let site = try text("--vector", path, "--scale", "3", "--site", "blocks.1.resid_post")
      #expect(all != plain && one == site && one != plain && all != one)
      #expect(try text("--vector", path, "--scale", "0") == plain)
      #expect(try text("--vector", path, "--dose", "0") == plain)
      let elsewhere = try Command.run(
        "generate", "--model", Command.nestling, "--prompt", "A", "--vector", path, "--dose", "1",
        "--site", "blocks.3.resid_post")
      #expect(elsewhere.code == 2 && elsewhere.errors.contains("blocks.2.resid_post"))
    }
  }

  @Test func damagedFilesAreNamed() throws {
    try withFolder { folder in
      let path = folder + "/cut.gguf"
      let whole = try bytes(Self.models + "/llama-grouped.gguf")
      try whole.prefix(whole.count - 500).write(to: URL(fileURLWithPath: path))
      let cut = try Command.run("trace", "--model", path, "--ids", "1", "--json")
      #expect(cut.code == 2 && cut.errors.contains(path) && cut.errors.contains("tensor"))
      // What the file calls itself is quoted, and no command to the terminal.
      try GGUF.write(
        [], metadata: [("general.architecture", .string("lla\u{1B}[31m\nma\u{85}\0é"))], to: path)
      let named = try Command.run("trace", "--model", path, "--ids", "1", "--json")
      #expect(named.code == 2 && named.errors.contains(#"lla\u{1B}[31m\nma\u{0085}\0é"#))
      #expect(named.errors.split(separator: "\n").count == 1)
      let vector = try Command.run("vector", "show", Self.models + "/llama-grouped.gguf")
      #expect(vector.code == 2 && vector.errors.contains("general.architecture"))
    }
  }
}
