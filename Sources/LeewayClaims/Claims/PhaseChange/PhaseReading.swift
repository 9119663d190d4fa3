import Foundation
import LeewayBase
import LeewayStatistics

/// What sweeps and loops say about the kind of transition.
package struct PhaseReading {
  package var sizes: [Int]
  package var fractions: [Double]
  /// `[size][fraction][seed]`.
  package var sweep: [[[PhaseOutcome]]]
  package var loops: [Loop]

  package struct Loop: Sendable {
    package var seed, hold: Int
    package var down, up: [Double]

    package init(seed: Int, hold: Int, down: [Double], up: [Double]) {
      self.seed = seed
      self.hold = hold
      self.down = down
      self.up = up
    }

    /// Mean accuracy by which it lags, over the shares.
    package var area: Double {
      zip(down, up).reduce(0) { $0 + $1.0 - $1.1 } / Double(max(1, down.count))
    }
  }

  package init(sizes: [Int], fractions: [Double], sweep: [[[PhaseOutcome]]], loops: [Loop]) {
    self.sizes = sizes
    self.fractions = fractions
    self.sweep = sweep
    self.loops = loops
  }

  package enum Kind: String, Sendable {
    case firstOrder = "first order"
    case continuous, crossover, undecided
  }

  var sharpening: PhaseStatistics.Sharpening? {
    PhaseStatistics.sharpening(
      zip(sizes, sweep).flatMap { size, row in
        zip(fractions, row).flatMap { fraction, cell in
          cell.map { .init(size: size, control: fraction, value: $0.accuracy) }
        }
      })
  }

  /// Accuracies at the share where each size's mean is nearest to a half.
  var middles: [Double] {
    sweep.flatMap { row in
      row.min { abs(mean($0) - 0.5) < abs(mean($1) - 0.5) }?.map(\.accuracy) ?? []
    }
  }
  private func mean(_ cell: [PhaseOutcome]) -> Double {
    cell.reduce(0) { $0 + $1.accuracy } / Double(max(1, cell.count))
  }
  var twoHeaps: Double? { PhaseStatistics.twoHeaps(middles) }

  /// The loop's area if it were walked infinitely slowly: a line in 1 / hold for each seed.
  package var slowLoop: (area: Double, low: Double, high: Double)? {
    let seeds = Set(loops.map(\.seed)).sorted()
    let ends = seeds.compactMap { seed -> Double? in
      let own = loops.filter { $0.seed == seed }
      return PhaseStatistics.line(own.map { 1 / Double($0.hold) }, own.map(\.area))?.intercept
    }
    guard ends.count > 1 else { return nil }
    let n = Double(ends.count)
    let centre = ends.reduce(0, +) / n
    let square = ends.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    let half = Student.quantile(0.975, n - 1) * (square / (n - 1) / n).squareRoot()
    return (centre, centre - half, centre + half)
  }

  package var kind: Kind {
    guard let sharpening, let twoHeaps, let slowLoop else { return .undecided }
    let spacing = zip(fractions, fractions.dropFirst()).map { $1 - $0 }.max() ?? 1
    let isSteeper = sharpening.gain > 6 && sharpening.exponent > 0
    if isSteeper, twoHeaps > 6, slowLoop.low > 0 { return .firstOrder }
    if isSteeper, twoHeaps < 0, slowLoop.low <= 0, slowLoop.high < 0.2 { return .continuous }
    // Curves narrower than the grid cannot be seen to grow steeper.
    if sharpening.gain < 0, sharpening.width > spacing { return .crossover }
    return .undecided
  }

  package var verdict: Findings.Verdict {
    func told(_ value: Double?, _ places: Int = 1) -> String {
      value.map { String(format: "%.\(places)f", $0) } ?? "not measured"
    }
    let steeper = (sharpening?.gain ?? 0) > 0 ? "grow" : "do not grow"
    let heaps = (twoHeaps ?? 0) > 0 ? "two heaps" : "one heap"
    let loop = (slowLoop?.low ?? 0) > 0 ? "keeps" : "does not surely keep"
    let numbers = """
      curves \(steeper) steeper with the size of the task (difference of AIC \(told(sharpening?.gain)), \
      width falls as size to the power \(told(sharpening?.exponent, 2))), accuracies at the middle form \
      \(heaps) (difference of AIC \(told(twoHeaps))), and a loop over the shares that is led ever more \
      slowly \(loop) an area (\(told(slowLoop?.area, 2)) [\(told(slowLoop?.low, 2)), \
      \(told(slowLoop?.high, 2))] of accuracy)
      """
    return switch kind {
    case .firstOrder: .init(.supported, because: "First order: \(numbers).")
    case .continuous: .init(.supported, because: "Continuous: \(numbers).")
    case .crossover: .init(.refuted, because: "A crossover: \(numbers).")
    case .undecided: .init(.undecided, because: "The order stays open: \(numbers).")
    }
  }

  func binder(_ size: Int, _ value: (PhaseOutcome) -> Double) -> [Double?] {
    sweep[size].map { PhaseStatistics.binder($0.map(value)) }
  }

  /// p x variance, its most over the shares, for every size.
  func peaks(_ value: (PhaseOutcome) -> Double) -> [Double] {
    zip(sizes, sweep).map { size, row in
      row.map { PhaseStatistics.susceptibility($0.map(value), size: size) }.max() ?? 0
    }
  }

  /// Waiting times between knowing the trained pairs and the rest, at the smallest share of the middle
  /// size at which every seed gets there.
  var waits: (fraction: Double, times: [Double])? {
    let row = sweep[sizes.count / 2]
    for (fraction, cell) in zip(fractions, row) {
      let times = cell.compactMap { outcome -> Double? in
        guard let trained = outcome.trained, let tested = outcome.tested else { return nil }
        return tested - trained
      }
      if times.count == cell.count, times.count > 1 { return (fraction, times) }
    }
    return nil
  }
}
