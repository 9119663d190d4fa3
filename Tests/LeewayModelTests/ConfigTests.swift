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
    ("qwen3moe-dense", ["decoder_sparse_step": 0], "decoder_sparse_step"),
    ("qwen3moe-dense", ["mlp_only_layers": "3"], "mlp_only_layers"),
    ("qwen3moe-dense", ["mlp_only_layers": [3, 0.5]], "mlp_only_layers"),
    ("qwen3moe-dense", ["intermediate_size": 0], "intermediate_size"),
    ("qwen3moe-top2", ["num_experts_per_tok": 9], "num_experts_per_tok"),
    ("qwen3-grouped", ["attention_bias": "no"], "attention_bias"),
    ("qwen2-window", ["layer_types": ["full_attention"]], "layer_types"),
    (
      "qwen2-window",
      ["layer_types": ["full_attention", "chunked_attention", "full_attention"]], "layer_types"
    ),
    ("olmoe-top3", ["clip_qkv": 0], "clip_qkv"),
    ("olmoe-top3", ["clip_qkv": -8], "clip_qkv"),
    (
      "llama-multihead", ["quantization_config": ["quant_method": "awq", "bits": 4]],
      "quantization_config"
    ),
    ("llama-multihead", ["quantization": ["group_size": 64, "bits": 4]], "quantization"),
    ("gemma3-multihead", ["attn_logit_softcapping": 50], "attn_logit_softcapping"),
    ("gemma3-multihead", ["use_bidirectional_attention": true], "use_bidirectional_attention"),
    ("gemma2-grouped", ["query_pre_attn_scalar": 0], "query_pre_attn_scalar"),
    ("gemma2-grouped", ["final_logit_softcapping": -1], "final_logit_softcapping"),
    ("gemma3-pictures", ["text_config": 3], "text_config"),
    ("neox-in-turn", ["rotary_pct": 0.01], "rotary_pct"),
    ("neox-in-turn", ["rotary_pct": 2], "rotary_pct"),
    ("phi3-window", ["sliding_window": 0], "sliding_window"),
    (
      "phi3-window", ["layer_types": ["sliding_attention", "full_attention"]], "layer_types"
    ),
    ("mixtral-window", ["layer_types": ["full_attention", "full_attention"]], "layer_types"),
    ("llama-multihead", ["num_hidden_layers": 2_147_483_647], "num_hidden_layers"),
    ("gpt2-bare", ["n_layer": 2_147_483_647], "n_layer"),
    ("gpt2-bare", ["n_head": 3], "n_head"),
    ("llama-multihead", ["num_attention_heads": 64, "head_dim": nil], "num_attention_heads"),
    ("neox-parallel", ["num_attention_heads": 5], "num_attention_heads"),
    ("gemma2-grouped", ["num_hidden_layers": 2_147_483_647], "num_hidden_layers"),
    (
      "phi3-window",
      [
        "num_attention_heads": 2_147_483_647, "num_key_value_heads": 2_147_483_647,
        "head_dim": 2_147_483_646,
      ], "num_attention_heads"
    ),
    ("llama-linear", ["rope_parameters": ["rope_type": 3]], "rope_parameters.rope_type"),
    (
      "llama-linear", ["rope_parameters": ["rope_type": .null, "type": "spiral"]], "rope_parameters"
    ),
    (
      "llama-yarn-set", ["rope_parameters": ["rope_type": "yarn", "factor": 2, "truncate": "no"]],
      "rope_parameters.truncate"
    ),
    (
      "phi3-crossing", ["original_max_position_embeddings": 1], "rope_parameters"
    ),
    (
      "gemma3-multihead", ["rope_parameters": ["rope_type": "linear", "factor": 8]],
      "rope_parameters"
    ),
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
    let grouped = try open(
      "starcoder2-grouped", ["num_key_value_heads": nil, "use_bias": nil]
    ).config
    #expect(grouped.kvHeads == 2 && grouped.attentionInBias && grouped.mlpBias)
  }

  /// What the published folders say beside what the framework reads.
  @Test func thePublishedKeysOfStarCoderAreKnown() throws {
    let read = try open(
      "starcoder2-window",
      [
        "activation_function": "gelu_pytorch_tanh", "attention_softmax_in_fp32": true,
        "embedding_dropout": 0.1, "layer_norm_epsilon": 1e-5, "mlp_type": "default",
        "norm_type": "layer_norm", "residual_dropout": 0.1,
        "scale_attention_softmax_in_fp32": true, "scale_attn_weights": true,
        "sliding_window": 4096, "rope_theta": 999999.4420358813, "rope_parameters": nil,
      ])
    #expect(read.config.windows == [4096, 4096] && read.harmlessKeys.isEmpty)
    #expect(
      read.config.positions == .rotary(base: 999999.4420358813, width: 4, interleaved: false))
    // A norm's epsilon has one name in a family, and is refused under another's.
    for (fixture, key) in [
      ("starcoder2-window", "rms_norm_eps"), ("neox-parallel", "rms_norm_eps"),
    ] {
      #expect(throws: CheckpointError.self) { try open(fixture, [key: 1e-3]) }
    }
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

  @Test func theOlderSpellingStandsForBoth() throws {
    let config = try open(
      "llama-linear",
      ["rope_scaling": ["type": "linear", "factor": 4], "rope_theta": 300]
    ).config
    #expect(
      config.positions
        == .rotary(base: 300, width: 8, interleaved: false, scaling: .linear(factor: 4)))
    // A base beyond a thousand million is a base.
    let far = try open(
      "llama-linear", ["rope_parameters": ["rope_type": "default", "rope_theta": 2.804e9]]
    ).config
    #expect(far.positions == .rotary(base: 2.804e9, width: 8, interleaved: false))
  }

  /// What the framework writes beside `layer_types` and does not read.
  @Test func theUnderscoredPatternIsNotRead() throws {
    let config = try open(
      "gemma3-multihead", ["layer_types": nil, "_sliding_window_pattern": 2]
    ).config
    #expect(config.windows == [4, 4, 4])
  }

  /// Sentences stay sentences.
  @Test func aLongValueIsCut() throws {
    let many = JSONValue.array(Array(repeating: .integer(1), count: 100_000))
    do {
      _ = try open("llama-multihead", ["hidden_size": many])
      Issue.record("opened")
    } catch CheckpointError.wrongValue(_, _, _, let found) { #expect(found.count < 100) }
  }

  // MARK: Where Leeway goes another way than the reference, on purpose

  /// The reference rounds Gemma's factor on embeddings to the format of the weights. Here it is the
  /// same model whatever its file is stored in.
  @Test func theFactorOnEmbeddingsIsNotRounded() throws {
    let config = try open("gemma-multihead", [:]).config
    #expect(config.embeddingScale == Float(12).squareRoot())
  }

  /// By the length of the whole text, as the reference chooses them in one call.
  @Test func theLengthOfATextChoosesItsFactors() throws {
    let config = try open("phi3-crossing", [:]).config
    #expect(config.maxPositions == 64)
    #expect([1, 5, 6, 64].map(config.turning) == [0, 0, 1, 1])
    let model = try Transformer(Checkpoint(folder: GoldenFixture.root + "/phi3-crossing"))
    let text = [3, 1, 4, 1, 5, 9, 2, 6]
    let sites = [Site(.attnQ, layer: 0), Site(.attnQ, layer: 1)]
    let heard = try NaiveExecutor(model: model).capture(
      CaptureJob(prompts: [5, 6, 8].map { Array(text.prefix($0)) }, sites: sites))
    let start = model.config.queryWidth * 5
    // The sixth token turns the five before it otherwise; the eighth changes nothing more.
    #expect(bits(heard[0][0].values) != bits(heard[1][0].values.prefix(start)))
    #expect(bits(heard[1][1].values) == bits(heard[2][1].values.prefix(start / 5 * 6)))
  }

  /// The reference's loop for other families than Phi-3 keeps a cache that was turned by the first
  /// factors when the text outgrows them, so what it says depends on how often it was called. Here
  /// every family does what Phi-3's does: the text is computed anew, and says what it would say as a
  /// prompt.
  @Test func aTextThatOutgrowsItsFactorsSaysWhatItWouldSayAsAPrompt() throws {
    let model = try Transformer(Checkpoint(folder: GoldenFixture.root + "/phi3-crossing"))
    let prompts = [[3, 1, 4], [7], [2, 7, 1, 8, 2, 8]]
    for kind in ExecutorKind.allCases {
      let executor = kind.make(model)
      let made = try executor.generate(
        GenerationJob(
          prompts: prompts, streams: ["a", "b", "c"], variants: [.baseline], maxTokens: 9))[0]
      for (prompt, continuation) in zip(prompts, made) {
        for (index, token) in continuation.tokens.enumerated() {
          let text = prompt + continuation.tokens.prefix(index)
          let answer = try executor.nextToken(
            NextTokenJob(prompts: [text], candidates: [[token]], variants: [.baseline]))
          #expect(answer[0][0].top == token, "\(kind), after \(text)")
        }
      }
    }
  }

  /// The last token of a scored text is predicted and not read: it does not count for its length,
  /// where a call of the reference that is handed the whole text counts it.
  @Test func aTokenThatIsNotReadDoesNotChooseFactors() throws {
    let model = try Transformer(Checkpoint(folder: GoldenFixture.root + "/phi3-crossing"))
    let text = [3, 1, 4, 1, 5, 9]
    for kind in ExecutorKind.allCases {
      let executor = kind.make(model)
      let scored = try executor.score(
        ScoringJob(
          sequences: [ScoringJob.Sequence(tokens: text, scoredFrom: 5)], variants: [.baseline]))
      let asked = try executor.nextToken(
        NextTokenJob(prompts: [Array(text.dropLast())], candidates: [[9]], variants: [.baseline]))
      #expect(bits(scored[0][0]) == bits(asked[0][0].logProbs))
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
