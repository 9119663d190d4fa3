extension GGUFFamily {
  /// Qwen 3: queries and keys normed head by head.
  static let qwen3 = GGUFFamily.llama.sibling(
    "qwen3",
    tensors: [
      "layers.#.self_attn.q_norm": "blk.#.attn_q_norm",
      "layers.#.self_attn.k_norm": "blk.#.attn_k_norm",
    ])
}
