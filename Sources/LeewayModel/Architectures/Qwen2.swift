import LeewayBase
import LeewayTensor

extension Architecture {
  /// Qwen 2 and 2.5: Llama's block with biases on queries, keys and values; the upper blocks may look
  /// back only so far. Yang et al. 2024, arXiv:2407.10671.
  static let qwen2 = Architecture(
    modelType: "qwen2",
    config: { (json) throws(CheckpointError) in
      var config = try json.usual(.init(context: 32_768))
      config.attentionInBias = true
      config.windows = try json.qwenWindows(layers: config.layers)
      return config
    },
    weights: Architecture.llama.weights,
    fresh: { shape in
      var config = Architecture.llama.fresh(shape)
      config.attentionInBias = true
      return config
    },
    written: { config in
      // Older versions of the framework know no head width here: it is always width / heads.
      config.usualKeys("Qwen2ForCausalLM", without: ["head_dim"]) + config.qwenWindowKeys
    })
}
