import Foundation
import LeewayBase

/// From stored trials to a window. No forward pass, no clock: the same trials give the same bits.
public struct WindowAnalysis: Sendable {
  public var criterion: Double
  public var draws: Int
  public var level: Double
  /// Name of the bootstrap's random stream.
  public var seed: String

  public init(
    criterion: Double = 0.5, draws: Int = 2000, level: Double = 0.95, seed: String = "window"
  ) {
    self.criterion = criterion
    self.draws = draws
    self.level = level
    self.seed = seed
  }

  /// Doses that all arms share.
  static func common(_ arm: ArmTrials, _ others: [ArmTrials]) -> Set<Double> {
    others.reduce(into: Set(arm.doses)) { $0.formIntersection($1.doses) }
  }

  /// The ceiling that one capability alone would set at another floor; nil when the baseline lacks
  /// the capability.
  public func ceiling(_ arm: ArmTrials, capability: Int, floor: Double) -> Crossing? {
    var alone = arm
    var kept = arm.capabilities[capability]
    guard kept.isMeasurable, !arm.doses.isEmpty else { return nil }
    kept.floor = floor
    alone.capabilities = [kept]
    return Curves(alone).ceiling.dose
  }

  /// Rank of the arm's area among the random arms (1 is best), each above the mean of all others
  /// on the doses that all share. Ties count against the arm, so under exchangeability
  /// P(rank = 1) is at most 1 / (random + 1).
  public func rank(_ arm: ArmTrials, among random: [ArmTrials]) -> Int {
    let areas = areas(arm, among: random)
    return 1 + areas.dropFirst().count { $0 >= areas[0] }
  }

  /// The areas that `rank` compares, in octaves: the arm's first, then one a random arm.
  public func areas(_ arm: ArmTrials, among random: [ArmTrials]) -> [Double] {
    let shared = Self.common(arm, random)
    let curves = ([arm] + random).map { Curves($0.keeping(shared.contains)) }
    return curves.indices.map { own in
      let others = curves.indices.filter { $0 != own }
      let reference = curves[own].x.indices.map { dose in
        others.reduce(0) { $0 + curves[$1].effect[dose] } / Double(max(others.count, 1))
      }
      return curves[own].area(above: others.isEmpty ? nil : reference)
    }
  }

  /// Mean effect of the random arms at each of the arm's doses, linear in log2 dose between the
  /// doses at which they ran.
  func pooled(_ random: [ArmTrials], at arm: ArmTrials) -> [Double]? {
    guard let first = random.first, !first.doses.isEmpty else { return nil }
    let shared = random.dropFirst().reduce(into: Set(first.doses)) { $0.formIntersection($1.doses) }
    let kept = random.map { $0.keeping(shared.contains) }
    guard let x = kept.first?.logDoses, !x.isEmpty else { return nil }
    let curves = kept.map { $0.effectCurve() }
    let mean = x.indices.map { dose in
      curves.reduce(0) { $0 + $1[dose] } / Double(curves.count)
    }
    return arm.logDoses.map { at in
      guard let upper = x.firstIndex(where: { $0 >= at }) else { return mean[mean.count - 1] }
      guard upper > 0, x[upper] > at else { return mean[upper] }
      let share = (at - x[upper - 1]) / (x[upper] - x[upper - 1])
      return mean[upper - 1] + share * (mean[upper] - mean[upper - 1])
    }
  }

  /// Onset and ceiling alone, without intervals: for many small arms that are resampled elsewhere.
  ///
  /// - Parameter chance: what random pushes of the same length do at each of the arm's doses.
  public func crossings(_ arm: ArmTrials, chance: [Double]? = nil) -> (
    onset: Crossing, ceiling: Crossing
  ) {
    let curves = Curves(arm)
    return (curves.onset(criterion: criterion, random: chance).dose, curves.ceiling.dose)
  }

  /// - Parameters:
  ///   - random: norm-matched random arms, scored against the same target.
  ///   - refits: arms of the same method fitted on resampled contrasts, at some of the doses.
  public func estimate(
    _ arm: ArmTrials, random: [ArmTrials] = [], refits: [ArmTrials] = []
  ) -> WindowEstimate {
    let chance = pooled(random, at: arm)
    let curves = Curves(arm)
    let onset = curves.onset(criterion: criterion, random: chance)
    let ceiling = curves.ceiling
    let bootstrap = Bootstrap(analysis: self, arm: arm, chance: chance, refits: refits).run()
    let censored = !onset.value.isFinite || !ceiling.value.isFinite
    var estimate = WindowEstimate(
      onset: onset.dose, onsetInterval: bootstrap.onset.map(\.doses), ceiling: ceiling.dose,
      ceilingInterval: bootstrap.ceiling.map(\.doses),
      octaves: arm.doses.isEmpty ? nil : ceiling.bound - onset.bound, censored: censored,
      octavesInterval: bootstrap.octaves,
      openIntervals: curves.openIntervals(criterion: criterion),
      area: curves.area(above: chance), peakUseful: curves.peakUseful,
      vectorVarianceShare: bootstrap.vectorVarianceShare, verdict: .undecided)
    estimate.verdict = verdict(
      estimate, arm: arm, curves: curves, onset: onset, ceiling: ceiling, random: random)
    return estimate
  }

  private func verdict(
    _ estimate: WindowEstimate, arm: ArmTrials, curves: Curves, onset: LogCrossing,
    ceiling: LogCrossing, random: [ArmTrials]
  ) -> WindowEstimate.Verdict {
    if curves.kept.isEmpty || arm.doses.isEmpty || arm.baselineShare() >= criterion {
      return .notMeasurable
    }
    if onset.value == .infinity { return .noOnset }
    if let width = estimate.octavesInterval, width.high < 0 { return .shut }
    if random.count < 19 { return .unranked }
    if rank(arm, among: random) > 1 { return .notAboveRandom }
    if ceiling.value == .infinity { return .noCeiling }
    guard let width = estimate.octavesInterval else { return .undecided }
    return width.low > 0 ? .open : .undecided
  }

  /// The seed's own columns; `unit(dose)` gives its strength in multiples of the raw vector.
  public func seedColumns(_ arm: ArmTrials, unit: (Double) -> Double) -> SeedColumns {
    let effect = arm.effectCurve()
    let curves = Curves(arm)
    let any = arm.doses.indices.first { effect[$0] > 0 }
    let majority = arm.doses.indices.first { effect[$0] > 0.5 }
    let capable =
      curves.kept.isEmpty
      ? nil
      : arm.doses.indices.last { dose in curves.kept.allSatisfy { $0[dose] >= 0.5 } }
    func strength(_ index: Int?) -> Double? { index.map { unit(arm.doses[$0]) } }
    let (first, last) = (strength(majority), strength(capable))
    return SeedColumns(
      firstFlipAny: strength(any), firstFlipMajority: first, lastCapable: last,
      linearWidth: first.flatMap { first in last.map { $0 - first } })
  }
}

extension LogCrossing {
  var dose: Crossing {
    switch self {
    case .at(let x): .at(exp2(x))
    case .below(let x): .below(exp2(x))
    case .above(let x): .above(exp2(x))
    }
  }
}

extension Interval {
  /// From log2 doses to doses.
  var doses: Interval {
    Interval(
      low: low == -.infinity ? 0 : exp2(low), high: high == .infinity ? .infinity : exp2(high),
      level: level)
  }
}
