import Foundation
import LeewayBase
import LeewayTensor

extension Architecture {
  /// Gemma 2: norms before and behind attention and MLP, soft caps on scores and logits, every other
  /// block looks back only so far. Gemma Team 2024, arXiv:2408.00118.
  static let gemma2 = Architecture(
    modelType: "gemma2",
    config: { (json) throws(CheckpointError) in
      var config = try json.usual(
        .init(
          headWidth: 256, context: 8192, activationKey: "hidden_activation", activation: .geluTanh,
          tied: true))
      // An older spelling of `hidden_activation` and of `sliding_window`.
      json.inert("hidden_act", "sliding_window_size")
      try json.gemma(&config)
      config.postNorms = true
      config.attentionScale = try json.queryScale(default: 256)
      config.attentionCap = try json.cap("attn_logit_softcapping", default: 50)
      config.logitCap = try json.cap("final_logit_softcapping", default: 30)
      config.windows = try json.windows(layers: config.layers, default: 4096) { $0 % 2 == 0 }
      return config
    },
    weights: {
      var table = Architecture.llama.weights
      table.attnPostNorm = "layers.#.post_attention_layernorm"
      table.mlpNorm = "layers.#.pre_feedforward_layernorm"
      table.mlpPostNorm = "layers.#.post_feedforward_layernorm"
      return table
    }(),
    fresh: { shape in
      var config = Architecture.gemma.fresh(shape)
      (config.postNorms, config.attentionCap, config.logitCap) = (true, 50, 30)
      config.attentionScale = Float(pow(Double(config.headWidth), -0.5))
      config.windows = (0..<shape.layers).map { $0 % 2 == 0 ? max(1, shape.context / 2) : 0 }
      return config
    },
    written: { config in config.gemmaKeys("Gemma2ForCausalLM") + config.windowKeys })
}
