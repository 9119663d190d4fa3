/// A figure of a claim as data; the report draws it.
public enum Picture: Sendable, Codable, Equatable {
  case chart(Chart)
  case heat(Heat)

  public var title: String {
    switch self {
    case .chart(let chart): chart.title
    case .heat(let heat): heat.title
    }
  }

  private enum Key: String, CodingKey { case chart, heat }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if let chart = try container.decodeIfPresent(Chart.self, forKey: .chart) {
      self = .chart(chart)
    } else {
      self = .heat(try container.decode(Heat.self, forKey: .heat))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .chart(let chart): try container.encode(chart, forKey: .chart)
    case .heat(let heat): try container.encode(heat, forKey: .heat)
    }
  }
}

/// Series over two axes.
public struct Chart: Sendable, Codable, Equatable {
  public var title: String
  public var caption: String
  public var x: Axis
  public var y: Axis
  public var series: [Series]
  public var rules: [Rule]

  public init(
    _ title: String, caption: String = "", x: Axis, y: Axis, series: [Series], rules: [Rule] = []
  ) {
    self.title = title
    self.caption = caption
    self.x = x
    self.y = y
    self.series = series
    self.rules = rules
  }

  public struct Axis: Sendable, Codable, Equatable {
    public enum Scale: String, Sendable, Codable { case linear, log }
    public var label: String
    public var scale: Scale
    /// Ends that the axis has at least; the points widen it.
    public var low: Double?
    public var high: Double?

    public init(
      _ label: String, _ scale: Scale = .linear, low: Double? = nil, high: Double? = nil
    ) {
      self.label = label
      self.scale = scale
      self.low = low
      self.high = high
    }
  }

  public struct Point: Sendable, Codable, Equatable {
    public var x: Double
    public var y: Double
    /// An interval of y.
    public var low: Double?
    public var high: Double?

    public init(_ x: Double, _ y: Double, low: Double? = nil, high: Double? = nil) {
      self.x = x
      self.y = y
      self.low = low
      self.high = high
    }
  }

  public struct Series: Sendable, Codable, Equatable {
    public enum Look: String, Sendable, Codable {
      case line, dots, bars
      /// A line that stands behind: theory, a fit, an ideal.
      case dashed
    }
    public var name: String
    public var look: Look
    public var points: [Point]

    /// Points that are not finite are left out.
    public init(_ name: String, _ look: Look = .line, _ points: [Point]) {
      self.name = name
      self.look = look
      self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
    }
  }

  /// A straight line across: a threshold, a chance level.
  public struct Rule: Sendable, Codable, Equatable {
    public enum Along: String, Sendable, Codable { case x, y }
    /// The axis on which `at` stands.
    public var on: Along
    public var at: Double
    public var label: String

    public init(_ on: Along, _ at: Double, _ label: String) {
      self.on = on
      self.at = at
      self.label = label
    }
  }
}

/// A map of numbers by row and column.
public struct Heat: Sendable, Codable, Equatable {
  public var title: String
  public var caption: String
  public var rowName: String
  public var columnName: String
  public var rows: [String]
  public var columns: [String]
  /// `[row][column]`; nil where nothing was measured.
  public var values: [[Double?]]
  /// The values of the palest and the fullest cell.
  public var low: Double
  public var high: Double

  public init(
    _ title: String, caption: String = "", rowName: String, columnName: String, rows: [String],
    columns: [String], values: [[Double?]], low: Double, high: Double
  ) {
    self.title = title
    self.caption = caption
    self.rowName = rowName
    self.columnName = columnName
    self.rows = rows
    self.columns = columns
    self.values = values.map { $0.map { $0.flatMap { $0.isFinite ? $0 : nil } } }
    self.low = low
    self.high = high
  }
}
