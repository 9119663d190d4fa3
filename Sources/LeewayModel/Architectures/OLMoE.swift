import LeewayBase
import LeewayTensor

extension Architecture {
  /// OLMoE: many small experts whose shares are not made to sum to 1, and one norm over all heads of
  /// queries and of keys. Muennighoff et al. 2024, arXiv:2409.02060.
  static let olmoe = Architecture(
    modelType: "olmoe",
    config: { (json) throws(CheckpointError) in
      var config = try json.usual(.init(context: 4096, epsilon: 1e-5))
      let bias = try json.flag("attention_bias", default: false)
      config.attentionInBias = bias
      config.attentionOutBias = bias
      config.headNorm = .together
      config.attentionClip = try json.limit("clip_qkv")
      try json.experts(["num_experts"], default: (64, 8), into: &config)
      config.sharesSumToOne = try json.flag("norm_topk_prob", default: false)
      return config
    },
    weights: Architecture.qwen3MoE.weights,
    fresh: { shape in
      var config = Architecture.mixtral.fresh(shape)
      (config.headNorm, config.sharesSumToOne) = (.together, false)
      return config
    },
    written: { config in
      config.usualKeys("OlmoeForCausalLM", without: ["head_dim"]) + [
        ("clip_qkv", config.attentionClip > 0 ? .number(config.attentionClip.asWritten) : .null),
        ("num_experts", .integer(config.experts)),
        ("num_experts_per_tok", .integer(config.expertsPerToken)),
        ("norm_topk_prob", .bool(config.sharesSumToOne)),
        ("attention_bias", .bool(config.attentionInBias)),
      ]
    })
}
