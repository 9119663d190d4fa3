import Foundation
import LeewayBase
import LeewayModel
import LeewayTensor
import Testing

/// Configurations of real folders: what is taken for granted, what is refused, and where Leeway goes
/// another way than the reference on purpose.
@Suite struct ConfigTests {
  /// A fixture's folder with other keys in its configuration; `text.KEY` is one inside.
  private func open(
    _ fixture: String, _ changes: [String: JSONValue?], ignoring: Set<String> = []
  ) throws -> Checkpoint {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-config-\(UUID().uuidString)").path
    try FileManager.default.copyItem(atPath: GoldenFixture.root + "/" + fixture, toPath: folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/config.json"
    var root = try JSONValue.parse(
      Array(Data(contentsOf: URL(fileURLWithPath: path))), path: path)
    for (key, value) in changes {
      if key.hasPrefix("text."), let text = root["text_config"] {
        root = root.with("text_config", text.with(String(key.dropFirst(5)), value))
      } else {
        root = root.with(key, value)
      }
    }
    try Data(root.canonicalBytes).write(to: URL(fileURLWithPath: path))
    return try Checkpoint(folder: folder, ignoring: ignoring)
  }

  static let refused: [(fixture: String, changes: [String: JSONValue?], key: String)] = [
    ("qwen3moe-top2", ["decoder_sparse_step": 2], "decoder_sparse_step"),
    ("qwen3moe-top2", ["mlp_only_layers": [0]], "mlp_only_layers"),
    ("qwen3moe-top2", ["num_experts_per_tok": 9], "num_experts_per_tok"),
    ("qwen3-grouped", ["attention_bias": "no"], "attention_bias"),
    ("qwen2-window", ["layer_types": ["full_attention"]], "layer_types"),
    (
      "qwen2-window",
      ["layer_types": ["full_attention", "chunked_attention", "full_attention"]], "layer_types"
    ),
    ("olmoe-top3", ["clip_qkv": 8], "clip_qkv"),
    ("gemma3-multihead", ["attn_logit_softcapping": 50], "attn_logit_softcapping"),
    ("gemma3-multihead", ["use_bidirectional_attention": true], "use_bidirectional_attention"),
    ("gemma2-grouped", ["query_pre_attn_scalar": 0], "query_pre_attn_scalar"),
    ("gemma2-grouped", ["final_logit_softcapping": -1], "final_logit_softcapping"),
    ("gemma3-pictures", ["text_config": 3], "text_config"),
    ("neox-in-turn", ["rotary_pct": 0.01], "rotary_pct"),
    ("neox-in-turn", ["rotary_pct": 2], "rotary_pct"),
    ("phi3-window", ["sliding_window": 0], "sliding_window"),
    ("llama-multihead", ["rope_interleaved": true], "rope_interleaved"),
    (
      "llama-yarn-set", ["rope_parameters": ["rope_type": "yarn", "factor": -1]], "rope_parameters"
    ),
    (
      "llama-yarn-set",
      ["rope_parameters": ["rope_type": "yarn", "factor": 2, "beta_fast": 1, "beta_slow": 2]],
      "rope_parameters"
    ),
    (
      "gemma3-multihead",
      ["rope_parameters": ["full_attention": ["rope_type": "spiral"]]], "rope_parameters"
    ),
  ]

  @Test(arguments: refused.indices) func whatIsNotUnderstoodIsRefused(index: Int) throws {
    let (fixture, changes, key) = Self.refused[index]
    do {
      _ = try open(fixture, changes)
      Issue.record("\(fixture) opened with \(changes)")
    } catch CheckpointError.wrongValue(_, let found, let expected, _) {
      #expect(found.hasPrefix(key) && !expected.isEmpty)
    }
  }

  @Test func aWindowThatIsMissingIsNamed() throws {
    do {
      _ = try open("gemma2-uncapped", ["sliding_window": .null])
      Issue.record("opened")
    } catch CheckpointError.missingKey(_, let key) { #expect(key == "sliding_window") }
  }

  @Test func keysInsideAreAccountedForByTheirPath() throws {
    let changes: [String: JSONValue?] = ["text.attn_temperature": 2]
    do {
      _ = try open("gemma3-pictures", changes)
      Issue.record("opened")
    } catch CheckpointError.unknownKeys(_, let keys) {
      #expect(keys == ["text_config.attn_temperature"])
    }
    let read = try open("gemma3-pictures", changes, ignoring: ["text_config.attn_temperature"])
    #expect(read.ignoredKeys == ["text_config.attn_temperature"])
    let empty = try open("gemma3-pictures", ["text.attn_temperature": .null])
    #expect(empty.harmlessKeys == ["text_config.attn_temperature"])
  }

  /// What the reference takes for granted where a configuration is silent.
  @Test func silenceMeansWhatItMeansToTheReference() throws {
    #expect(try open("mistral-wide", ["sliding_window": nil]).config.windows == [4096])
    #expect(try open("mistral-wide", [:]).config.windows.isEmpty)
    let capped = try open(
      "gemma2-uncapped",
      ["attn_logit_softcapping": nil, "final_logit_softcapping": nil, "query_pre_attn_scalar": nil]
    ).config
    #expect(capped.attentionCap == 50 && capped.logitCap == 30)
    #expect(capped.attentionScale == 0.0625)
    let turned = try open("neox-parallel", ["rope_parameters": .null, "rotary_pct": nil]).config
    #expect(turned.positions == .rotary(base: 10_000, width: 2, interleaved: false))
    let local = try open("gemma3-multihead", ["rope_parameters": .null]).config
    #expect(local.positions == .rotary(base: 1e6, width: 8, interleaved: false))
    #expect(local.windowedPositions == .rotary(base: 1e4, width: 8, interleaved: false))
  }

  /// Old and new spellings of the same model.
  @Test func bothSpellingsAreRead() throws {
    let new = try open(
      "gemma3-multihead",
      [
        "rope_parameters": [
          "full_attention": ["rope_type": "linear", "factor": 8, "rope_theta": 1e5],
          "sliding_attention": ["rope_type": "default", "rope_theta": 300],
        ]
      ])
    let old = try open(
      "gemma3-multihead",
      [
        "rope_parameters": nil, "layer_types": nil, "_sliding_window_pattern": nil,
        "sliding_window_pattern": 2, "rope_theta": 1e5, "rope_local_base_freq": 300,
        "rope_scaling": ["rope_type": "linear", "factor": 8],
      ])
    #expect(new.config == old.config)
    #expect(
      new.config.positions
        == .rotary(base: 1e5, width: 8, interleaved: false, scaling: .linear(factor: 8)))
  }

  // MARK: Where Leeway goes another way than the reference, on purpose

  /// The reference rounds Gemma's factor on embeddings to the format of the weights. Here it is the
  /// same model whatever its file is stored in.
  @Test func theFactorOnEmbeddingsIsNotRounded() throws {
    let config = try open("gemma-multihead", [:]).config
    #expect(config.embeddingScale == Float(12).squareRoot())
  }

  /// The reference changes LongRoPE's table in the middle of a text that outgrows the first
  /// context, and leaves the keys behind it as they were. Here such a text is too long.
  @Test func longTextsAreNotReadByTwoTables() throws {
    let config = try open("phi3-long", [:]).config
    #expect(config.maxPositions == 32)
    let model = try Transformer(Checkpoint(folder: GoldenFixture.root + "/phi3-long"))
    // The last token is predicted and not read.
    let text = Array(repeating: 1, count: 34)
    #expect(throws: EngineError.self) {
      try NaiveExecutor(model: model).score(
        ScoringJob(
          sequences: [ScoringJob.Sequence(tokens: text, scoredFrom: 1)], variants: [.baseline]))
    }
  }

  /// "gelu" in the first Gemma's folders means its approximation, in the reference too.
  @Test func theFirstGemmaMeansTheApproximation() throws {
    #expect(try open("gemma-multiquery", [:]).config.activation == .geluTanh)
    #expect(
      try open("gemma-multihead", ["hidden_activation": "gelu"]).config.activation == .geluTanh)
  }
}

extension JSONValue {
  /// The object with another value at a key; nil takes the key away.
  fileprivate func with(_ key: String, _ value: JSONValue?) -> JSONValue {
    guard case .object(let members) = self else { return self }
    let kept = members.filter { $0.key != Array(key.utf8) }
    return .object(kept + (value.map { [JSONMember(key: Array(key.utf8), value: $0)] } ?? []))
  }
}
