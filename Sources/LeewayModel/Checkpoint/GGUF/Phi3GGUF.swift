import LeewayBase

extension GGUFFamily {
  /// Phi-3 and Phi-4-mini: maps fused as in the folder, LongRoPE's factors as tensors.
  static let phi3: GGUFFamily = {
    var family = GGUFFamily.llama.sibling(
      "phi3",
      without: [
        "layers.#.self_attn.q_proj", "layers.#.self_attn.k_proj", "layers.#.self_attn.v_proj",
        "layers.#.mlp.gate_proj", "layers.#.mlp.up_proj",
      ],
      tensors: [
        "layers.#.self_attn.qkv_proj": "blk.#.attn_qkv",
        "layers.#.mlp.gate_up_proj": "blk.#.ffn_up",
      ])
    family.flags = [:]
    // 0 where there is no window.
    family.inert = ["attention.sliding_window"]
    family.computed = { file in
      var told: [String: JSONValue] = [:]
      if let window = file["phi3.attention.sliding_window"]?.int, window > 0 {
        told["sliding_window"] = .integer(window)
      }
      told["partial_rotary_factor"] = file.rotaryShare("phi3")
      return told
    }
    return family
  }()
}
