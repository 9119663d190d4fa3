/// What came out of a claim's experiment.
public struct Findings: Sendable, Codable, Equatable {
  public var verdict: Verdict
  /// Numbers by id, in the order in which they are told; the first is the key number.
  public var values: [Measured]
  public var tables: [Table]
  public var pictures: [Picture]
  /// What a reader should know beside: what was left out, where it breaks.
  public var notes: [String]

  public init(
    _ verdict: Verdict, values: [Measured] = [], tables: [Table] = [], pictures: [Picture] = [],
    notes: [String] = []
  ) {
    self.verdict = verdict
    self.values = values
    self.tables = tables
    self.pictures = pictures
    self.notes = notes
  }

  public func value(_ id: String) -> Double? { values.first { $0.id == id }?.value }

  /// May go either way.
  public struct Verdict: Sendable, Codable, Equatable {
    public enum Outcome: String, Sendable, Codable, CaseIterable {
      case supported, refuted, undecided
    }
    public var outcome: Outcome
    /// One sentence with the numbers that decided.
    public var because: String

    public init(_ outcome: Outcome, because: String) {
      self.outcome = outcome
      self.because = because
    }
  }

  public struct Measured: Sendable, Codable, Equatable {
    /// Unique in the findings; a target names it.
    public var id: String
    public var label: String
    /// Nil where it could not be measured.
    public var value: Double?
    /// Bounds of an interval at 95 %; an infinite bound is nil.
    public var low: Double?
    public var high: Double?
    public var unit: String

    /// What is not finite is taken as not measured.
    public init(
      _ id: String, _ label: String, _ value: Double?, low: Double? = nil, high: Double? = nil,
      unit: String = ""
    ) {
      func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
      self.id = id
      self.label = label
      self.value = finite(value)
      self.low = finite(low)
      self.high = finite(high)
      self.unit = unit
    }
  }

  public struct Table: Sendable, Codable, Equatable {
    public var title: String
    public var caption: String
    public var columns: [String]
    public var rows: [[Cell]]

    public init(_ title: String, caption: String = "", columns: [String], rows: [[Cell]]) {
      self.title = title
      self.caption = caption
      self.columns = columns
      self.rows = rows
    }
  }

  /// As JSON a text, a number with its places, or null.
  public enum Cell: Sendable, Codable, Equatable, ExpressibleByStringLiteral {
    case text(String)
    /// - Parameter places: digits after the point.
    case number(Double, places: Int)
    case missing

    private enum Key: String, CodingKey { case number, places }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .missing
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        let number = try decoder.container(keyedBy: Key.self)
        self = .number(
          try number.decode(Double.self, forKey: .number),
          places: try number.decode(Int.self, forKey: .places))
      }
    }

    public func encode(to encoder: any Encoder) throws {
      switch self {
      case .text(let text):
        var container = encoder.singleValueContainer()
        try container.encode(text)
      case .number(let number, let places):
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(number, forKey: .number)
        try container.encode(places, forKey: .places)
      case .missing:
        var container = encoder.singleValueContainer()
        try container.encodeNil()
      }
    }

    public init(stringLiteral text: String) { self = .text(text) }

    /// Missing where there is no finite number.
    public static func number(_ value: Double?, _ places: Int) -> Cell {
      value.flatMap { $0.isFinite ? .number($0, places: places) : nil } ?? .missing
    }
  }
}
