import LeewayBase
import LeewayTensor

extension Architecture {
  /// Gemma: Llama's block with scaled embeddings, norms whose weights are stored less 1, and GELU.
  /// Gemma Team 2024, arXiv:2403.08295.
  static let gemma = Architecture(
    modelType: "gemma",
    config: { (json) throws(CheckpointError) in
      var config = try json.usual(
        .init(headWidth: 256, context: 8192, activation: .geluTanh, tied: true))
      // The first releases wrote "gelu" and meant its approximation; `hidden_activation` corrects.
      let corrected = try json.activation("hidden_activation", default: config.activation)
      config.activation = corrected == .geluErf ? .geluTanh : corrected
      try json.gemma(&config)
      return config
    },
    weights: Architecture.llama.weights,
    fresh: { shape in
      var config = Architecture.llama.fresh(shape)
      (config.activation, config.normOffset) = (.geluTanh, 1)
      config.embeddingScale = Float(Double(shape.width).squareRoot())
      return config
    },
    written: { config in
      config.usualKeys("GemmaForCausalLM", without: ["hidden_act"]) + [
        ("hidden_act", "gelu_pytorch_tanh"), ("attention_bias", .bool(config.attentionInBias)),
      ]
    })
}
