import LeewayBase

extension Architecture {
  /// Gemma 3 with pictures: the text model's configuration stands inside, and what sees is left
  /// alone. Trained further, it is written as a text model.
  static let gemma3 = Architecture(
    modelType: "gemma3", writtenAs: "gemma3_text",
    config: { (json) throws(CheckpointError) in
      json.inert(
        "vision_config", "mm_tokens_per_image", "boi_token_index", "eoi_token_index",
        "image_token_index", "vision_feature_layer", "projector_hidden_act")
      var config = try json.nested("text_config", Architecture.gemma3Text.config)
      config.tiedEmbeddings = try json.flag("tie_word_embeddings", default: true)
      let ends = try json.tokens("eos_token_id")
      if !ends.isEmpty { config.endTokens = ends }
      return config
    },
    weights: Architecture.gemma3Text.weights, fresh: Architecture.gemma3Text.fresh,
    written: Architecture.gemma3Text.written)
}
