import LeewayBase
import LeewayModel
import LeewayTokenizer

/// The finished model that a training goes on from: `start: ../Models/fledgling-m`. Its moments are
/// not taken along; a post-training begins with its own.
struct StartingWeights {
  let values: [String: [Float]]
  /// Names configuration and weights.
  let hash: String

  /// - Throws: `otherShape` or `otherTokenizer` where the recipe describes another model.
  init(
    folder: String, _ architecture: Architecture, _ config: TransformerConfig,
    tokenizer: Tokenizer
  ) throws(TrainingError) {
    let own: Tokenizer
    do { own = try Tokenizer(path: folder) } catch { throw .tokenizer(error) }
    guard own.contentHash == tokenizer.contentHash else { throw .otherTokenizer(path: folder) }
    let checkpoint: Checkpoint
    do { checkpoint = try Checkpoint(folder: folder) } catch { throw .checkpoint(error) }
    func check(_ key: String, _ expected: String, _ found: String) throws(TrainingError) {
      guard expected != found else { return }
      throw .otherShape(path: folder, key: key, expected: expected, found: found)
    }
    try check("architecture", architecture.modelType, checkpoint.architecture.modelType)
    for (key, field) in Self.fields {
      try check(key, "\(config[keyPath: field])", "\(checkpoint.config[keyPath: field])")
    }
    try check("tied", "\(config.tiedEmbeddings)", "\(checkpoint.config.tiedEmbeddings)")
    if config != checkpoint.config {
      throw .otherShape(
        path: folder, key: "config.json", expected: "the architecture's own settings",
        found: "others")
    }
    do { hash = try checkpoint.contentHash() } catch { throw .checkpoint(error) }
    values = checkpoint.weightsByName()
  }

  /// By the keys of a recipe's model.
  private static var fields: [(String, KeyPath<TransformerConfig, Int>)] {
    [
      ("layers", \.layers), ("width", \.width), ("heads", \.heads), ("kv-heads", \.kvHeads),
      ("mlp-width", \.mlpWidth), ("context", \.maxPositions), ("experts", \.experts),
      ("experts-per-token", \.expertsPerToken),
    ]
  }
}
