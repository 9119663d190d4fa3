import LeewayBase
import LeewayTensor

extension Architecture {
  /// OLMo 2: norms stand behind attention and MLP instead of before them, and one norm spans all
  /// heads of the queries, another all of the keys. OLMo et al. 2025, arXiv:2501.00656.
  static let olmo2 = Architecture(
    modelType: "olmo2",
    config: { (json) throws(CheckpointError) in
      var config = try json.usual(.init(epsilon: 1e-5))
      let bias = try json.flag("attention_bias", default: false)
      config.attentionInBias = bias
      config.attentionOutBias = bias
      (config.preNorms, config.postNorms, config.headNorm) = (false, true, .together)
      return config
    },
    weights: {
      var table = Architecture.qwen3.weights
      (table.attnNorm, table.mlpNorm) = (nil, nil)
      table.attnPostNorm = "layers.#.post_attention_layernorm"
      table.mlpPostNorm = "layers.#.post_feedforward_layernorm"
      return table
    }(),
    fresh: { shape in
      var config = Architecture.llama.fresh(shape)
      (config.preNorms, config.postNorms, config.headNorm) = (false, true, .together)
      return config
    },
    written: { config in
      config.usualKeys("Olmo2ForCausalLM", without: ["head_dim"])
        + [("attention_bias", .bool(config.attentionInBias))]
    })
}
