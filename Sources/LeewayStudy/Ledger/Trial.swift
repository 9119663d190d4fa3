/// One prompt under one condition and seed, as one scorer saw it.
public struct Trial: Sendable, Hashable, Codable {
  /// Index into the scorer's prompts, texts or items.
  public var item: Int
  public var seed: Int
  /// The score; nil when the trial failed.
  public var value: Double?
  /// Further numbers, as the scorer says.
  public var numbers: [Double]
  public var label: String?
  public var text: String?
  public var tokens: [Int]?
  /// Why the trial failed: `not-finite`, ...
  public var error: String?

  public init(
    item: Int, seed: Int = 0, value: Double? = nil, numbers: [Double] = [], label: String? = nil,
    text: String? = nil, tokens: [Int]? = nil, error: String? = nil
  ) {
    self.item = item
    self.seed = seed
    self.value = value
    self.numbers = numbers
    self.label = label
    self.text = text
    self.tokens = tokens
    self.error = error
  }

  /// A score, or the error that it is not a number.
  static func scored(
    item: Int, seed: Int = 0, _ value: Double, numbers: [Double] = [], label: String? = nil
  ) -> Trial {
    guard value.isFinite, numbers.allSatisfy(\.isFinite) else {
      return Trial(item: item, seed: seed, error: "not-finite")
    }
    return Trial(item: item, seed: seed, value: value, numbers: numbers, label: label)
  }
}

/// A finished condition: everything that was measured under it by one scorer.
public struct ConditionRecord: Sendable, Hashable, Codable {
  /// SHA-256 of `identity`.
  public var id: String
  /// Canonical JSON of everything that the result depends on.
  public var identity: String
  public var scorer: String
  /// The study's vector or control, nil for the baseline.
  public var vectorHash: String?
  public var dose: Double
  public var trials: [Trial]
  /// Interventions made and due, counted in (sequence, position) pairs.
  public var additionsMade: Int
  public var additionsExpected: Int

  public init(
    id: String, identity: String, scorer: String, vectorHash: String?, dose: Double,
    trials: [Trial], additionsMade: Int, additionsExpected: Int
  ) {
    self.id = id
    self.identity = identity
    self.scorer = scorer
    self.vectorHash = vectorHash
    self.dose = dose
    self.trials = trials
    self.additionsMade = additionsMade
    self.additionsExpected = additionsExpected
  }
}
