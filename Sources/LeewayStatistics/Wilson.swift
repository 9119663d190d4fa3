import Foundation

/// The score interval of a proportion. Wilson 1927.
public enum Wilson {
  /// - Parameters:
  ///   - share: may come from fractional counts (means over seeds).
  ///   - count: independent trials; 0 gives the whole of 0...1.
  public static func interval(_ share: Double, _ count: Int, level: Double = 0.95) -> Interval {
    guard count > 0 else { return Interval(low: 0, high: 1, level: level) }
    let n = Double(count)
    let z = Normal.quantile(0.5 + level / 2)
    let scale = 1 + z * z / n
    let centre = (share + z * z / (2 * n)) / scale
    let half = z / scale * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return Interval(low: max(0, centre - half), high: min(1, centre + half), level: level)
  }

  /// The difference of two independent proportions from their own intervals. Newcombe 1998,
  /// method 10; for the same items asked twice it is wider than need be.
  public static func difference(_ a: Proportion, _ b: Proportion) -> Interval {
    func root(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
    let gap = a.share - b.share
    return Interval(
      low: gap - root(a.share - a.interval.low, b.interval.high - b.share),
      high: gap + root(a.interval.high - a.share, b.share - b.interval.low),
      level: a.interval.level)
  }
}

package enum Normal {
  package static func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

  /// By bisection: exact to the last digits, and no table of constants to get wrong.
  package static func quantile(_ p: Double) -> Double {
    guard p > 0, p < 1 else { return p <= 0 ? -.infinity : .infinity }
    return bisect(-40, 40) { cumulative($0) < p }
  }
}

package enum Student {
  /// Cumulative distribution of t with `df` degrees of freedom, by Simpson's rule on the density.
  package static func cumulative(_ t: Double, _ df: Double) -> Double {
    let scale =
      exp(lgamma((df + 1) / 2) - lgamma(df / 2)) / (df * Double.pi).squareRoot()
    func density(_ x: Double) -> Double { scale * pow(1 + x * x / df, -(df + 1) / 2) }
    let steps = 400
    let h = abs(t) / Double(steps)
    var sum = density(0) + density(abs(t))
    for index in 1..<steps { sum += density(Double(index) * h) * (index % 2 == 1 ? 4 : 2) }
    let half = sum * h / 3
    return t >= 0 ? 0.5 + half : 0.5 - half
  }

  package static func quantile(_ p: Double, _ df: Double) -> Double {
    bisect(-60, 60) { cumulative($0, df) < p }
  }
}

/// The point where `below` turns from true to false.
private func bisect(_ low: Double, _ high: Double, below: (Double) -> Bool) -> Double {
  var (low, high) = (low, high)
  for _ in 0..<80 {
    let middle = (low + high) / 2
    if below(middle) { low = middle } else { high = middle }
  }
  return (low + high) / 2
}
