import LeewayStatistics
import LeewayStudy

/// A result with its arms sorted by what they are asked for: found once, read by every part.
package struct StudyView: Sendable {
  package let result: StudyResult
  /// The study's vector at the chosen site; any vector arm, else any arm, when that is absent.
  package let chosen: ArmResult?
  /// The vector at every site, in the order of the pass.
  package let sites: [ArmResult]
  /// All arms that are neither the vector nor a refit, in the order of their kinds.
  package let controls: [ArmResult]
  package let refits: [ArmResult]

  package init(_ result: StudyResult) {
    self.result = result
    let vectors = result.arms.filter { $0.kind == .vector }
    chosen =
      vectors.first { $0.site == result.chosenSite } ?? vectors.first ?? result.arms.first
    sites = vectors.sorted { $0.site < $1.site }
    controls = ArmKind.allCases.filter { $0 != .vector && $0 != .refit }.flatMap { kind in
      result.arms.filter { $0.kind == kind }
    }
    refits = result.arms.filter { $0.kind == .refit }
  }

  /// The random arms at the chosen site.
  package var randoms: [ArmResult] {
    controls.filter { $0.kind == .random && $0.site == chosen?.site }
  }

  /// The arms that push tokens, when they were run.
  package var tokenArms: [ArmResult] {
    controls.filter { [.unembeddingDifference, .logitBias].contains($0.kind) }
  }

  /// Whether spillover or entailment were asked.
  package var asksBeside: Bool {
    chosen?.points.contains { $0.spillover != nil || $0.entailment != nil } ?? false
  }

  /// The measured points that stand for onset and ceiling.
  package func atOnset(_ arm: ArmResult) -> DosePoint? { point(arm, arm.doseAtOnset) }
  package func atCeiling(_ arm: ArmResult) -> DosePoint? { point(arm, arm.doseAtCeiling) }

  private func point(_ arm: ArmResult, _ dose: Double?) -> DosePoint? {
    dose.flatMap { dose in arm.points.first { $0.dose == dose } }
  }

  /// Indices of the capabilities that break first: those whose own ceiling is the lowest.
  package var breaksFirst: Set<Int> {
    let ceilings = result.capabilities.map { $0.ceiling.flatMap(Self.place) ?? .infinity }
    guard let lowest = ceilings.min(), lowest < .infinity else { return [] }
    return Set(ceilings.indices.filter { ceilings[$0] == lowest })
  }

  private static func place(_ crossing: Crossing) -> Double? {
    switch crossing {
    case .at(let dose): dose
    case .below: 0
    case .above: nil
    }
  }

  /// Mean effect of the random arms at each dose that all points of them share, ascending.
  package var pooledRandom: [(dose: Double, share: Double, arms: Int)] {
    let arms = randoms
    let doses = Self.ascending(arms.flatMap { $0.points.map(\.dose) })
    return doses.map { dose in
      let shares = arms.compactMap { arm in arm.points.first { $0.dose == dose }?.effect.share }
      return (dose, shares.reduce(0, +) / Double(shares.count), shares.count)
    }
  }

  /// Indices of the capabilities that are drawn and judged.
  package var measurable: [Int] {
    result.capabilities.indices.filter { result.capabilities[$0].measurable }
  }

  /// The capability's point, nil when the arm holds fewer numbers than there are capabilities.
  package static func capability(_ index: Int, of point: DosePoint) -> CapabilityPoint? {
    point.capabilities.indices.contains(index) ? point.capabilities[index] : nil
  }

  /// Each number once, ascending.
  package static func ascending(_ numbers: [Double]) -> [Double] {
    var list: [Double] = []
    for number in numbers.filter(\.isFinite).sorted() where list.last != number {
      list.append(number)
    }
    return list
  }

  /// Did the arm rank first among at least 19 random ones (p <= 0.05)? Nil when not enough ran.
  package static func aboveRandom(_ arm: ArmResult) -> Bool? {
    guard let rank = arm.rank, let ranked = arm.ranked, ranked >= 19 else { return nil }
    return rank == 1
  }
}
