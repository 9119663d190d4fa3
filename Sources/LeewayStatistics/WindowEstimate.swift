/// Where a fitted curve crosses its criterion, on the dose axis.
public enum Crossing: Sendable, Hashable {
  /// The dose of the crossing, linear in log2 dose between measured doses.
  case at(Double)
  /// Already past the criterion at the smallest dose: the crossing lies below it.
  case below(Double)
  /// Not reached at the largest dose: the crossing, if any, lies above it.
  case above(Double)

  /// The first of ascending measured doses at which the crossing lies behind; nil where none does.
  public func reached(on doses: [Double]) -> Double? {
    switch self {
    case .at(let dose): doses.first { $0 >= dose }
    case .below: doses.first
    case .above: nil
    }
  }

  /// The last of ascending measured doses before the crossing; nil where none is.
  public func kept(on doses: [Double]) -> Double? {
    switch self {
    case .at(let dose): doses.last { $0 <= dose }
    case .below: nil
    case .above: doses.last
    }
  }
}

/// In JSON `{"at": 0.31}`, with the case for the key.
extension Crossing: Codable {
  private enum Key: String, CodingKey { case at, below, above }
  /// How the compiler spells a case with a value; results of earlier versions do.
  private enum Unnamed: String, CodingKey { case dose = "_0" }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    guard let key = fields.allKeys.first, fields.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "one of at, below, above"))
    }
    let dose: Double
    if let nested = try? fields.nestedContainer(keyedBy: Unnamed.self, forKey: key) {
      dose = try nested.decode(Double.self, forKey: .dose)
    } else {
      dose = try fields.decode(Double.self, forKey: key)
    }
    self =
      switch key {
      case .at: .at(dose)
      case .below: .below(dose)
      case .above: .above(dose)
      }
  }

  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    switch self {
    case .at(let dose): try fields.encode(dose, forKey: .at)
    case .below(let dose): try fields.encode(dose, forKey: .below)
    case .above(let dose): try fields.encode(dose, forKey: .above)
    }
  }
}

/// The window of one arm at one site: onset, ceiling, and its signed width in octaves.
public struct WindowEstimate: Sendable, Hashable, Codable {
  public enum Verdict: String, Sendable, Codable, CaseIterable {
    /// Onset lies below the ceiling and the interval of the width is above 0.
    case open
    /// The ceiling lies below the onset and the interval of the width is below 0.
    case shut
    /// The interval of the width holds 0.
    case undecided
    /// The effect never counts on this grid: the width is only bounded from above.
    case noOnset
    /// Capability never falls on this grid: the width is only bounded from below.
    case noCeiling
    /// The effect counts, but random vectors of the same norm do as well.
    case notAboveRandom
    /// The effect counts, but fewer than 19 random arms ran beside it: chance cannot be excluded.
    case unranked
    /// The baseline lacks the capability, or holds the effect already.
    case notMeasurable
  }
  public var onset: Crossing
  public var onsetInterval: Interval?
  public var ceiling: Crossing
  public var ceilingInterval: Interval?
  /// log2(ceiling / onset): negative when it breaks before it flips. Nil when no crossing bounds it.
  public var octaves: Double?
  /// True when a crossing is censored: `octaves` is then a bound.
  public var censored: Bool
  public var octavesInterval: Interval?
  /// Number of separate dose intervals in which the raw curves hold both criteria.
  public var openIntervals: Int
  /// Area in octaves where the effect holds above random and capability holds.
  public var area: Double
  /// Largest over doses of min(effect, relative capability).
  public var peakUseful: Double
  /// Share of the width's bootstrap variance that is due to the vector (refits); nil without refits.
  public var vectorVarianceShare: Double?
  public var verdict: Verdict

  public init(
    onset: Crossing, onsetInterval: Interval?, ceiling: Crossing, ceilingInterval: Interval?,
    octaves: Double?, censored: Bool, octavesInterval: Interval?, openIntervals: Int, area: Double,
    peakUseful: Double, vectorVarianceShare: Double?, verdict: Verdict
  ) {
    self.onset = onset
    self.onsetInterval = onsetInterval
    self.ceiling = ceiling
    self.ceilingInterval = ceilingInterval
    self.octaves = octaves
    self.censored = censored
    self.octavesInterval = octavesInterval
    self.openIntervals = openIntervals
    self.area = area
    self.peakUseful = peakUseful
    self.vectorVarianceShare = vectorVarianceShare
    self.verdict = verdict
  }
}

/// The seed's own columns: points of the raw grid, in the seed's unit (a multiple of the raw vector).
public struct SeedColumns: Sendable, Hashable, Codable {
  public var firstFlipAny: Double?
  public var firstFlipMajority: Double?
  public var lastCapable: Double?
  /// `lastCapable - firstFlipMajority`, nil when either is missing; may be negative.
  public var linearWidth: Double?
  public init(
    firstFlipAny: Double?, firstFlipMajority: Double?, lastCapable: Double?, linearWidth: Double?
  ) {
    self.firstFlipAny = firstFlipAny
    self.firstFlipMajority = firstFlipMajority
    self.lastCapable = lastCapable
    self.linearWidth = linearWidth
  }
}
