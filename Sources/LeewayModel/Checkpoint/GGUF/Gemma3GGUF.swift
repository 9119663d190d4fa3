extension GGUFFamily {
  /// Gemma 3, the text model; what sees pictures is in a file of its own.
  static let gemma3: GGUFFamily = {
    var family = GGUFFamily.gemma2.sibling(
      "gemma3_text", architecture: "gemma3", without: ["attn_logit_softcapping"],
      keys: [
        "rope_local_base_freq": "rope.freq_base_swa",
        "sliding_window_pattern": "attention.sliding_window_pattern",
      ],
      tensors: [
        "layers.#.self_attn.q_norm": "blk.#.attn_q_norm",
        "layers.#.self_attn.k_norm": "blk.#.attn_k_norm",
      ])
    family.computed = { $0.queryScalar("gemma3", blocksOfLargest: 62) }
    return family
  }()
}
