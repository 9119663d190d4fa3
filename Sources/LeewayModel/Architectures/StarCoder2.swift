import LeewayBase
import LeewayTensor

extension Architecture {
  /// StarCoder 2: Llama's attention, layer norms and a plain MLP, with biases everywhere. Lozhkov et
  /// al. 2024, arXiv:2402.19173.
  static let starCoder2 = Architecture(
    modelType: "starcoder2",
    config: { (json) throws(CheckpointError) in
      var config = try json.usual(
        .init(
          kvHeads: 2, context: 4096, epsilonKey: "norm_epsilon", epsilon: 1e-5,
          activation: .geluTanh, tied: true))
      (config.norm, config.gatedMLP) = (.layer, false)
      let bias = try json.flag("use_bias", default: true)
      (config.attentionInBias, config.attentionOutBias, config.mlpBias) = (bias, bias, bias)
      config.windows = try json.uniformWindows(layers: config.layers)
      // What the published folders say besides; the framework reads none of it.
      json.inert(
        "activation_function", "attention_softmax_in_fp32", "embedding_dropout",
        "layer_norm_epsilon", "mlp_type", "norm_type", "residual_dropout",
        "scale_attention_softmax_in_fp32", "scale_attn_weights")
      return config
    },
    weights: {
      var table = Architecture.llama.weights
      table.gate = nil
      table.up = .init("layers.#.mlp.c_fc")
      table.down = .init("layers.#.mlp.c_proj")
      return table
    }(),
    fresh: { shape in
      var config = Architecture.llama.fresh(shape)
      (config.norm, config.gatedMLP, config.activation) = (.layer, false, .geluTanh)
      (config.attentionInBias, config.attentionOutBias, config.mlpBias) = (true, true, true)
      return config
    },
    written: { config in
      config.usualKeys(
        "Starcoder2ForCausalLM", epsilonKey: "norm_epsilon", without: ["head_dim"])
        + config.windowKeys.filter { $0.0 != "layer_types" }
        + [("use_bias", .bool(config.mlpBias))]
    })
}
