import LeewayBase

/// Which answer a written continuation gives: the target, the original or neither, whichever word
/// stands first. `value` is 1 for the target.
public struct GeneratedAnswer: Scorer {
  public static let id = "generated-answer"
  public static let version = 1
  public var written: Generation
  public var answers: Answers

  public init(written: Generation, answers: Answers) {
    self.written = written
    self.answers = answers
  }

  public var generation: Generation? { written }
  public var identity: JSONValue {
    [
      "generation": written.identity, "target": answers.targetIdentity,
      "original": answers.originalIdentity,
    ]
  }
  public var sequences: Int { 0 }
  public var tokens: Int { 0 }

  public func run(_ batch: ScorerBatch) -> [[Trial]] {
    batch.written.map { trials in
      trials.map { trial in
        let label = WordMatch.label(
          trial.text ?? "", before: written.prompts[trial.item],
          target: answers.target(trial.item), original: answers.original(trial.item))
        return Trial(
          item: trial.item, seed: trial.seed, value: label == "target" ? 1 : 0, label: label,
          error: trial.error)
      }
    }
  }
}
