import LeewayBase
import LeewayModel
import LeewayStatistics
import LeewayTokenizer

/// Whether the greedy continuation of each item begins with its answer. `value` is 1 or 0.
public struct ExactMatch: CapabilityScorer {
  public static let id = "exact-match"
  public static let version = 1
  public static let keys = ["items", "chance"]
  public var items: [CapabilitySpec.Item]
  private var inner: Generation

  public init(_ spec: CapabilitySpec, asked: AskedContext) {
    items = spec.items
    // Room for the longest answer however it is cut, plus the space in front.
    let longest = spec.items.map { asked.tokenizer.encode($0.answer, addSpecial: false).count }
      .max()
    inner = Generation(
      prompts: spec.items.map(\.prompt),
      promptTokens: spec.items.map { asked.tokenizer.encode($0.prompt) }, seeds: [0],
      maxTokens: (longest ?? 0) + 2, sampling: .greedy, endTokens: asked.endTokens)
  }

  public var identity: JSONValue {
    ["generation": inner.identity, "answers": .strings(items.map(\.answer))]
  }
  public var sequences: Int { items.count }
  public var tokens: Int { inner.tokens }

  public func run(_ batch: ScorerBatch) throws -> [[Trial]] {
    try inner.run(batch).map { trials in
      trials.map { trial in
        let text = WordMatch.plain(trial.text ?? "")
        let right = text.hasPrefix(WordMatch.plain(items[trial.item].answer))
        return Trial(item: trial.item, value: right ? 1 : 0, text: trial.text, tokens: trial.tokens)
      }
    }
  }

  public static func outcome(baseline: [Trial], doses: [[Trial]], spec: CapabilitySpec)
    -> CapabilityTrials.Outcome
  {
    let count = itemCount(baseline)
    return .score(
      scores: doses.map { itemMeans($0, count: count, failed: 0) },
      baseline: itemMeans(baseline, count: count, failed: 0), chance: spec.chance)
  }
}
