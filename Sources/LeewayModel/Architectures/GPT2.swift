import LeewayBase
import LeewayTensor

extension Architecture {
  /// GPT-2: layer norms, learned positions, one fused query-key-value map, a plain MLP, matrices
  /// stored input first. Radford et al. 2019.
  static let gpt2 = Architecture(
    modelType: "gpt2",
    config: { (json) throws(CheckpointError) in
      let width = try json.size("n_embd")
      let heads = try json.size("n_head")
      let headWidth = try json.share("n_head", heads, of: width, "n_embd")
      try json.require("add_cross_attention", false)
      let scaled = try json.flag("scale_attn_weights", default: true)
      // Older folders call the context `n_ctx`, newer ones `n_positions`.
      let older = try json.optionalSize("n_ctx")
      guard let context = try json.optionalSize("n_positions") ?? older else {
        throw .missingKey(path: json.path, key: "n_positions")
      }
      json.inert("reorder_and_upcast_attn")
      var config = TransformerConfig(
        vocabulary: try json.size("vocab_size"), width: width,
        layers: try json.layers("n_layer"), heads: heads, kvHeads: heads, headWidth: headWidth,
        mlpWidth: try json.optionalSize("n_inner") ?? 4 * width,
        maxPositions: context, norm: .layer,
        epsilon: try json.epsilon("layer_norm_epsilon", default: 1e-5), positions: .learned,
        activation: try json.activation("activation_function", default: .geluTanh),
        gatedMLP: false, tiedEmbeddings: try json.flag("tie_word_embeddings", default: true),
        attentionScale: scaled ? 1 / Float(headWidth).squareRoot() : 1, attentionInBias: true,
        attentionOutBias: true, mlpBias: true, endTokens: try json.tokens("eos_token_id"))
      config.scalesByDepth = try json.flag("scale_attn_by_inverse_layer_idx", default: false)
      return config
    },
    weights: WeightTable(
      prefixes: ["transformer.", ""],
      embed: "wte.weight", positions: "wpe.weight", finalNorm: "ln_f", unembed: "lm_head.weight",
      attnNorm: "h.#.ln_1", mlpNorm: "h.#.ln_2",
      query: .init("h.#.attn.c_attn", transposed: true, part: 0, parts: 3),
      key: .init("h.#.attn.c_attn", transposed: true, part: 1, parts: 3),
      value: .init("h.#.attn.c_attn", transposed: true, part: 2, parts: 3),
      attnOut: .init("h.#.attn.c_proj", transposed: true), gate: nil,
      up: .init("h.#.mlp.c_fc", transposed: true), down: .init("h.#.mlp.c_proj", transposed: true),
      ignorable: ["h.#.attn.bias", "h.#.attn.masked_bias"]),
    fresh: { shape in
      let headWidth = shape.width / shape.heads
      return TransformerConfig(
        vocabulary: shape.vocabulary, width: shape.width, layers: shape.layers,
        heads: shape.heads, kvHeads: shape.heads, headWidth: headWidth, mlpWidth: shape.mlpWidth,
        maxPositions: shape.context, norm: .layer, epsilon: 1e-5, positions: .learned,
        activation: .geluTanh, gatedMLP: false, tiedEmbeddings: shape.tiedEmbeddings,
        attentionScale: 1 / Float(headWidth).squareRoot(), attentionInBias: true,
        attentionOutBias: true, mlpBias: true, endTokens: shape.endTokens)
    },
    written: { config in
      let unscaled = config.attentionScale == 1 && config.headWidth != 1
      let members: [(String, JSONValue)] = [
        ("architectures", .array(["GPT2LMHeadModel"])), ("n_embd", .integer(config.width)),
        ("n_head", .integer(config.heads)), ("n_layer", .integer(config.layers)),
        ("n_inner", .integer(config.mlpWidth)), ("n_positions", .integer(config.maxPositions)),
        ("layer_norm_epsilon", .number(config.epsilon.asWritten)),
        ("activation_function", JSONValue(config.activation.written)),
      ]
      return members + (unscaled ? [("scale_attn_weights", .bool(false))] : [])
        + (config.scalesByDepth ? [("scale_attn_by_inverse_layer_idx", .bool(true))] : [])
    })
}
