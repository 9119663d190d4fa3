import LeewayBase
import LeewayModel
import LeewayStatistics
import LeewayTokenizer

/// Whether the greedy continuation of each item is its answer. `value` is 1 or 0.
///
/// With a `stop`, what stands before it must be the answer and no more; without one the answer must
/// stand first, as whole words. Case and the space around it do not count.
public struct ExactMatch: CapabilityScorer {
  public static let id = "exact-match"
  public static let version = 2
  public static let keys = ["items", "chance", "stop", "tokens"]
  public var items: [CapabilitySpec.Item]
  public var stop: String?
  private var inner: Generation

  public init(_ spec: CapabilitySpec, asked: AskedContext) {
    items = spec.items
    stop = spec.stop
    func count(_ text: String) -> Int { asked.tokenizer.encode(text, addSpecial: false).count }
    // Room for the longest answer however it is cut, the space in front, and what ends it.
    let longest = spec.items.map { count($0.answer) }.max() ?? 0
    let room = longest + 2 + (spec.stop.map(count) ?? 0)
    inner = Generation(
      prompts: spec.items.map(\.prompt),
      promptTokens: spec.items.map { asked.promptTokens($0.prompt) }, seeds: [0],
      maxTokens: spec.tokens > 0 ? spec.tokens : room, sampling: .greedy,
      endTokens: asked.endTokens)
  }

  /// Tokens that an answer may take.
  var room: Int { inner.maxTokens }

  public var identity: JSONValue {
    [
      "generation": inner.identity, "answers": .strings(items.map(\.answer)),
      "stop": stop.map { JSONValue($0) } ?? .null,
    ]
  }
  public var sequences: Int { items.count }
  public var tokens: Int { inner.tokens }

  public func run(_ batch: ScorerBatch) throws -> [[Trial]] {
    try inner.run(batch).map { trials in
      trials.map { trial in
        let right = isRight(trial.text ?? "", items[trial.item].answer)
        return Trial(item: trial.item, value: right ? 1 : 0, text: trial.text, tokens: trial.tokens)
      }
    }
  }

  func isRight(_ text: String, _ answer: String) -> Bool {
    let answer = WordMatch.plain(answer)
    guard let stop else {
      let text = WordMatch.plain(text)
      guard text.hasPrefix(answer) else { return false }
      func inWord(_ letter: Character?) -> Bool {
        letter.map { $0.isLetter || $0.isNumber } ?? false
      }
      return !inWord(answer.last) || !inWord(text.dropFirst(answer.count).first)
    }
    let end = text.firstRange(of: stop)?.lowerBound ?? text.endIndex
    return WordMatch.plain(String(text[..<end])) == answer
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
