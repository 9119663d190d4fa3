import LeewayBase
import LeewayTensor

extension Architecture {
  /// Phi-3 and Phi-4-mini: Llama's block with its maps fused in the file, and LongRoPE for long
  /// contexts. Abdin et al. 2024, arXiv:2404.14219.
  static let phi3 = Architecture(
    modelType: "phi3",
    config: { (json) throws(CheckpointError) in
      var config = try json.usual(
        .init(
          context: 4096, epsilon: 1e-5,
          rotary: .init(share: "partial_rotary_factor", original: 4096)))
      config.windows = try json.uniformWindows(layers: config.layers)
      // Phi-4-mini's folders have them, and no version of the framework reads them.
      json.inert("full_attn_mod", "interpolate_factor")
      return config
    },
    weights: {
      var table = Architecture.llama.weights
      table.query = .init("layers.#.self_attn.qkv_proj", part: 0, parts: 3)
      table.key = .init("layers.#.self_attn.qkv_proj", part: 1, parts: 3)
      table.value = .init("layers.#.self_attn.qkv_proj", part: 2, parts: 3)
      table.gate = .init("layers.#.mlp.gate_up_proj", part: 0, parts: 2)
      table.up = .init("layers.#.mlp.gate_up_proj", part: 1, parts: 2)
      return table
    }(),
    fresh: Architecture.llama.fresh,
    written: { config in
      let kept = config.windowKeys.filter { $0.0 != "layer_types" }
      var original = config.maxPositions
      if case .rotary(_, _, _, let scaling) = config.positions {
        original = scaling.original ?? original
      }
      return config.usualKeys("Phi3ForCausalLM", without: ["head_dim"]) + kept + [
        ("partial_rotary_factor", .number(config.rotaryShare)),
        ("original_max_position_embeddings", .integer(original)),
        // The framework's own may lie outside the vocabulary.
        ("pad_token_id", .null),
      ]
    })
}
