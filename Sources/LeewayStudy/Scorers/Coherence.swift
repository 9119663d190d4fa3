import LeewayBase
import LeewayModel
import LeewayStatistics

/// Perplexity that the model as it is gives to what the steered model wrote; what is kept is the
/// baseline text's over the steered text's. Loops look good to it: `repetition` stands beside it.
///
/// `value` is nats per token.
public struct Coherence: CapabilityScorer {
  public static let id = "coherence"
  public static let version = 1
  public static let keys: [String] = []
  public static let readsWriting = true
  public var written: Generation

  public init(_ spec: CapabilitySpec, asked: AskedContext) { written = asked.generation }

  public var generation: Generation? { written }
  public var identity: JSONValue { ["generation": written.identity] }
  public var sequences: Int { written.sequences }
  public var tokens: Int { written.tokens }

  public func run(_ batch: ScorerBatch) throws -> [[Trial]] {
    let texts = batch.written.map { written.sequences(of: $0) }
    let flat = texts.flatMap { $0.map(\.sequence) }
    guard !flat.isEmpty else { return texts.map { _ in [] } }
    let scores = try batch.executor.score(ScoringJob(sequences: flat, variants: [.baseline]))[0]
    var next = 0
    return texts.map { text in
      text.map { entry in
        let logProbs = scores[next]
        next += 1
        let nats = -logProbs.reduce(0) { $0 + Double($1) }
        return .scored(
          item: entry.trial.item, seed: entry.trial.seed, nats / Double(max(logProbs.count, 1)),
          numbers: [Double(logProbs.count)])
      }
    }
  }

  public static func outcome(baseline: [Trial], doses: [[Trial]], spec: CapabilitySpec)
    -> CapabilityTrials.Outcome
  {
    // Texts differ in length, so each counts by its nats per token.
    let count = itemCount(baseline)
    return .likelihood(
      nats: doses.map { itemMeans($0, count: count, failed: .infinity) },
      baseline: itemMeans(baseline, count: count, failed: .infinity),
      tokens: Array(repeating: 1, count: count))
  }
}
