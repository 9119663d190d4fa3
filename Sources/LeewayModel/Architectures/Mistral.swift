import LeewayBase
import LeewayTensor

extension Architecture {
  /// Mistral: Llama's block; its first versions look back only so far. Jiang et al. 2023,
  /// arXiv:2310.06825.
  static let mistral = Architecture(
    modelType: "mistral",
    config: { (json) throws(CheckpointError) in
      var config = try json.usual(.init(context: 131_072))
      config.windows = try json.windows(layers: config.layers, default: 4096)
      return config
    },
    weights: Architecture.llama.weights,
    fresh: Architecture.llama.fresh,
    written: { config in
      // Windows are the same in every block: the framework does not know kinds of block here.
      config.usualKeys("MistralForCausalLM") + config.windowKeys.filter { $0.0 != "layer_types" }
    })
}
