import LeewayBase

extension GGUFFamily {
  /// StarCoder 2: layer norms, a plain MLP, biases. No key says how far it looks back.
  static let starCoder2: GGUFFamily = {
    var family = GGUFFamily.llama.sibling(
      "starcoder2",
      without: [
        "rms_norm_eps", "layers.#.mlp.gate_proj", "layers.#.mlp.up_proj", "layers.#.mlp.down_proj",
      ],
      keys: ["norm_epsilon": "attention.layer_norm_epsilon"],
      tensors: ["layers.#.mlp.c_fc": "blk.#.ffn_up", "layers.#.mlp.c_proj": "blk.#.ffn_down"])
    family.flags = [:]
    family.computed = { file in
      ["use_bias": .bool(file.tensors.contains { $0.name == "blk.0.attn_q.bias" })]
    }
    return family
  }()
}
