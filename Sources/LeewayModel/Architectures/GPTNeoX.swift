import LeewayBase
import LeewayTensor

extension Architecture {
  /// GPT-NeoX and Pythia: attention and MLP read the same stream, each head's query, key and value
  /// stand together in one fused map, a part of each head turns. Black et al. 2022, arXiv:2204.06745.
  static let gptNeoX = Architecture(
    modelType: "gpt_neox",
    config: { (json) throws(CheckpointError) in
      let keys = ConfigReader.RotaryKeys(
        base: "rotary_emb_base", share: "rotary_pct", defaultShare: 0.25)
      var config = try json.usual(
        .init(epsilonKey: "layer_norm_eps", epsilon: 1e-5, activation: .geluErf, rotary: keys))
      // There are no groups here, whatever a folder says.
      config.kvHeads = config.heads
      config.norm = .layer
      config.gatedMLP = false
      config.parallelHalves = try json.flag("use_parallel_residual", default: true)
      let bias = try json.flag("attention_bias", default: true)
      (config.attentionInBias, config.attentionOutBias, config.mlpBias) = (bias, bias, true)
      // The framework's version 4 wrote the last two beside `rotary_emb_base` and `rotary_pct`, and
      // neither version reads them.
      json.inert("is_decoder", "rope_theta", "partial_rotary_factor")
      return config
    },
    weights: WeightTable(
      prefixes: ["gpt_neox.", ""],
      embed: "embed_in.weight", positions: nil, finalNorm: "final_layer_norm",
      unembed: "embed_out.weight", attnNorm: "layers.#.input_layernorm",
      mlpNorm: "layers.#.post_attention_layernorm",
      query: .init("layers.#.attention.query_key_value", part: 0, parts: 3, byHead: true),
      key: .init("layers.#.attention.query_key_value", part: 1, parts: 3, byHead: true),
      value: .init("layers.#.attention.query_key_value", part: 2, parts: 3, byHead: true),
      attnOut: .init("layers.#.attention.dense"), gate: nil,
      up: .init("layers.#.mlp.dense_h_to_4h"), down: .init("layers.#.mlp.dense_4h_to_h"),
      // As newer versions of the framework hold it in memory, and as somebody may have written it.
      stacks: [.init(name: "lm_head.weight", maps: ["embed_out"])],
      ignorable: [
        "layers.#.attention.bias", "layers.#.attention.masked_bias",
        "layers.#.attention.rotary_emb.inv_freq", "rotary_emb.inv_freq",
      ]),
    fresh: { shape in
      var config = Architecture.llama.fresh(shape)
      config.kvHeads = shape.heads
      (config.norm, config.gatedMLP, config.parallelHalves) = (.layer, false, true)
      (config.attentionInBias, config.attentionOutBias, config.mlpBias) = (true, true, true)
      config.activation = .geluErf
      let turned = max(2, config.headWidth / 4 / 2 * 2)
      config.positions = .rotary(base: 10_000, width: turned, interleaved: false)
      return config
    },
    written: { config in
      var base = 10_000.0
      if case .rotary(let given, _, _, _) = config.positions { base = given }
      let dropped: Set = ["head_dim", "num_key_value_heads", "rope_theta"]
      return config.usualKeys(
        "GPTNeoXForCausalLM", epsilonKey: "layer_norm_eps", without: dropped) + [
          ("rotary_emb_base", .number(base)), ("rotary_pct", .number(config.rotaryShare)),
          ("use_parallel_residual", .bool(config.parallelHalves)),
          ("attention_bias", .bool(config.attentionInBias)),
        ]
    })
}
