import LeewayModel
import LeewaySteering

/// One way of pushing, with its vector.
struct Arm {
  var kind: ArmKind
  var index: Int
  var vector: SteeringVector
  var hash: String
  var norms: ResidualNorms

  var record: VectorRecord {
    VectorRecord(
      hash: hash, method: vector.provenance.method, rawNorm: vector.rawNorm,
      residualMedian: norms.median, residualMean: norms.mean, residualP5: norms.p5,
      residualP95: norms.p95)
  }
}

/// Fits the study's vector and its controls.
struct ArmMaker {
  let resolved: ResolvedStudy
  let fitter: VectorFitter
  private let activations: [Site: ContrastActivations]
  private var norms: [Site: ResidualNorms] = [:]

  init(_ resolved: ResolvedStudy) throws {
    self.resolved = resolved
    fitter = VectorFitter(
      executor: resolved.context.executor, tokenizer: resolved.context.tokenizer,
      checkpointHash: resolved.context.provenance.checkpointHash)
    let read = try fitter.activations(
      resolved.study.vector.contrast, read: resolved.read, sites: resolved.sites)
    activations = Dictionary(uniqueKeysWithValues: zip(resolved.sites, read))
    try measure(resolved.sites)
  }

  private mutating func measure(_ sites: [Site]) throws {
    for (site, found) in zip(sites, try fitter.residualNorms(resolved.neutral, sites: sites)) {
      guard let found, found.median > 0, found.median.isFinite else {
        throw StudyError.nothingMeasured(site: "\(site)")
      }
      norms[site] = found
    }
  }

  private func arm(_ kind: ArmKind, _ index: Int, _ vector: SteeringVector) throws -> Arm {
    guard let norms = norms[vector.site] else {
      throw StudyError.nothingMeasured(site: "\(vector.site)")
    }
    return Arm(kind: kind, index: index, vector: vector, hash: vector.hash, norms: norms)
  }

  private func contrast(_ site: Site) throws -> ContrastActivations {
    guard let found = activations[site] else {
      throw StudyError.nothingMeasured(site: "\(site)")
    }
    return found
  }

  func vector(_ site: Site) throws -> Arm {
    try arm(.vector, 0, fitter.fit(contrast(site), method: resolved.method))
  }

  /// Everything that the vector is held against at a site.
  mutating func controls(_ site: Site) throws -> [Arm] {
    let asked = resolved.study.arms
    let vector = try vector(site).vector
    let contrast = try contrast(site)
    var arms: [Arm] = []
    for draw in 0..<asked.random {
      arms.append(try arm(.random, draw, fitter.random(like: vector, draw: draw)))
    }
    for draw in 0..<asked.onManifoldRandom {
      let made = try fitter.onManifoldRandom(like: vector, contrast, draw: draw)
      arms.append(try arm(.onManifoldRandom, draw, made))
    }
    for draw in 0..<asked.shuffled {
      let made = try fitter.shuffled(contrast, draw: draw, method: resolved.method)
      arms.append(try arm(.shuffled, draw, made))
    }
    if resolved.reversed { arms.append(try arm(.reversed, 0, vector.reversed())) }
    if let other = wrongLayer(site) {
      if norms[other] == nil { try measure([other]) }
      arms.append(try arm(.wrongLayer, 0, vector.moved(to: other)))
    }
    if let unrelated = asked.unrelated {
      let other = try fitter.activations(unrelated, read: resolved.read, sites: [site])[0]
      arms.append(try arm(.unrelated, 0, fitter.fit(other, method: resolved.method)))
    }
    if asked.unembeddingDifference, let tokens = resolved.answerTokens {
      let made = try fitter.unembeddingDifference(
        at: site, target: tokens.target, original: tokens.original)
      arms.append(try arm(.unembeddingDifference, 0, made))
    }
    if asked.logitBias, let tokens = resolved.answerTokens {
      let (heights, vocabulary) = try fitter.logitHeights(resolved.neutral)
      let made = try fitter.logitBias(
        vocabulary: vocabulary, target: tokens.target, original: tokens.original)
      guard let heights, heights.median > 0, heights.median.isFinite else {
        throw StudyError.nothingMeasured(site: "\(made.site)")
      }
      // Dose 1 moves the margin by the height of the highest logit, in nats.
      norms[made.site] = heights.scaled(by: made.rawNorm)
      arms.append(try arm(.logitBias, 0, made))
    }
    return arms
  }

  func refits(_ site: Site) throws -> [Arm] {
    let contrast = try contrast(site)
    return try (0..<resolved.study.arms.refits).map { draw in
      try arm(.refit, draw, fitter.refit(contrast, draw: draw, method: resolved.method))
    }
  }

  /// Half of the model away, the same kind of site.
  private func wrongLayer(_ site: Site) -> Site? {
    let layers = resolved.context.provenance.layers
    switch resolved.study.arms.wrongLayer {
    case "none": return nil
    case "auto":
      guard layers > 1 else { return nil }
      return Site(site.kind, layer: (site.layer + max(1, layers / 2)) % layers)
    case let name: return Site(name).flatMap { $0 == site ? nil : $0 }
    }
  }
}
