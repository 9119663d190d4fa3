/// What a job can ask for that the model cannot do.
public enum EngineError: Error, Equatable, Sendable {
  /// A sequence (with the tokens to come) is longer than the context.
  case tooLong(sequence: Int, tokens: Int, limit: Int)
  case emptySequence(sequence: Int)
  case unknownToken(sequence: Int, token: Int, vocabulary: Int)
  case noSuchLayer(site: Site, layers: Int)
  /// The model's family has no such site.
  case noSuchSite(site: Site)
  /// `ln_final` can be read but not edited.
  case notEditable(site: Site)
  case badScoredRange(sequence: Int, from: Int, tokens: Int)
  case mismatchedCounts(what: String, expected: Int, found: Int)
}
