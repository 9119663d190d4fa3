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
      "mapped", "packed", "batch", "measured, exact on", "bit for bit", "interventions due",
    ] {
      #expect(result.output.contains(word), "\(word) in: \(result.output)")
    }
  }
}
