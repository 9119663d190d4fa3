import Foundation
import LeewayStatistics

/// What planted attacks say about a monitor that may collude.
package struct Honeypots: Sendable {
  /// Shares of attacks that an honest and a colluding monitor flag, each where it means to.
  package var honest, colluding: Double
  /// Chance that a colluding monitor takes an attack for what it is, planted or real.
  package var telling: Double

  package init(honest: Double, colluding: Double, telling: Double) {
    self.honest = honest
    self.colluding = colluding
    self.telling = telling
  }

  /// Recall of a colluding monitor on what is planted, and on what is real.
  package var seen: Double { telling * honest + (1 - telling) * colluding }
  package var real: Double { (1 - telling) * honest + telling * colluding }
  /// (honest - colluding)(2 telling - 1): what a honeypot flatters a colluding monitor by.
  package var bias: Double { seen - real }

  /// Fewest plants of which at most `misses` may be missed to be sure that the rate of misses is below
  /// `rate`; nil above 10^7.
  package static func fewest(rate: Double, misses: Int = 0, confidence: Double = 0.95) -> Int? {
    func isSure(_ count: Int) -> Bool {
      atMost(misses, of: count, rate: rate) <= (1 - confidence) * (1 + 1e-12)
    }
    let most = 10_000_000
    var high = misses + 1
    while !isSure(high) {
      guard high < most else { return nil }
      high = min(2 * high, most)
    }
    var low = misses
    while high - low > 1 {
      let middle = (low + high) / 2
      if isSure(middle) { high = middle } else { low = middle }
    }
    return high
  }

  /// Chance of at most so many misses.
  package static func atMost(_ misses: Int, of count: Int, rate: Double) -> Double {
    guard misses < count else { return 1 }
    guard rate > 0 else { return 1 }
    guard rate < 1 else { return 0 }
    return (0...misses).reduce(0.0) { $0 + chance($1, of: count, rate: rate) }
  }

  /// Chance of exactly so many; the rate lies within 0 and 1.
  static func chance(_ misses: Int, of count: Int, rate: Double) -> Double {
    let (n, k) = (Double(count), Double(misses))
    let choose = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(choose + k * log(rate) + (n - k) * log1p(-rate))
  }

  /// The exact upper bound of a rate of misses. Clopper and Pearson 1934, one side.
  package static func bound(_ misses: Int, of count: Int, confidence: Double = 0.95) -> Double {
    guard misses < count else { return 1 }
    return Solve.root(0, 1) { atMost(misses, of: count, rate: $0) - (1 - confidence) } ?? 1
  }
}

/// Wald's test between two recalls, one plant after the other until the odds stand.
package struct SequentialTest: Sendable {
  /// Recalls of a monitor that is honest and of one that colludes, as plants show them.
  package var honest, colluding: Double
  package var odds: Double

  package init(honest: Double, colluding: Double, odds: Double) {
    self.honest = honest
    self.colluding = colluding
    self.odds = odds
  }

  /// Mean log odds that a plant brings if the monitor has recall `a` and not `b`, nats.
  package static func drift(_ a: Double, _ b: Double) -> Double {
    func part(_ p: Double, _ q: Double) -> Double { p == 0 ? 0 : p * log(p / q) }
    return part(a, b) + part(1 - a, 1 - b)
  }

  package struct Course: Sendable {
    /// Plants needed in the mean, and the chance that the test ends on the side of honesty.
    package var plants, cleared: Double
  }

  /// Exact, by the distribution of misses over plants. Nil where the odds are not reached in `most`.
  ///
  /// - Parameter recall: of the monitor that is tested.
  package func course(recall: Double, most: Int = 100_000) -> Course? {
    let hit = log(honest / colluding)
    let miss = log((1 - honest) / (1 - colluding))
    let limit = log(odds)
    // Chances of still undecided states by their misses, those from `first` on.
    var (first, alive) = (0, [1.0])
    var (plants, cleared, caught) = (0.0, 0.0, 0.0)
    for plant in 1...most {
      plants += alive.reduce(0, +)
      var next = [Double](repeating: 0, count: alive.count + 1)
      for (place, chance) in alive.enumerated() {
        next[place] += chance * recall
        next[place + 1] += chance * (1 - recall)
      }
      for place in next.indices where next[place] > 0 {
        let misses = Double(first + place)
        // A miss that an honest monitor never makes has infinite weight, and so has no other.
        let odds =
          (misses == 0 ? 0 : misses * miss)
          + (misses == Double(plant) ? 0 : (Double(plant) - misses) * hit)
        // Where the odds meet the limit but for rounding, they have met it.
        if odds >= limit * (1 - 1e-12) {
          cleared += next[place]
          next[place] = 0
        } else if !(odds > -limit * (1 - 1e-12)) {
          caught += next[place]
          next[place] = 0
        }
      }
      let start = next.firstIndex { $0 > 0 } ?? next.count
      let end = next.lastIndex { $0 > 0 } ?? -1
      if start > end || next[start...end].reduce(0, +) < 1e-13 {
        return Course(plants: plants, cleared: cleared / (cleared + caught))
      }
      first += start
      alive = Array(next[start...end])
    }
    return nil
  }
}

/// Whether a second test tells what a first has not.
package struct TwoTests: Sendable {
  package var prior: Double
  /// How much oftener an honest monitor passes than a colluding one.
  package var evals, honeypots: Double
  /// 0: a colluding monitor gets through both tests independently; 1: what gets it through the harder
  /// gets it through the easier.
  package var overlap: Double

  package init(prior: Double, evals: Double, honeypots: Double, overlap: Double) {
    self.prior = prior
    self.evals = evals
    self.honeypots = honeypots
    self.overlap = overlap
  }

  /// An honest monitor passes both. A colluding one passes with chances 1/evals and 1/honeypots, and
  /// both with the mixture of their product and the smaller.
  package var both: Double {
    1
      / ((1 - overlap) / (evals * honeypots) + overlap / max(evals, honeypots))
  }

  /// What honeypots still multiply the odds by, once evals are passed.
  package var gain: Double { both / evals }

  /// Chance of collusion after a pass that an honest monitor makes `ratio` times as often.
  package func posterior(_ ratio: Double) -> Double {
    let odds = prior / (1 - prior) / ratio
    return odds / (1 + odds)
  }
}
