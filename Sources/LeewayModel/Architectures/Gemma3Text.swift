import Foundation
import LeewayBase
import LeewayTensor

extension Architecture {
  /// Gemma 3 without pictures: queries and keys are normed head by head; of six blocks five look back
  /// only so far, and turn by another base. Gemma Team 2025, arXiv:2503.19786.
  static let gemma3Text = Architecture(
    modelType: "gemma3_text",
    config: { (json) throws(CheckpointError) in
      var config = try json.usual(
        .init(
          vocabulary: 262_208, width: 2304, layers: 26, heads: 8, kvHeads: 4, headWidth: 256,
          mlpWidth: 9216, context: 131_072, activationKey: "hidden_activation",
          activation: .geluTanh, tied: true,
          rotary: .init(defaultBase: 1e6, kind: "full_attention")))
      let every = try json.optionalSize("sliding_window_pattern") ?? 6
      // The framework writes the second beside `layer_types`, which say it, and does not read it.
      json.inert("hidden_act", "_sliding_window_pattern")
      try json.gemma(&config)
      (config.postNorms, config.headNorm) = (true, .each)
      config.attentionScale = try json.queryScale(default: 256)
      // The framework reads this key and caps nothing.
      try json.requireNone("attn_logit_softcapping")
      config.logitCap = try json.cap("final_logit_softcapping", default: 0)
      config.windows = try json.windows(layers: config.layers, default: 4096) {
        ($0 + 1) % every != 0
      }
      config.windowedPositions = try json.rotary(
        headWidth: config.headWidth, context: config.maxPositions,
        .init(base: "rope_local_base_freq", kind: "sliding_attention", scales: false))
      return config
    },
    weights: {
      var table = Architecture.gemma2.weights
      table.queryNorm = "layers.#.self_attn.q_norm"
      table.keyNorm = "layers.#.self_attn.k_norm"
      table.prefixes = ["model.", "language_model.model.", "model.language_model.", ""]
      // What sees pictures, in folders that hold it.
      table.foreign = [
        "vision_tower.", "multi_modal_projector.", "model.vision_tower.",
        "model.multi_modal_projector.",
      ]
      return table
    }(),
    fresh: { shape in
      var config = Architecture.gemma2.fresh(shape)
      (config.attentionCap, config.logitCap, config.headNorm) = (0, 0, .each)
      config.positions = .rotary(base: 1e6, width: config.headWidth, interleaved: false)
      config.windowedPositions = .rotary(base: 10_000, width: config.headWidth, interleaved: false)
      config.windows = (0..<shape.layers).map {
        ($0 + 1) % 6 != 0 ? max(1, shape.context / 2) : 0
      }
      return config
    },
    written: { config in
      var base: [(String, JSONValue)] = []
      if case .rotary(let local, _, _, _)? = config.windowedPositions {
        base = [("rope_local_base_freq", .number(local))]
      }
      return config.gemmaKeys("Gemma3ForCausalLM").filter { $0.0 != "attn_logit_softcapping" }
        + config.windowKeys + base
    })
}
