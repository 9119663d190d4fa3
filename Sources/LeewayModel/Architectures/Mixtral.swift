import LeewayBase
import LeewayTensor

extension Architecture {
  /// Mixtral: Llama's block with several MLPs, of which a router picks some for each position.
  /// Jiang et al. 2024, arXiv:2401.04088.
  static let mixtral = Architecture(
    modelType: "mixtral",
    config: { (json) throws(CheckpointError) in
      var config = try json.usual(
        .init(context: 131_072, epsilon: 1e-5, rotary: .init(defaultBase: 1e6)))
      config.windows = try json.uniformWindows(layers: config.layers)
      try json.experts(["num_local_experts"], default: (8, 2), into: &config)
      return config
    },
    weights: {
      var table = Architecture.llama.weights
      table.router = .init("layers.#.block_sparse_moe.gate")
      table.gate = .init("layers.#.block_sparse_moe.experts.@.w1")
      table.up = .init("layers.#.block_sparse_moe.experts.@.w3")
      table.down = .init("layers.#.block_sparse_moe.experts.@.w2")
      table.stackExperts()
      return table
    }(),
    fresh: { shape in
      var config = Architecture.llama.fresh(shape)
      config.experts = max(1, shape.experts)
      config.expertsPerToken = max(1, shape.expertsPerToken)
      return config
    },
    written: { config in
      config.usualKeys("MixtralForCausalLM") + config.windowKeys + [
        ("num_local_experts", .integer(config.experts)),
        ("num_experts_per_tok", .integer(config.expertsPerToken)),
      ]
    })
}
