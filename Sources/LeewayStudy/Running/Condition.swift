import LeewayBase

/// One setting under one scorer.
struct Condition: Sendable {
  var setting: Setting?
  var scorer: any Scorer
  var id: String
  var identity: String

  init(_ setting: Setting?, _ scorer: any Scorer, _ provenance: Provenance) {
    self.setting = setting
    self.scorer = scorer
    identity = Self.identity(setting, scorer, provenance).canonicalText
    id = ContentHash.sha256(identity)
  }

  /// Everything that the result depends on, and nothing else: the study's name, its question and
  /// the rest of its grid stay out.
  private static func identity(
    _ setting: Setting?, _ scorer: any Scorer, _ provenance: Provenance
  ) -> JSONValue {
    // Exact precision gives the same bits with every kernel set.
    let kernels = provenance.precision == "exact" ? "" : provenance.kernelSet
    return [
      "engine": JSONValue(provenance.engineVersion),
      "checkpoint": JSONValue(provenance.checkpointHash),
      "tokenizer": JSONValue(provenance.tokenizerHash),
      "precision": JSONValue(provenance.precision), "kernels": JSONValue(kernels),
      "setting": setting?.identity ?? .null, "scorer": JSONValue(type(of: scorer).id),
      "scorerVersion": .integer(type(of: scorer).version), "asked": scorer.identity,
    ]
  }
}
