extension GGUFFamily {
  /// Mixtral: a `llama` with experts.
  static let mixtral: GGUFFamily = {
    let llama = GGUFFamily.llama
    var family = llama
    family.modelType = "mixtral"
    family.matches = { ($0["llama.expert_count"]?.int ?? 0) > 0 }
    family.keys = [
      "hidden_size": "embedding_length", "num_hidden_layers": "block_count",
      "num_attention_heads": "attention.head_count",
      "num_key_value_heads": "attention.head_count_kv",
      "intermediate_size": "feed_forward_length", "max_position_embeddings": "context_length",
      "rms_norm_eps": "attention.layer_norm_rms_epsilon", "rope_theta": "rope.freq_base",
      "head_dim": "attention.key_length", "num_local_experts": "expert_count",
      "num_experts_per_tok": "expert_used_count",
    ]
    family.flags = [:]
    family.tensors = [
      "embed_tokens": "token_embd", "norm": "output_norm", "lm_head": "output",
      "layers.#.input_layernorm": "blk.#.attn_norm",
      "layers.#.post_attention_layernorm": "blk.#.ffn_norm",
      "layers.#.self_attn.q_proj": "blk.#.attn_q", "layers.#.self_attn.k_proj": "blk.#.attn_k",
      "layers.#.self_attn.v_proj": "blk.#.attn_v",
      "layers.#.self_attn.o_proj": "blk.#.attn_output",
      "layers.#.block_sparse_moe.gate": "blk.#.ffn_gate_inp",
      "layers.#.block_sparse_moe.experts.@.w1": "blk.#.ffn_gate_exps",
      "layers.#.block_sparse_moe.experts.@.w2": "blk.#.ffn_down_exps",
      "layers.#.block_sparse_moe.experts.@.w3": "blk.#.ffn_up_exps",
    ]
    return family
  }()
}
