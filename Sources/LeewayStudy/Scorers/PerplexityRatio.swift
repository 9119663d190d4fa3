import LeewayBase
import LeewayModel
import LeewayStatistics

/// Perplexity of given texts: what is kept is the baseline's over the steered one's.
///
/// `value` is the text's negative log-likelihood in nats, `numbers` the tokens scored.
public struct PerplexityRatio: CapabilityScorer {
  public static let id = "perplexity-ratio"
  public static let version = 1
  public static let keys = ["texts"]
  public var texts: [String]
  private var scored: [ScoringJob.Sequence]
  private var promptIsWhole: Bool

  public init(_ spec: CapabilitySpec, asked: AskedContext) {
    texts = spec.texts
    // A text counts as a response, unless only prompts are steered.
    let promptIsWhole = asked.positions == .prompt
    self.promptIsWhole = promptIsWhole
    scored = spec.texts.map { text in
      let tokens = asked.tokenizer.encode(text)
      return ScoringJob.Sequence(
        tokens: tokens, scoredFrom: 1, promptLength: promptIsWhole ? tokens.count : 1)
    }
  }

  public var identity: JSONValue {
    ["texts": .strings(texts), "promptIsWhole": .bool(promptIsWhole)]
  }
  public var sequences: Int { texts.count }
  public var tokens: Int { scored.reduce(0) { $0 + $1.tokens.count } }

  public func run(_ batch: ScorerBatch) throws -> [[Trial]] {
    try batch.executor.score(ScoringJob(sequences: scored, variants: batch.variants)).map { texts in
      texts.enumerated().map { index, logProbs in
        .scored(
          item: index, -logProbs.reduce(0) { $0 + Double($1) }, numbers: [Double(logProbs.count)])
      }
    }
  }

  public static func outcome(baseline: [Trial], doses: [[Trial]], spec: CapabilitySpec)
    -> CapabilityTrials.Outcome
  {
    let count = itemCount(baseline)
    return .likelihood(
      nats: doses.map { itemMeans($0, count: count, failed: .infinity) },
      baseline: itemMeans(baseline, count: count, failed: .infinity),
      tokens: baseline.map { $0.numbers.first ?? 0 })
  }
}
