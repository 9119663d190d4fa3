import Foundation
import LeewayBase
import LeewayModel
import LeewayTensor
import Testing

/// What key-values of a GGUF file, and their absence, say about a model.
@Suite struct GGUFConfigTests {
  private func config(_ changes: [(key: String, value: GGUF.Written?)], freqs: [Float]? = nil)
    throws
    -> TransformerConfig
  {
    var changed = GGUFModelTests.Toy()
    for (key, value) in changes {
      changed.metadata.removeAll { $0.key == key }
      if let value { changed.metadata.append((key, value)) }
    }
    if let freqs {
      changed.change = {
        $0 + [.init(name: "rope_freqs.weight", shape: [freqs.count], values: freqs)]
      }
    }
    return try changed.open { try Checkpoint(folder: $0).config }
  }

  /// A factor alone is a linear one, a type of none leaves a factor unused, and bookkeeping beside
  /// them says nothing.
  @Test func anglesAreStretchedAsTheFileSays() throws {
    let scaling = "llama.rope.scaling."
    func positions(_ changes: [(key: String, value: GGUF.Written?)]) throws
      -> TransformerConfig.PositionScheme
    {
      try config(changes).positions
    }
    let plain = TransformerConfig.PositionScheme.rotary(base: 1e4, width: 64, interleaved: false)
    let linear = TransformerConfig.PositionScheme.rotary(
      base: 1e4, width: 64, interleaved: false, scaling: .linear(factor: 3))
    #expect(try positions([]) == plain)
    #expect(try positions([(scaling + "factor", .f32(3))]) == linear)
    #expect(try positions([("llama.rope.scale_linear", .f32(3))]) == linear)
    #expect(
      try positions([(scaling + "factor", .f32(3)), (scaling + "type", .string("none"))]) == plain)
    #expect(
      try positions([
        (scaling + "original_context_length", .u32(4096)), (scaling + "finetuned", .bool(true)),
      ]) == plain)
    let yarn = try positions([
      (scaling + "type", .string("yarn")), (scaling + "factor", .f32(4)),
      (scaling + "original_context_length", .u32(8)), (scaling + "attn_factor", .f32(0.5)),
      (scaling + "yarn_beta_fast", .f32(32)),
    ])
    guard case .rotary(_, _, _, .yarn(4, 32, 1, 8, let attention, true)) = yarn else {
      Issue.record("\(yarn)")
      return
    }
    #expect(abs(attention - Float(0.5 * (0.1 * log(4.0) + 1))) < 1e-6)
  }

  /// A file of Gemma names what ends a text and holds what ends a turn.
  @Test func turnsEndAtTokensThatTheFileOnlyHolds() throws {
    let tokens = "tokenizer.ggml.tokens"
    func ends(_ kind: Int32, _ more: [(key: String, value: GGUF.Written?)] = []) throws -> [Int] {
      let pieces = ["<|end|>", "a", "<eos>", "<end_of_turn>", "<|im_end|>"]
      let held: [(key: String, value: GGUF.Written?)] = [
        (tokens, .strings(pieces)), ("tokenizer.ggml.token_type", .ints([1, 1, 3, kind, 1])),
      ]
      return try config(held + more).endTokens
    }
    #expect(try ends(3) == [2, 3])
    #expect(try ends(4) == [2, 3])
    #expect(try ends(1) == [2])
    #expect(try ends(3, [("tokenizer.ggml.eot_token_id", .u32(1))]) == [2, 1])
    #expect(try ends(3, [("tokenizer.ggml.eos_token_id", .u32(3))]) == [3])
    #expect(try ends(3, [("tokenizer.ggml.eos_token_id", nil)]) == [3])
    #expect(try ends(3, [(tokens, .strings(["a"]))]) == [2])
  }

  /// Divisors that are no ramp of Llama 3's divide texts of any length.
  @Test func anyFactorsOfFrequenciesAreRead() throws {
    let factors = (1...32).map { Float($0) }
    let found = try config([], freqs: factors).positions
    #expect(
      found
        == .rotary(
          base: 1e4, width: 64, interleaved: false,
          scaling: .longRope(short: factors, long: factors, attention: 1, original: 32)))
  }

  /// Mixtral's folders turn by another base where they say nothing; files of its architecture do not.
  @Test func whatAFileLeavesOutIsNotTheFoldersDefault() throws {
    func open(_ name: String, without keys: Set<String>, adding: [(String, GGUF.Written)] = [])
      throws -> TransformerConfig
    {
      let file = try GGUF(path: GGUFModelTests.folder + "/\(name).gguf")
      let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("leeway-\(UUID().uuidString).gguf").path
      defer { try? FileManager.default.removeItem(atPath: path) }
      let metadata = file.keys.filter { key in
        !keys.contains(key) && !adding.contains { $0.0 == key }
      }.compactMap { key in file[key]?.written.map { (key: key, value: $0) } }
      let tensors = file.tensors.map {
        GGUF.Tensor(
          name: $0.name, shape: $0.shape, dtype: $0.dtype, bytes: $0.withBytes { Array($0) })
      }
      try GGUF.write(
        tensors, metadata: metadata + adding.map { (key: $0.0, value: $0.1) }, to: path)
      return try Checkpoint(folder: path).config
    }
    let mixtral = try open("mixtral-top2", without: ["llama.rope.freq_base"])
    #expect(mixtral.positions == .rotary(base: 1e4, width: 4, interleaved: false))
    let whole = try open(
      "mixtral-top2", without: ["llama.attention.key_length", "llama.attention.value_length"])
    #expect(whole.headWidth == 4)
    // Without a window every block of Gemma 3 sees all and turns by one base.
    for silent in [[], [("gemma3.attention.sliding_window", GGUF.Written.u32(0))]] {
      let open = try open(
        "gemma3-kinds", without: ["gemma3.attention.sliding_window"], adding: silent)
      #expect(open.windows.isEmpty)
    }
    let every = try open(
      "gemma3-kinds", without: [],
      adding: [("gemma3.attention.sliding_window_pattern", .u32(2))])
    #expect(every.windows == [4, 0, 4])
    do {
      _ = try open(
        "gemma3-kinds", without: [],
        adding: [("gemma3.attention.sliding_window_pattern", .u32(0))])
      Issue.record("opened")
    } catch CheckpointError.wrongValue(_, let key, _, _) {
      #expect(key == "gemma3.attention.sliding_window_pattern")
    }
  }
}
