import LeewayBase

extension GGUFFamily {
  /// Gemma 2. By what scores are scaled is not in the file: it is the head's width in all sizes but
  /// one, the largest, which is known by its number of blocks.
  static let gemma2: GGUFFamily = {
    var family = GGUFFamily.gemma.sibling(
      "gemma2",
      keys: [
        "attn_logit_softcapping": "attn_logit_softcapping",
        "final_logit_softcapping": "final_logit_softcapping",
        "sliding_window": "attention.sliding_window",
      ],
      tensors: [
        "layers.#.post_attention_layernorm": "blk.#.post_attention_norm",
        "layers.#.pre_feedforward_layernorm": "blk.#.ffn_norm",
        "layers.#.post_feedforward_layernorm": "blk.#.post_ffw_norm",
      ])
    family.computed = { $0.queryScalar("gemma2", blocksOfLargest: 46) }
    return family
  }()
}

extension GGUF {
  /// Gemma's `query_pre_attn_scalar`: the head's width, but width / heads in the largest model.
  func queryScalar(_ architecture: String, blocksOfLargest: Int) -> [String: JSONValue] {
    func size(_ key: String) -> Int? { self["\(architecture).\(key)"]?.int }
    if size("block_count") == blocksOfLargest, let width = size("embedding_length"),
      let heads = size("attention.head_count"), heads > 0
    {
      return ["query_pre_attn_scalar": .integer(width / heads)]
    }
    if let head = size("attention.key_length") { return ["query_pre_attn_scalar": .integer(head)] }
    guard let width = size("embedding_length"), let heads = size("attention.head_count"), heads > 0
    else { return [:] }
    return ["query_pre_attn_scalar": .integer(width / heads)]
  }
}
