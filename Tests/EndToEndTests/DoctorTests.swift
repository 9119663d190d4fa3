import Foundation
import Testing

/// The laws on one model, as a person asks for them.
@Suite struct DoctorTests {
  @Test(arguments: [
    Command.nestling, Command.golden + "/gpt2-bare",
    Command.root + "/Tests/LeewayModelTests/GGUF/llama-grouped.gguf",
  ])
  func aHealthyModelPasses(folder: String) throws {
    let result = try Command.run("doctor", folder, "--threads", "2")
    #expect(result.code == 0, "\(result.output)\(result.errors)")
    #expect(!result.output.contains("FAIL"), "\(result.output)")
    for word in [
      "stored", "packed", "batch", "measured, exact on", "bit for bit", "interventions due",
    ] {
      #expect(result.output.contains(word), "\(word) in: \(result.output)")
    }
  }

  /// Versions of the reference read such a folder differently; whoever measures must know.
  @Test func flagsThatTheTokenizerDoesNotBearOutAreTold() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-doctor-\(UUID().uuidString)").path
    try FileManager.default.copyItem(atPath: Command.nestling, toPath: folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, flags, told) in [
      ("LlamaTokenizerFast", #""add_bos_token":true,"add_eos_token":false"#, true),
      ("LlamaTokenizerFast", #""add_bos_token":false"#, false),
      ("PreTrainedTokenizerFast", #""add_bos_token":true"#, false),
    ] {
      let config = #"{"tokenizer_class":"\#(name)","bos_token":"<|end|>",\#(flags)}"#
      try Data(config.utf8).write(to: URL(fileURLWithPath: folder + "/tokenizer_config.json"))
      let result = try Command.run("doctor", folder, "--threads", "2")
      #expect(result.code == 0)
      let line = "tokenizer_config.json says add_bos_token: true and tokenizer.json does not"
      #expect(result.output.contains(line) == told, "\(result.output)")
    }
  }
}
