/// An estimate's interval; `level` is its nominal coverage (0.95).
public struct Interval: Sendable, Hashable, Codable {
  public var low: Double
  public var high: Double
  public var level: Double
  public init(low: Double, high: Double, level: Double = 0.95) {
    self.low = low
    self.high = high
    self.level = level
  }
}

/// A share of trials with its Wilson interval.
public struct Proportion: Sendable, Hashable, Codable {
  public var share: Double
  /// Prompts, the effective number of trials.
  public var count: Int
  public var interval: Interval
  public init(share: Double, count: Int, interval: Interval) {
    self.share = share
    self.count = count
    self.interval = interval
  }
}
