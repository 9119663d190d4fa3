import LeewayBase
import LeewayTensor

extension Architecture {
  /// Qwen 3: Llama's block whose queries and keys are normed head by head. Yang et al. 2025,
  /// arXiv:2505.09388.
  static let qwen3 = Architecture(
    modelType: "qwen3",
    config: { (json) throws(CheckpointError) in
      var config = try json.usual(.init(headWidth: 128, context: 32_768))
      let bias = try json.flag("attention_bias", default: false)
      config.attentionInBias = bias
      config.attentionOutBias = bias
      config.headNorm = .each
      config.windows = try json.qwenWindows(layers: config.layers)
      return config
    },
    weights: {
      var table = Architecture.llama.weights
      table.queryNorm = "layers.#.self_attn.q_norm"
      table.keyNorm = "layers.#.self_attn.k_norm"
      return table
    }(),
    fresh: { shape in
      var config = Architecture.llama.fresh(shape)
      config.headNorm = .each
      return config
    },
    written: { config in
      config.usualKeys("Qwen3ForCausalLM") + config.qwenWindowKeys
        + [("attention_bias", .bool(config.attentionInBias))]
    })
}
