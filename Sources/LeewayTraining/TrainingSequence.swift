/// One sequence to learn from.
public struct TrainingSequence: Sendable, Hashable {
  /// The inputs and, one place further, what is to be predicted: at least two.
  public var tokens: [Int]
  /// What each prediction counts, one less than tokens; 0 leaves a token unlearned.
  public var weights: [Float]
  /// Where the response begins, for interventions that touch only prompt or response.
  public var promptLength: Int

  public init(tokens: [Int], weights: [Float]? = nil, promptLength: Int? = nil) {
    self.tokens = tokens
    self.promptLength = promptLength ?? tokens.count
    self.weights = weights ?? Array(repeating: 1, count: max(0, tokens.count - 1))
  }

  public var inputs: ArraySlice<Int> { tokens.dropLast() }
  /// Predictions that count.
  public var counted: Int { weights.count { $0 != 0 } }
}
