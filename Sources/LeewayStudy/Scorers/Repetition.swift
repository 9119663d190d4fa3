import LeewayBase
import LeewayStatistics

/// Share of a written text's runs of three tokens that had not stood in it before: 1 when nothing
/// is said twice. Texts under four tokens score 1.
public struct Repetition: CapabilityScorer {
  public static let id = "repetition"
  public static let version = 1
  public static let keys: [String] = []
  public static let readsWriting = true
  public var written: Generation

  public init(_ spec: CapabilitySpec, asked: AskedContext) { written = asked.generation }

  public var generation: Generation? { written }
  public var identity: JSONValue { ["generation": written.identity] }
  public var sequences: Int { 0 }
  public var tokens: Int { 0 }

  public func run(_ batch: ScorerBatch) -> [[Trial]] {
    batch.written.map { trials in
      trials.map { trial in
        let tokens = trial.tokens ?? []
        guard tokens.count > 3 else { return Trial(item: trial.item, seed: trial.seed, value: 1) }
        let runs = (0...tokens.count - 3).map { Array(tokens[$0..<$0 + 3]) }
        return .scored(
          item: trial.item, seed: trial.seed, Double(Set(runs).count) / Double(runs.count))
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
