import LeewayBase
import LeewayStatistics
import LeewayStudy

// The guide quotes this file from the next line on.
/// Share of continuations that end by themselves before their room is up: a broken model does not stop.
public struct Ending: CapabilityScorer {
  public static let id = "ending"
  public static let version = 1
  public static let keys: [String] = []
  public static let readsWriting = true
  public var written: Generation

  public init(_ spec: CapabilitySpec, asked: AskedContext) { written = asked.generation }

  public var generation: Generation? { written }
  public var identity: JSONValue { ["generation": written.identity] }
  // It runs nothing of its own.
  public var sequences: Int { 0 }
  public var tokens: Int { 0 }

  public func run(_ batch: ScorerBatch) -> [[Trial]] {
    batch.written.map { trials in
      trials.map { trial in
        let ends = trial.tokens?.last.map(written.endTokens.contains) ?? false
        return Trial(item: trial.item, seed: trial.seed, value: ends ? 1 : 0)
      }
    }
  }

  public static func outcome(baseline: [Trial], doses: [[Trial]], spec: CapabilitySpec)
    -> CapabilityTrials.Outcome
  {
    let count = itemCount(baseline)
    return .score(
      scores: doses.map { itemMeans($0, count: count, failed: 0) },
      baseline: itemMeans(baseline, count: count, failed: 0), chance: 0)
  }
}
