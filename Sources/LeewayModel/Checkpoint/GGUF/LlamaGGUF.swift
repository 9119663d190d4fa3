extension GGUFFamily {
  /// Llama and all that its converter takes for one.
  static let llama = GGUFFamily(
    modelType: "llama", architecture: "llama",
    matches: { ($0["llama.expert_count"]?.int ?? 0) == 0 },
    keys: [
      "hidden_size": "embedding_length", "num_hidden_layers": "block_count",
      "num_attention_heads": "attention.head_count",
      "num_key_value_heads": "attention.head_count_kv",
      "intermediate_size": "feed_forward_length", "max_position_embeddings": "context_length",
      "rms_norm_eps": "attention.layer_norm_rms_epsilon", "rope_theta": "rope.freq_base",
      "head_dim": "attention.key_length",
    ],
    flags: ["attention_bias": "blk.0.attn_q.bias", "mlp_bias": "blk.0.ffn_up.bias"],
    tensors: [
      "embed_tokens": "token_embd", "norm": "output_norm", "lm_head": "output",
      "layers.#.input_layernorm": "blk.#.attn_norm",
      "layers.#.post_attention_layernorm": "blk.#.ffn_norm",
      "layers.#.self_attn.q_proj": "blk.#.attn_q", "layers.#.self_attn.k_proj": "blk.#.attn_k",
      "layers.#.self_attn.v_proj": "blk.#.attn_v",
      "layers.#.self_attn.o_proj": "blk.#.attn_output",
      "layers.#.mlp.gate_proj": "blk.#.ffn_gate", "layers.#.mlp.up_proj": "blk.#.ffn_up",
      "layers.#.mlp.down_proj": "blk.#.ffn_down",
    ],
    interleaved: true)
}
