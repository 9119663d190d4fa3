/// An estimate's interval; `level` is its nominal coverage (0.95). A bound that the data do not
/// give is infinite, and `null` in JSON.
public struct Interval: Sendable, Hashable, Codable {
  public var low: Double
  public var high: Double
  public var level: Double

  public init(low: Double, high: Double, level: Double = 0.95) {
    self.low = low
    self.high = high
    self.level = level
  }

  private enum Key: String, CodingKey { case low, high, level }

  public init(from decoder: any Swift.Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    low = try container.decode(Double?.self, forKey: .low) ?? -.infinity
    high = try container.decode(Double?.self, forKey: .high) ?? .infinity
    level = try container.decode(Double.self, forKey: .level)
  }

  public func encode(to encoder: any Swift.Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(low.isFinite ? low : nil, forKey: .low)
    try container.encode(high.isFinite ? high : nil, forKey: .high)
    try container.encode(level, forKey: .level)
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

  /// With its Wilson interval.
  public init(share: Double, count: Int, level: Double = 0.95) {
    self.init(share: share, count: count, interval: Wilson.interval(share, count, level: level))
  }
}
