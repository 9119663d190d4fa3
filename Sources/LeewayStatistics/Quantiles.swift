/// Percentiles of a sample.
public enum Quantiles {
  /// The middle `level` of bootstrap draws; infinite bounds without values.
  ///
  /// - Parameter clusters: what was resampled, where that is few: the plain percentile interval is
  ///   too narrow by about sqrt((n − 1) / n) and by t against normal. Hesterberg 2015,
  ///   arXiv:1411.5279.
  public static func interval(_ values: [Double], level: Double = 0.95, clusters: Int? = nil)
    -> Interval
  {
    var tail = (1 - level) / 2
    if let clusters {
      let n = Double(max(clusters, 3))
      tail = 1 - Normal.cumulative((n / (n - 1)).squareRoot() * Student.quantile(1 - tail, n - 1))
    }
    return Interval(
      low: at(tail, values) ?? -.infinity, high: at(1 - tail, values) ?? .infinity, level: level)
  }

  /// The same where clusters were resampled within strata, each of which costs a degree of freedom:
  /// the interval is stretched about the estimate by what that takes. Infinite bounds where no stratum
  /// has two clusters.
  ///
  /// - Parameters:
  ///   - estimate: from the whole sample.
  ///   - clusters: of all strata together.
  public static func interval(
    _ values: [Double], about estimate: Double, level: Double = 0.95, clusters: Int, strata: Int
  ) -> Interval {
    guard clusters > strata, strata > 0 else {
      return Interval(low: -.infinity, high: .infinity, level: level)
    }
    let plain = interval(values, level: level, clusters: clusters)
    func wide(_ degrees: Double) -> Double {
      Student.quantile(0.5 + level / 2, degrees) / degrees.squareRoot()
    }
    let stretch =
      wide(Double(clusters - strata)) / wide(Double(max(clusters, 3)) - 1)
    return Interval(
      low: estimate + stretch * (plain.low - estimate),
      high: estimate + stretch * (plain.high - estimate), level: level)
  }

  /// Linear between order statistics; nil without values. Beside an infinite one, the outer of the two.
  public static func at(_ share: Double, _ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let place = min(max(share, 0), 1) * Double(sorted.count - 1)
    let (low, high) = (sorted[Int(place)], sorted[min(Int(place) + 1, sorted.count - 1)])
    guard low.isFinite, high.isFinite else { return share < 0.5 ? low : high }
    return low + (place - place.rounded(.down)) * (high - low)
  }
}
