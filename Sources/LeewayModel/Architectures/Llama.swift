import LeewayBase
import LeewayTensor

extension Architecture {
  /// Llama: pre-norm blocks with RMS norms, rotary positions, grouped key-value heads and a gated
  /// MLP. Touvron et al. 2023, arXiv:2302.13971.
  static let llama = Architecture(
    modelType: "llama",
    config: { (json) throws(CheckpointError) in
      let width = try json.size("hidden_size")
      let heads = try json.size("num_attention_heads")
      let headWidth = try json.optionalSize("head_dim") ?? width / heads
      let attentionBias = try json.flag("attention_bias", default: false)
      let (base, scaling) = try json.rotary(defaultBase: 10_000)
      return TransformerConfig(
        vocabulary: try json.size("vocab_size"), width: width,
        layers: try json.size("num_hidden_layers"), heads: heads,
        kvHeads: try json.optionalSize("num_key_value_heads") ?? heads, headWidth: headWidth,
        mlpWidth: try json.size("intermediate_size"),
        maxPositions: try json.optionalSize("max_position_embeddings") ?? 2048, norm: .rms,
        epsilon: try json.epsilon("rms_norm_eps", default: 1e-6),
        positions: .rotary(base: base, width: headWidth, interleaved: false, scaling: scaling),
        activation: try json.activation("hidden_act", default: .silu), gatedMLP: true,
        tiedEmbeddings: try json.flag("tie_word_embeddings", default: false),
        attentionScale: 1 / Float(headWidth).squareRoot(), attentionInBias: attentionBias,
        attentionOutBias: attentionBias, mlpBias: try json.flag("mlp_bias", default: false),
        endTokens: try json.tokens("eos_token_id"))
    },
    weights: WeightTable(
      prefixes: ["model.", ""],
      embed: "embed_tokens.weight", positions: nil, finalNorm: "norm", unembed: "lm_head.weight",
      attnNorm: "layers.#.input_layernorm", mlpNorm: "layers.#.post_attention_layernorm",
      query: .init("layers.#.self_attn.q_proj"), key: .init("layers.#.self_attn.k_proj"),
      value: .init("layers.#.self_attn.v_proj"), attnOut: .init("layers.#.self_attn.o_proj"),
      gate: .init("layers.#.mlp.gate_proj"), up: .init("layers.#.mlp.up_proj"),
      down: .init("layers.#.mlp.down_proj"),
      ignorable: ["layers.#.self_attn.rotary_emb.inv_freq", "rotary_emb.inv_freq"]),
    fresh: { shape in
      let headWidth = shape.width / shape.heads
      return TransformerConfig(
        vocabulary: shape.vocabulary, width: shape.width, layers: shape.layers,
        heads: shape.heads, kvHeads: shape.kvHeads, headWidth: headWidth,
        mlpWidth: shape.mlpWidth, maxPositions: shape.context, norm: .rms, epsilon: 1e-5,
        positions: .rotary(base: 10_000, width: headWidth, interleaved: false),
        activation: .silu, gatedMLP: true, tiedEmbeddings: shape.tiedEmbeddings,
        attentionScale: 1 / Float(headWidth).squareRoot(), attentionInBias: false,
        attentionOutBias: false, mlpBias: false, endTokens: shape.endTokens)
    },
    written: { config in
      var base = 10_000.0
      var scaling: [(String, JSONValue)] = []
      if case .rotary(let given, _, _, let stretch) = config.positions {
        base = given
        scaling = stretch.written.map { [("rope_scaling", $0)] } ?? []
      }
      let members: [(String, JSONValue)] = [
        ("architectures", .array(["LlamaForCausalLM"])), ("hidden_size", .integer(config.width)),
        ("num_hidden_layers", .integer(config.layers)),
        ("num_attention_heads", .integer(config.heads)),
        ("num_key_value_heads", .integer(config.kvHeads)),
        ("head_dim", .integer(config.headWidth)),
        ("intermediate_size", .integer(config.mlpWidth)),
        ("max_position_embeddings", .integer(config.maxPositions)),
        ("rms_norm_eps", .real(config.epsilon.asWritten)), ("rope_theta", .real(base)),
        ("hidden_act", JSONValue(config.activation.written)),
        ("attention_bias", .bool(config.attentionInBias)), ("mlp_bias", .bool(config.mlpBias)),
      ]
      return members + scaling
    })
}

extension RotaryScaling {
  /// `rope_scaling` of a configuration that needs it.
  var written: JSONValue? {
    switch self {
    case .none: nil
    case .linear(let factor): ["rope_type": "linear", "factor": .real(factor.asWritten)]
    case .llama3(let factor, let low, let high, let original):
      [
        "rope_type": "llama3", "factor": .real(factor.asWritten),
        "low_freq_factor": .real(low.asWritten), "high_freq_factor": .real(high.asWritten),
        "original_max_position_embeddings": .real(original.asWritten),
      ]
    }
  }
}
