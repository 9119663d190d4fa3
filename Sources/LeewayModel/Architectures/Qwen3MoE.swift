import LeewayBase
import LeewayTensor

extension Architecture {
  /// Qwen 3 with experts, in every block or in some. Yang et al. 2025, arXiv:2505.09388.
  static let qwen3MoE = Architecture(
    modelType: "qwen3_moe",
    config: { (json) throws(CheckpointError) in
      var config = try json.usual(.init(mlpKey: "moe_intermediate_size", context: 32_768))
      let bias = try json.flag("attention_bias", default: false)
      config.attentionInBias = bias
      config.attentionOutBias = bias
      config.headNorm = .each
      json.inert("max_window_layers")
      try json.denseBlocks(into: &config)
      if try json.flag("use_sliding_window", default: false) {
        config.windows = try json.uniformWindows(layers: config.layers, default: 4096)
      } else {
        json.inert("sliding_window", "layer_types")
      }
      // Newer versions of the framework call it as Mixtral does.
      try json.experts(["num_experts", "num_local_experts"], default: (128, 8), into: &config)
      config.sharesSumToOne = try json.flag("norm_topk_prob", default: false)
      return config
    },
    weights: {
      var table = Architecture.qwen3.weights
      table.router = .init("layers.#.mlp.gate")
      table.gate = .init("layers.#.mlp.experts.@.gate_proj")
      table.up = .init("layers.#.mlp.experts.@.up_proj")
      table.down = .init("layers.#.mlp.experts.@.down_proj")
      table.stackExperts()
      let llama = Architecture.llama.weights
      table.dense = .init(gate: llama.gate, up: llama.up, down: llama.down)
      return table
    }(),
    fresh: { shape in
      var config = Architecture.mixtral.fresh(shape)
      config.headNorm = .each
      return config
    },
    written: { config in
      config.usualKeys("Qwen3MoeForCausalLM", without: ["intermediate_size"])
        + config.qwenWindowKeys.filter { $0.0 != "layer_types" } + [
          ("moe_intermediate_size", .integer(config.mlpWidth)),
          (
            "intermediate_size",
            .integer(config.denseBlocks.isEmpty ? config.mlpWidth : config.denseWidth)
          ), ("mlp_only_layers", .array(config.denseBlocks.sorted().map { .integer($0) })),
          ("num_experts", .integer(config.experts)),
          ("num_experts_per_tok", .integer(config.expertsPerToken)),
          ("norm_topk_prob", .bool(config.sharesSumToOne)),
          ("attention_bias", .bool(config.attentionInBias)),
        ]
    })
}
