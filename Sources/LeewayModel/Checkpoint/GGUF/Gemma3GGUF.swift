import LeewayBase

extension GGUFFamily {
  /// Gemma 3, the text model; what sees pictures is in a file of its own.
  static let gemma3: GGUFFamily = {
    var family = GGUFFamily.gemma2.sibling(
      "gemma3_text", architecture: "gemma3", without: ["attn_logit_softcapping", "sliding_window"],
      keys: ["rope_local_base_freq": "rope.freq_base_swa"],
      tensors: [
        "layers.#.self_attn.q_norm": "blk.#.attn_q_norm",
        "layers.#.self_attn.k_norm": "blk.#.attn_k_norm",
      ])
    family.origins = [
      "sliding_window": "attention.sliding_window",
      "sliding_window_pattern": "attention.sliding_window_pattern",
      "layer_types": "attention.sliding_window_pattern",
    ]
    family.inert = ["attention.sliding_window", "attention.sliding_window_pattern"]
    family.computed = { file in
      let window = file["gemma3.attention.sliding_window"]?.int ?? 0
      return file.queryScalar("gemma3", blocksOfLargest: 62)
        // Without a window every block sees all.
        .merging(window == 0 ? ["sliding_window": .null] : file.gemma3Windows(window)) { $1 }
    }
    return family
  }()
}

extension GGUF {
  /// Every how manieth block sees all, or block by block whether it looks back only so far.
  fileprivate func gemma3Windows(_ window: Int) -> [String: JSONValue] {
    var told: [String: JSONValue] = ["sliding_window": .integer(window)]
    guard let pattern = self["gemma3.attention.sliding_window_pattern"] else { return told }
    guard let blocks = pattern.array else {
      told["sliding_window_pattern"] =
        pattern.int.map { .integer($0) } ?? JSONValue(pattern.summary)
      return told
    }
    let kinds = blocks.values?.compactMap { $0.bool ?? $0.int.map { $0 != 0 } } ?? []
    told["layer_types"] = .array(kinds.map { $0 ? "sliding_attention" : "full_attention" })
    return told
  }
}
