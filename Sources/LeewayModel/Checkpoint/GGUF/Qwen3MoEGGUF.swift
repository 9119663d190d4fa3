extension GGUFFamily {
  /// Qwen 3 with experts, whose shares sum to one in every published model; the file does not say.
  static let qwen3MoE: GGUFFamily = {
    var family = GGUFFamily.qwen3.sibling(
      "qwen3_moe", architecture: "qwen3moe",
      without: [
        "intermediate_size", "layers.#.mlp.gate_proj", "layers.#.mlp.up_proj",
        "layers.#.mlp.down_proj",
      ],
      keys: [
        "moe_intermediate_size": "expert_feed_forward_length", "num_experts": "expert_count",
        "num_experts_per_tok": "expert_used_count",
      ],
      tensors: [
        "layers.#.mlp.gate": "blk.#.ffn_gate_inp",
        "layers.#.mlp.experts.@.gate_proj": "blk.#.ffn_gate_exps",
        "layers.#.mlp.experts.@.up_proj": "blk.#.ffn_up_exps",
        "layers.#.mlp.experts.@.down_proj": "blk.#.ffn_down_exps",
      ])
    family.constants = ["norm_topk_prob": true]
    family.inert = ["feed_forward_length"]
    return family
  }()
}
