import Foundation

/// The curves of one arm under one weighting of its trials, and what is read off them.
struct Curves {
  var x: [Double]
  /// Raw effect by dose, and its isotonic fit (the baseline is its first point).
  var effect: [Double]
  var effectFit: [Double]
  /// Relative capability by measurable capability and dose, raw and antitonic fit.
  var kept: [[Double]]
  var keptFit: [[Double]]
  var floors: [Double]
  var prompts: Int

  init(_ arm: ArmTrials, trialWeights: [[Double]]? = nil, itemWeights: [[Double]]? = nil) {
    x = arm.logDoses
    prompts = arm.prompts
    effect = arm.effectCurve(weights: trialWeights)
    let baseline = arm.baselineShare(weights: trialWeights)
    effectFit = Self.rising(effect, from: baseline, prompts: arm.prompts)
    kept = []
    keptFit = []
    floors = []
    for (index, capability) in arm.capabilities.enumerated() where capability.sets {
      let raw = arm.doses.indices.map {
        capability.relative(at: $0, weights: itemWeights?[index])
      }
      kept.append(raw)
      keptFit.append(Array(Isotonic.decreasing([1] + raw).dropFirst()))
      floors.append(capability.floor)
    }
  }

  /// The isotonic fit of the effect, up to its peak where it clearly falls again: a broken model
  /// says nothing any more, and how far a grid runs beyond the break must not move the onset.
  /// "Clearly": the Wilson intervals of the peak and of the lowest later dose are disjoint.
  private static func rising(_ effect: [Double], from baseline: Double, prompts: Int) -> [Double] {
    guard let most = effect.max(), let peak = effect.lastIndex(of: most) else { return [] }
    var last = effect.count - 1
    if let least = effect[peak...].min(),
      Wilson.interval(least, prompts).high < Wilson.interval(most, prompts).low
    {
      last = peak
    }
    let fit = Array(Isotonic.increasing([baseline] + effect[...last]).dropFirst())
    return fit + Array(repeating: fit[last], count: effect.count - 1 - last)
  }

  /// The fitted effect crosses the criterion and its Wilson lower bound lies above chance; where
  /// the bound does not, the onset moves up to the first measured dose at which it does.
  func onset(criterion: Double, random: [Double]?) -> LogCrossing {
    let crossing = Isotonic.crossing(effectFit, x, level: criterion)
    guard let random, crossing.value < .infinity else { return crossing }
    func above(_ share: Double, _ chance: Double) -> Bool {
      Wilson.interval(share, prompts).low > chance
    }
    guard let first = effectFit.firstIndex(where: { $0 >= criterion }) else { return crossing }
    // At the crossing itself the share is the criterion; chance is read where the crossing lies.
    let chance =
      first == 0
      ? random[0] : interpolate(random[first - 1], random[first], at: crossing.bound, first)
    if above(max(criterion, first == 0 ? effectFit[0] : criterion), chance) { return crossing }
    for index in first..<x.count where above(effectFit[index], random[index]) {
      return .at(x[index])
    }
    return .above(x.last ?? .nan)
  }

  private func interpolate(_ y0: Double, _ y1: Double, at place: Double, _ index: Int) -> Double {
    let width = x[index] - x[index - 1]
    return width > 0 ? y0 + (y1 - y0) * (place - x[index - 1]) / width : y1
  }

  /// The lowest dose at which some capability's fit falls through its floor.
  var ceiling: LogCrossing {
    var lowest = LogCrossing.above(x.last ?? .nan)
    for (fit, floor) in zip(keptFit, floors) {
      // A fit that falls through the floor is its negative rising through the floor's.
      let level = -floor + 1e-12
      let crossing = Isotonic.crossing(fit.map { -$0 }, x, level: level)
      var placed = crossing
      if case .below(let first) = crossing, let kept = fit.first {
        // Between dose 0 (unharmed) and the first dose: no log2 scale leads there.
        placed = kept <= floor ? .below(first) : crossing
      }
      if placed.value < lowest.value { lowest = placed }
    }
    return lowest
  }

  func holds(_ index: Int) -> Bool {
    zip(kept, floors).allSatisfy { $0[index] >= $1 }
  }

  /// Octaves × effect above `reference` where capability holds (trapezoids; half-open ends).
  func area(above reference: [Double]?) -> Double {
    let height = x.indices.map { index in
      holds(index) ? max(0, effect[index] - (reference?[index] ?? 0)) : 0
    }
    return zip(x.indices, x.indices.dropFirst()).reduce(0) { sum, pair in
      sum + (height[pair.0] + height[pair.1]) / 2 * (x[pair.1] - x[pair.0])
    }
  }

  var peakUseful: Double {
    x.indices.map { index in
      min(effect[index], kept.map { $0[index] }.min() ?? 1)
    }.max() ?? 0
  }

  /// Runs of measured doses at which the raw curves hold both criteria.
  func openIntervals(criterion: Double) -> Int {
    var count = 0
    var open = false
    for index in x.indices {
      let now = effect[index] >= criterion && holds(index)
      if now, !open { count += 1 }
      open = now
    }
    return count
  }
}
