import LeewayBase
import LeewayTensor

extension Architecture {
  /// Llama: pre-norm blocks with RMS norms, rotary positions, grouped key-value heads and a gated
  /// MLP. Touvron et al. 2023, arXiv:2302.13971. SmolLM too calls itself so.
  static let llama = Architecture(
    modelType: "llama",
    config: { (json) throws(CheckpointError) in
      var config = try json.usual()
      let attentionBias = try json.flag("attention_bias", default: false)
      config.attentionInBias = attentionBias
      config.attentionOutBias = attentionBias
      config.mlpBias = try json.flag("mlp_bias", default: false)
      try json.require("rope_interleaved", false)
      json.inert("is_llama_config")
      return config
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
      config.usualKeys("LlamaForCausalLM") + [
        ("attention_bias", .bool(config.attentionInBias)), ("mlp_bias", .bool(config.mlpBias)),
      ]
    })
}
