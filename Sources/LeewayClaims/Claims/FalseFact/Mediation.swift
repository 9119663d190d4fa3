import Foundation
import LeewayBase
import LeewayStatistics

/// Does redundancy carry the effect of size on resistance? Models differ in size and in how often an
/// MLP was dropped in training; each has facts with the dose that flips them.
package struct Mediation: Sendable {
  package struct Model: Sendable {
    package var size: String
    package var drop: Double
    package var seed: Int
    package var logParameters: Double
    /// Spread of writes, MLPs and noise that cost half of the accuracy.
    package var redundancy: [Double]
    /// By fact: ln of the flipping dose (a bound where it never flips), and the clean margin.
    package var facts: [(logFlip: Double, margin: Double)]

    package init(
      size: String, drop: Double, seed: Int, logParameters: Double, redundancy: [Double],
      facts: [(logFlip: Double, margin: Double)]
    ) {
      self.size = size
      self.drop = drop
      self.seed = seed
      self.logParameters = logParameters
      self.redundancy = redundancy
      self.facts = facts
    }
  }

  package struct Outcome: Sendable {
    /// ln flip a unit of drop, within sizes.
    package var drop: Double
    package var dropInterval: Interval
    /// ln flip a unit of ln parameters, without and with redundancy beside it.
    package var size: Double
    package var sizeInterval: Interval
    package var sizeBeside: Double
    /// What is left of the effect of size when redundancy is beside it.
    package var left: Double
    package var leftInterval: Interval
    /// ln flip a standard deviation of redundancy.
    package var redundancy: Double
    package var redundancyInterval: Interval
  }

  package let models: [Model]
  private let index: [Double]

  package init(_ models: [Model]) {
    self.models = models
    index = Self.meanScore(models.map(\.redundancy))
  }

  /// Each measure in standard deviations over models, averaged.
  package static func meanScore(_ measures: [[Double]]) -> [Double] {
    guard let count = measures.first?.count, count > 0 else { return [] }
    var scores = measures.map { _ in 0.0 }
    for place in 0..<count {
      let column = measures.map { $0[place] }
      let middle = mean(column)
      let spread = mean(column.map { ($0 - middle) * ($0 - middle) }).squareRoot()
      guard spread > 0 else { continue }
      for model in measures.indices {
        scores[model] += (column[model] - middle) / spread / Double(count)
      }
    }
    return scores
  }

  /// - Returns: nil with one size or one drop.
  package func outcome(draws: Int, seed: String) -> Outcome? {
    guard Set(models.map(\.size)).count > 1, Set(models.map(\.drop)).count > 1,
      let facts = models.first?.facts.count, facts > 0
    else { return nil }
    let whole = estimates(Array(models.indices), Array(0..<facts))
    guard let whole else { return nil }
    var stream = NamedStream("mediation", seed)
    var drawn: [Estimates] = []
    for _ in 0..<draws {
      var chosen: [Int] = []
      // Training seeds first, within each size and drop; then facts, the same everywhere.
      for size in Set(models.map(\.size)).sorted() {
        for drop in Set(models.map(\.drop)).sorted() {
          let own = models.indices.filter { models[$0].size == size && models[$0].drop == drop }
          for _ in own { chosen.append(own[stream.below(own.count)]) }
        }
      }
      let items = (0..<facts).map { _ in stream.below(facts) }
      if let estimates = estimates(chosen, items) { drawn.append(estimates) }
    }
    let strata = Set(models.map { "\($0.size) \($0.drop)" }).count
    func interval(_ value: (Estimates) -> Double) -> Interval {
      Quantiles.interval(
        drawn.map(value), about: value(whole), clusters: models.count, strata: strata)
    }
    return Outcome(
      drop: whole.drop, dropInterval: interval(\.drop), size: whole.size,
      sizeInterval: interval(\.size), sizeBeside: whole.sizeBeside,
      left: whole.sizeBeside / whole.size, leftInterval: interval { $0.sizeBeside / $0.size },
      redundancy: whole.redundancy, redundancyInterval: interval(\.redundancy))
  }

  private struct Estimates {
    var drop: Double
    var size: Double
    var sizeBeside: Double
    var redundancy: Double
  }

  /// Flips are first brought to the common margin: arms must not differ in how well they know.
  private func estimates(_ chosen: [Int], _ items: [Int]) -> Estimates? {
    let margins = chosen.map { model in mean(items.map { models[model].facts[$0].margin }) }
    let flips = chosen.map { model in mean(items.map { models[model].facts[$0].logFlip }) }
    // Within models: how much further a fact with a larger margin has to be pushed.
    var (top, bottom) = (0.0, 0.0)
    for (place, model) in chosen.enumerated() {
      for item in items {
        let fact = models[model].facts[item]
        top += (fact.margin - margins[place]) * (fact.logFlip - flips[place])
        bottom += (fact.margin - margins[place]) * (fact.margin - margins[place])
      }
    }
    let slope = bottom > 0 ? top / bottom : 0
    let common = mean(margins)
    let y = zip(flips, margins).map { $0 - slope * ($1 - common) }
    let size = chosen.map { models[$0].logParameters }
    let drop = chosen.map { models[$0].drop }
    let redundancy = chosen.map { index[$0] }
    let sizes = Set(chosen.map { models[$0].size }).sorted().dropFirst()
    let dummies = sizes.map { name in chosen.map { models[$0].size == name ? 1.0 : 0 } }
    guard let within = LeastSquares.fit(y, [drop] + dummies),
      let alone = LeastSquares.fit(y, [size]),
      let beside = LeastSquares.fit(y, [size, redundancy])
    else { return nil }
    return Estimates(
      drop: within[1], size: alone[1], sizeBeside: beside[1], redundancy: beside[2])
  }
}
