extension GGUFFamily {
  static let gpt2 = GGUFFamily(
    modelType: "gpt2", architecture: "gpt2",
    keys: [
      "n_embd": "embedding_length", "n_layer": "block_count", "n_head": "attention.head_count",
      "n_inner": "feed_forward_length", "n_positions": "context_length",
      "layer_norm_epsilon": "attention.layer_norm_epsilon",
    ],
    inert: ["attention.head_count_kv"],
    tensors: [
      "wte": "token_embd", "wpe": "position_embd", "ln_f": "output_norm", "lm_head": "output",
      "h.#.ln_1": "blk.#.attn_norm", "h.#.ln_2": "blk.#.ffn_norm",
      "h.#.attn.c_attn": "blk.#.attn_qkv", "h.#.attn.c_proj": "blk.#.attn_output",
      "h.#.mlp.c_fc": "blk.#.ffn_up", "h.#.mlp.c_proj": "blk.#.ffn_down",
    ])
}
