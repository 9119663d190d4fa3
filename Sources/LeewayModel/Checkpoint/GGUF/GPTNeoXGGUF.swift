import LeewayBase

extension GGUFFamily {
  /// GPT-NeoX and Pythia: the fused map holds all queries, then all keys, then all values, where a
  /// folder goes head by head.
  static let gptNeoX = GGUFFamily(
    modelType: "gpt_neox", architecture: "gptneox",
    keys: [
      "hidden_size": "embedding_length", "num_hidden_layers": "block_count",
      "num_attention_heads": "attention.head_count", "intermediate_size": "feed_forward_length",
      "max_position_embeddings": "context_length",
      "layer_norm_eps": "attention.layer_norm_epsilon",
      "use_parallel_residual": "use_parallel_residual", "rotary_emb_base": "rope.freq_base",
    ],
    computed: { file in
      let biased = file.tensors.contains { $0.name == "blk.0.attn_qkv.bias" }
      var told: [String: JSONValue] = ["attention_bias": .bool(biased)]
      told["rotary_pct"] = file.rotaryShare("gptneox")
      return told
    },
    inert: ["attention.head_count_kv"],
    tensors: [
      "embed_in": "token_embd", "final_layer_norm": "output_norm", "embed_out": "output",
      "layers.#.input_layernorm": "blk.#.attn_norm",
      "layers.#.post_attention_layernorm": "blk.#.ffn_norm",
      "layers.#.attention.query_key_value": "blk.#.attn_qkv",
      "layers.#.attention.dense": "blk.#.attn_output",
      "layers.#.mlp.dense_h_to_4h": "blk.#.ffn_up", "layers.#.mlp.dense_4h_to_h": "blk.#.ffn_down",
    ],
    weights: { table in
      table.query.byHead = false
      table.key.byHead = false
      table.value.byHead = false
    })
}

extension GGUF {
  /// The share of a head that turns, from the number of dimensions that do.
  func rotaryShare(_ architecture: String) -> JSONValue? {
    func size(_ key: String) -> Int? { self["\(architecture).\(key)"]?.int }
    guard let turned = size("rope.dimension_count"), let width = size("embedding_length"),
      let heads = size("attention.head_count"), heads > 0, width >= heads
    else { return nil }
    let head = size("attention.key_length") ?? width / heads
    guard head > 0, turned != head else { return .real(1) }
    // The product with the head's width is cut to a whole number: it must not fall short of it.
    return .real((Double(turned) / Double(head)).nextUp)
  }
}
