import LeewayBase
import LeewayTensor

extension Architecture {
  /// Mixtral: Llama's block with several MLPs, of which a router picks some for each position.
  /// Jiang et al. 2024, arXiv:2401.04088.
  static let mixtral = Architecture(
    modelType: "mixtral",
    config: { (json) throws(CheckpointError) in
      let width = try json.size("hidden_size")
      let heads = try json.size("num_attention_heads")
      let headWidth = try json.optionalSize("head_dim") ?? width / heads
      let (base, scaling) = try json.rotary(defaultBase: 1e6)
      try json.requireNone("sliding_window")
      json.inert("router_aux_loss_coef", "output_router_logits", "router_jitter_noise")
      let experts = try json.optionalSize("num_local_experts") ?? 8
      let perToken = try json.optionalSize("num_experts_per_tok") ?? 2
      guard perToken <= experts else {
        throw .wrongValue(
          path: json.path, key: "num_experts_per_tok", expected: "at most \(experts)",
          found: "\(perToken)")
      }
      return TransformerConfig(
        vocabulary: try json.size("vocab_size"), width: width,
        layers: try json.size("num_hidden_layers"), heads: heads,
        kvHeads: try json.optionalSize("num_key_value_heads") ?? heads, headWidth: headWidth,
        mlpWidth: try json.size("intermediate_size"),
        maxPositions: try json.optionalSize("max_position_embeddings") ?? 32_768, norm: .rms,
        epsilon: try json.epsilon("rms_norm_eps", default: 1e-5),
        positions: .rotary(base: base, width: headWidth, interleaved: false, scaling: scaling),
        activation: try json.activation("hidden_act", default: .silu), gatedMLP: true,
        tiedEmbeddings: try json.flag("tie_word_embeddings", default: false),
        attentionScale: 1 / Float(headWidth).squareRoot(), attentionInBias: false,
        attentionOutBias: false, mlpBias: false, endTokens: try json.tokens("eos_token_id"),
        experts: experts, expertsPerToken: perToken)
    },
    weights: WeightTable(
      prefixes: ["model.", ""],
      embed: "embed_tokens.weight", positions: nil, finalNorm: "norm", unembed: "lm_head.weight",
      attnNorm: "layers.#.input_layernorm", mlpNorm: "layers.#.post_attention_layernorm",
      query: .init("layers.#.self_attn.q_proj"), key: .init("layers.#.self_attn.k_proj"),
      value: .init("layers.#.self_attn.v_proj"), attnOut: .init("layers.#.self_attn.o_proj"),
      router: .init("layers.#.block_sparse_moe.gate"),
      gate: .init("layers.#.block_sparse_moe.experts.@.w1"),
      up: .init("layers.#.block_sparse_moe.experts.@.w3"),
      down: .init("layers.#.block_sparse_moe.experts.@.w2"),
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
        attentionOutBias: false, mlpBias: false, endTokens: shape.endTokens,
        experts: max(1, shape.experts), expertsPerToken: max(1, shape.expertsPerToken))
    },
    written: { config in
      var base = 10_000.0
      var scaling: [(String, JSONValue)] = []
      if case .rotary(let given, _, _, let stretch) = config.positions {
        base = given
        scaling = stretch.written.map { [("rope_scaling", $0)] } ?? []
      }
      let members: [(String, JSONValue)] = [
        ("architectures", .array(["MixtralForCausalLM"])), ("hidden_size", .integer(config.width)),
        ("num_hidden_layers", .integer(config.layers)),
        ("num_attention_heads", .integer(config.heads)),
        ("num_key_value_heads", .integer(config.kvHeads)),
        ("head_dim", .integer(config.headWidth)),
        ("intermediate_size", .integer(config.mlpWidth)),
        ("max_position_embeddings", .integer(config.maxPositions)),
        ("rms_norm_eps", .real(config.epsilon.asWritten)), ("rope_theta", .real(base)),
        ("hidden_act", JSONValue(config.activation.written)),
        ("num_local_experts", .integer(config.experts)),
        ("num_experts_per_tok", .integer(config.expertsPerToken)), ("sliding_window", .null),
      ]
      return members + scaling
    })
}
