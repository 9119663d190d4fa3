/// A sentence of the seed made testable: what it says, what would have to be measured if it were so,
/// how that is measured, and what comes out.
///
/// A new claim is a file, or a folder, in `Claims/` and a line in `Claims.all`.
public struct Claim: Sendable {
  /// The name on the command line.
  public var id: String
  /// The question in plain words.
  public var title: String
  /// The seed's own words.
  public var sentence: String
  /// What one would measure if it were so.
  public var hypothesis: String
  /// How it is measured, for someone who has read only the sentence.
  public var experiment: String
  public var cost: Cost
  public var parameters: [Parameter]
  /// What must come out at the default parameters.
  public var targets: [Target]
  /// What others measured on other systems, to be read beside ours.
  public var beside: [Beside]
  public var measure: @Sendable (ClaimRun) throws -> Findings

  public init(
    id: String, title: String, sentence: String, hypothesis: String, experiment: String,
    cost: Cost, parameters: [Parameter] = [], targets: [Target] = [], beside: [Beside] = [],
    measure: @escaping @Sendable (ClaimRun) throws -> Findings
  ) {
    self.id = id
    self.title = title
    self.sentence = sentence
    self.hypothesis = hypothesis
    self.experiment = experiment
    self.cost = cost
    self.parameters = parameters
    self.targets = targets
    self.beside = beside
    self.measure = measure
  }

  /// About what a run takes on two processors.
  public enum Cost: Sendable, Equatable {
    /// Part of `leeway claims run all`.
    case quick(seconds: Double)
    /// Only by name, or with `--full`.
    case full(minutes: Double)

    public var seconds: Double {
      switch self {
      case .quick(let seconds): seconds
      case .full(let minutes): minutes * 60
      }
    }
    public var isQuick: Bool { if case .quick = self { true } else { false } }
  }

  /// A published number of another system. It is never a target of ours.
  public struct Beside: Sendable, Equatable, Codable {
    public var what: String
    public var value: String
    /// The model or experiment it was measured on.
    public var system: String
    /// An address; empty where a number is recalled.
    public var source: String

    public init(_ what: String, _ value: String, system: String, source: String) {
      self.what = what
      self.value = value
      self.system = system
      self.source = source
    }
  }
}

extension Claim {
  /// What a measured value must be.
  public struct Target: Sendable, Equatable, Codable {
    /// The measured value's id.
    public var id: String
    public var expected: Double
    public var tolerance: Tolerance
    public var source: Source

    public init(
      _ id: String, _ expected: Double, within tolerance: Tolerance, _ source: Source = .analytic
    ) {
      self.id = id
      self.expected = expected
      self.tolerance = tolerance
      self.source = source
    }

    public func holds(_ value: Double) -> Bool {
      switch tolerance {
      case .absolute(let gap): abs(value - expected) <= gap
      case .factor(let most):
        value > 0 && expected > 0 && value / expected <= most && expected / value <= most
      }
    }
  }

  public enum Tolerance: Sendable, Equatable, Codable {
    case absolute(Double)
    /// Between expected / factor and expected · factor.
    case factor(Double)

    private enum Key: String, CodingKey { case absolute, factor }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      if let gap = try container.decodeIfPresent(Double.self, forKey: .absolute) {
        self = .absolute(gap)
      } else {
        self = .factor(try container.decode(Double.self, forKey: .factor))
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      switch self {
      case .absolute(let gap): try container.encode(gap, forKey: .absolute)
      case .factor(let most): try container.encode(most, forKey: .factor)
      }
    }
  }

  /// Where a target comes from.
  public enum Source: String, Sendable, Codable {
    /// It follows from the equations.
    case analytic
    /// An independent simulation gave it.
    case measured
  }
}
