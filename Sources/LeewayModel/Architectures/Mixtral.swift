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
    weights: {
      var table = Architecture.llama.weights
      table.router = .init("layers.#.block_sparse_moe.gate")
      table.gate = .init("layers.#.block_sparse_moe.experts.@.w1")
      table.up = .init("layers.#.block_sparse_moe.experts.@.w3")
      table.down = .init("layers.#.block_sparse_moe.experts.@.w2")
      return table
    }(),
    fresh: { shape in
      var config = Architecture.llama.fresh(shape)
      config.experts = max(1, shape.experts)
      config.expertsPerToken = max(1, shape.expertsPerToken)
      return config
    },
    written: { config in
      // Llama's, without the biases that this family never has.
      let other = ["architectures", "attention_bias", "mlp_bias"]
      return [("architectures", .array(["MixtralForCausalLM"]))]
        + Architecture.llama.written(config).filter { !other.contains($0.0) } + [
          ("num_local_experts", .integer(config.experts)),
          ("num_experts_per_tok", .integer(config.expertsPerToken)), ("sliding_window", .null),
        ]
    })
}
