import LeewayBase
import LeewayModel

/// Pushes towards tokens that need no contrast: what a vector must beat to be more than a word.
extension VectorFitter {
  /// Mean unembedding row of `target` minus that of `original`: the direction of the stream that
  /// the last block would read as these words. Final norm and its weights are left out.
  ///
  /// - Parameters: tokens, each once; `site` is one of the stream's width.
  public func unembeddingDifference(at site: Site, target: [Int], original: [Int]) throws
    -> SteeringVector
  {
    let method = "unembedding-difference"
    guard !target.isEmpty else { throw SteeringError.emptyContrast(half: "target") }
    guard !original.isEmpty else { throw SteeringError.emptyContrast(half: "original") }
    let rows = try executor.unembedding(of: target + original)
    return try SteeringVector(
      site: site,
      raw: MeanDifference().fit(
        positive: Array(rows[..<target.count]), negative: Array(rows[target.count...])),
      provenance: provenance(method, target: target, original: original))
  }

  /// A bias on logits: half a nat on each target token and minus half on each original one, so
  /// that its raw length moves the margin between them by one nat.
  ///
  /// - Parameter vocabulary: number of logits.
  public func logitBias(vocabulary: Int, target: [Int], original: [Int]) throws(SteeringError)
    -> SteeringVector
  {
    guard !target.isEmpty else { throw .emptyContrast(half: "target") }
    guard !original.isEmpty else { throw .emptyContrast(half: "original") }
    var raw = [Float](repeating: 0, count: vocabulary)
    for token in target { raw[token] += 0.5 }
    for token in original { raw[token] -= 0.5 }
    return try SteeringVector(
      site: Site(.logits), raw: raw,
      provenance: provenance("logit-bias", target: target, original: original))
  }

  /// How far the highest logit stands above the mean of all, in nats, over ordinary texts: the
  /// yardstick of a bias. At a dose of 1 a word of average logit is moved to the top, whatever the
  /// size of the vocabulary. Also the number of logits.
  public func logitHeights(_ texts: [String]) throws -> (heights: ResidualNorms?, vocabulary: Int) {
    var heights: [Double] = []
    var vocabulary = 0
    // One text at a time: a row of logits is long.
    for text in texts {
      let tokens = tokenizer.encode(text)
      guard !tokens.isEmpty else { continue }
      let logits = try executor.capture(CaptureJob(prompts: [tokens], sites: [Site(.logits)]))[0][0]
      vocabulary = logits.width
      for position in (logits.positions > 8 ? 4 : 0)..<logits.positions {
        let row = logits.position(position)
        let mean = row.reduce(0.0) { $0 + Double($1) } / Double(max(row.count, 1))
        heights.append(Double(row.max() ?? 0) - mean)
      }
    }
    return (ResidualNorms(heights), vocabulary)
  }

  private func provenance(_ method: String, target: [Int], original: [Int]) -> VectorProvenance {
    func text(_ tokens: [Int]) -> String { tokens.map { "\($0)" }.joined(separator: " ") }
    let notes = "tokens \(text(target)) against \(text(original))"
    return VectorProvenance(
      method: method, contrastHash: ContentHash.sha256(notes), checkpointHash: checkpointHash,
      read: "tokens", notes: notes)
  }
}

extension ResidualNorms {
  /// The same norms in another unit.
  public func scaled(by factor: Double) -> ResidualNorms {
    var scaled = self
    scaled.median *= factor
    scaled.mean *= factor
    scaled.p5 *= factor
    scaled.p95 *= factor
    return scaled
  }
}
