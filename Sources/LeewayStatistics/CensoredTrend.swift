import Foundation
import LeewayBase

/// Whether a value changes with x, where some values are only bounded: several units (models) at each
/// x, the same items (facts) measured on each.
public struct CensoredTrend: Sendable {
  public enum Value: Sendable, Hashable, Codable {
    case exactly(Double)
    case atMost(Double)
    case atLeast(Double)

    package var bound: Double {
      switch self {
      case .exactly(let value), .atMost(let value), .atLeast(let value): value
      }
    }
  }

  public struct Row: Sendable, Hashable {
    public var x: Double
    /// Which of the units at this x.
    public var unit: Int
    public var item: Int
    public var value: Value

    public init(x: Double, unit: Int, item: Int, value: Value) {
      self.x = x
      self.unit = unit
      self.item = item
      self.value = value
    }
  }

  public struct Line: Sendable, Hashable {
    public var intercept: Double
    public var slope: Double
    public var spread: Double
  }

  public struct Estimate: Sendable, Hashable {
    /// Of the censored line, per unit of x.
    public var slope: Double
    public var slopeInterval: Interval
    /// How much more often a larger x has the larger value than the smaller one, -1 to 1, over
    /// pairs of rows of one item; pairs whose order the bounds leave open count as neither.
    public var order: Double
    public var orderInterval: Interval
    public var line: Line
  }

  public let rows: [Row]
  private let levels: [Double]
  private let units: [[Int]]
  private let items: [Int]

  public init(_ rows: [Row]) {
    self.rows = rows
    levels = Set(rows.map(\.x)).sorted()
    units = Set(rows.map(\.x)).sorted().map { x in
      Set(rows.filter { $0.x == x }.map(\.unit)).sorted()
    }
    items = Set(rows.map(\.item)).sorted()
  }

  /// Units are resampled at each x first, then items, the same items everywhere.
  ///
  /// - Returns: nil with fewer than two levels of x. With one unit at each, nothing is known of how
  ///   units differ, and intervals have no ends.
  public func estimate(draws: Int = 2000, level: Double = 0.95, seed: String) -> Estimate? {
    guard levels.count > 1, let line = Self.line(rows, rows.map { _ in 1 }) else { return nil }
    let pairs = orderedPairs()
    let ones = rows.map { _ in 1.0 }
    var stream = NamedStream("censored-trend", seed)
    var slopes: [Double] = []
    var orders: [Double] = []
    for _ in 0..<draws {
      let weights = resampled(using: &stream)
      // From the whole sample's line: a few steps reach the resample's.
      guard let drawn = Self.line(rows, weights, from: line) else { continue }
      slopes.append(drawn.slope)
      orders.append(Self.order(pairs, weights))
    }
    let order = Self.order(pairs, ones)
    var orderInterval = interval(orders, about: order, level)
    (orderInterval.low, orderInterval.high) = (
      max(-1, orderInterval.low), min(1, orderInterval.high)
    )
    return Estimate(
      slope: line.slope, slopeInterval: interval(slopes, about: line.slope, level), order: order,
      orderInterval: orderInterval, line: line)
  }

  /// How often each row stands in one resample.
  private func resampled(using stream: inout NamedStream) -> [Double] {
    var ofUnit: [[Int: Double]] = []
    for units in units {
      var counts: [Int: Double] = [:]
      for _ in units { counts[units[stream.below(units.count)], default: 0] += 1 }
      ofUnit.append(counts)
    }
    var ofItem: [Int: Double] = [:]
    for _ in items { ofItem[items[stream.below(items.count)], default: 0] += 1 }
    return rows.map { row in
      let place = levels.firstIndex(of: row.x) ?? 0
      return (ofUnit[place][row.unit] ?? 0) * (ofItem[row.item] ?? 0)
    }
  }

  // MARK: Order

  private struct Pair {
    var lower: Int
    var upper: Int
    var sign: Double
  }

  private func orderedPairs() -> [Pair] {
    var pairs: [Pair] = []
    for lower in rows.indices {
      for upper in rows.indices
      where rows[upper].x > rows[lower].x && rows[upper].item == rows[lower].item {
        pairs.append(
          Pair(
            lower: lower, upper: upper, sign: Self.sign(rows[lower].value, rows[upper].value)))
      }
    }
    return pairs
  }

  /// 1 where the second is surely the larger, -1 where it is surely the smaller.
  package static func sign(_ first: Value, _ second: Value) -> Double {
    func mayBeBelow(_ value: Value) -> Double {
      switch value {
      case .exactly(let value), .atLeast(let value): value
      case .atMost: -.infinity
      }
    }
    func mayBeAbove(_ value: Value) -> Double {
      switch value {
      case .exactly(let value), .atMost(let value): value
      case .atLeast: .infinity
      }
    }
    if mayBeBelow(second) > mayBeAbove(first) { return 1 }
    if mayBeAbove(second) < mayBeBelow(first) { return -1 }
    return 0
  }

  private static func order(_ pairs: [Pair], _ weights: [Double]) -> Double {
    var sum = 0.0
    var total = 0.0
    for pair in pairs {
      // An item's weight stands in both rows; its root in each leaves it once.
      let weight = (weights[pair.lower] * weights[pair.upper]).squareRoot()
      sum += weight * pair.sign
      total += weight
    }
    return total > 0 ? sum / total : 0
  }

  // MARK: Line

  /// The most likely straight line with normal errors when some values are only bounded. Tobin 1958,
  /// by expectation and maximisation: a bounded value stands as its mean beyond the bound.
  package static func line(_ rows: [Row], _ weights: [Double], from start: Line? = nil) -> Line? {
    var line = start ?? Line(intercept: 0, slope: 0, spread: 1)
    var means = rows.map(\.value.bound)
    var extra = [Double](repeating: 0, count: rows.count)
    for step in 0..<200 {
      if step > 0 || start != nil {
        for index in rows.indices {
          (means[index], extra[index]) = Self.expected(rows[index], line)
        }
      }
      guard let next = Self.squares(rows, weights, means, extra) else { return nil }
      let moved = abs(next.slope - line.slope) + abs(next.spread - line.spread)
      line = next
      if step > 0, moved < 1e-7 { break }
    }
    return line
  }

  /// Mean and variance of a value given its bound.
  private static func expected(_ row: Row, _ line: Line) -> (Double, Double) {
    let centre = line.intercept + line.slope * row.x
    let spread = max(line.spread, 1e-9)
    func density(_ z: Double) -> Double { exp(-z * z / 2) / (2 * Double.pi).squareRoot() }
    switch row.value {
    case .exactly(let value): return (value, 0)
    case .atMost(let bound):
      let z = (bound - centre) / spread
      // Far in the tail the ratio tends to the distance itself.
      let ratio = z < -30 ? -z : density(z) / max(Normal.cumulative(z), 1e-300)
      return (centre - spread * ratio, spread * spread * max(0, 1 - z * ratio - ratio * ratio))
    case .atLeast(let bound):
      let z = (centre - bound) / spread
      let ratio = z < -30 ? -z : density(z) / max(Normal.cumulative(z), 1e-300)
      return (centre + spread * ratio, spread * spread * max(0, 1 - z * ratio - ratio * ratio))
    }
  }

  private static func squares(
    _ rows: [Row], _ weights: [Double], _ means: [Double], _ extra: [Double]
  ) -> Line? {
    var (w, sx, sy) = (0.0, 0.0, 0.0)
    for index in rows.indices {
      w += weights[index]
      sx += weights[index] * rows[index].x
      sy += weights[index] * means[index]
    }
    guard w > 0 else { return nil }
    let (mx, my) = (sx / w, sy / w)
    var (sxx, sxy, rest) = (0.0, 0.0, 0.0)
    for index in rows.indices {
      let dx = rows[index].x - mx
      sxx += weights[index] * dx * dx
      sxy += weights[index] * dx * (means[index] - my)
    }
    guard sxx > 0 else { return nil }
    let slope = sxy / sxx
    let intercept = my - slope * mx
    for index in rows.indices {
      let error = means[index] - intercept - slope * rows[index].x
      rest += weights[index] * (error * error + extra[index])
    }
    return Line(intercept: intercept, slope: slope, spread: (rest / w).squareRoot())
  }

  /// Units were drawn again at each x by itself.
  private func interval(_ values: [Double], about estimate: Double, _ level: Double) -> Interval {
    Quantiles.interval(
      values, about: estimate, level: level, clusters: units.reduce(0) { $0 + $1.count },
      strata: levels.count)
  }
}
