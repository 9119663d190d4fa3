extension GGUFFamily {
  /// OLMo 2: norms behind attention and MLP, one norm over all queries and one over all keys.
  static let olmo2 = GGUFFamily.llama.sibling(
    "olmo2", without: ["layers.#.input_layernorm"],
    tensors: [
      "layers.#.post_attention_layernorm": "blk.#.post_attention_norm",
      "layers.#.post_feedforward_layernorm": "blk.#.post_ffw_norm",
      "layers.#.self_attn.q_norm": "blk.#.attn_q_norm",
      "layers.#.self_attn.k_norm": "blk.#.attn_k_norm",
    ])
}
