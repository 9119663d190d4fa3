import LeewayBase
import LeewayModel
import LeewayStatistics
import LeewayTokenizer

/// Turns settings into trials.
public protocol Scorer: Sendable {
  /// The name in study files and ledgers.
  static var id: String { get }
  /// Raised when the same question would give other numbers: stored trials then no longer serve.
  static var version: Int { get }
  /// What is asked: texts, items, seeds, sampling.
  var identity: JSONValue { get }
  /// Sequences of one setting, to bound batches.
  var sequences: Int { get }
  /// Tokens that one setting runs through the model, about.
  var tokens: Int { get }
  /// The texts that this scorer reads, when it reads what the setting wrote.
  var generation: Generation? { get }
  /// One list of trials a setting.
  func run(_ batch: ScorerBatch) throws -> [[Trial]]
}

extension Scorer {
  public var generation: Generation? { nil }
}

/// Settings that are run together.
public struct ScorerBatch: Sendable {
  public var executor: any JobExecutor
  public var tokenizer: Tokenizer
  public var variants: [Variant]
  /// The edit of each variant's intervention and its site; nil for the baseline.
  public var edits: [(site: Site, edit: any SiteEdit)?]
  /// What each variant wrote, for scorers with a `generation`.
  public var written: [[Trial]]

  public init(
    executor: any JobExecutor, tokenizer: Tokenizer, variants: [Variant],
    edits: [(site: Site, edit: any SiteEdit)?], written: [[Trial]]
  ) {
    self.executor = executor
    self.tokenizer = tokenizer
    self.variants = variants
    self.edits = edits
    self.written = written
  }
}

/// A scorer of what should be left whole, made from a study's `capability`.
public protocol CapabilityScorer: Scorer {
  /// Its keys beside `scorer`, `name`, `part` and `floor`: some of `CapabilitySpec.keys`.
  static var keys: [String] { get }
  /// Whether it has a `generation`: the model then writes, also where a study asks for no texts.
  static var readsWriting: Bool { get }
  init(_ spec: CapabilitySpec, asked: AskedContext) throws
  /// Trials in the statistics' form. Failed trials count as lost.
  static func outcome(baseline: [Trial], doses: [[Trial]], spec: CapabilitySpec)
    -> CapabilityTrials.Outcome
}

extension CapabilityScorer {
  public static var readsWriting: Bool { false }
}

/// What scorers are made from.
public struct AskedContext: Sendable {
  public var tokenizer: Tokenizer
  public var positions: Positions
  public var generation: Generation
  public var endTokens: Set<Int>

  public init(
    tokenizer: Tokenizer, positions: Positions, generation: Generation, endTokens: Set<Int>
  ) {
    self.tokenizer = tokenizer
    self.positions = positions
    self.generation = generation
    self.endTokens = endTokens
  }

  func promptTokens(_ text: String) -> [Int] {
    tokenizer.promptTokens(text, endTokens: endTokens)
  }
}

extension Tokenizer {
  /// What a model continues must not end with the mark that ends a text.
  func promptTokens(_ text: String, endTokens: Set<Int>) -> [Int] {
    var tokens = encode(text)
    while tokens.count > 1, let last = tokens.last, endTokens.contains(last) {
      tokens.removeLast()
    }
    return tokens
  }
}

/// Target and original answers of each prompt: the same for all, or each its own.
public struct Answers: Sendable, Hashable {
  private var targets: [[String]]
  private var originals: [[String]]

  public init(target: [String], original: [String]) {
    targets = [target]
    originals = [original]
  }

  /// In the order of prompts; a question without a target gets `target`.
  public init(_ questions: [Question], target: [String] = []) {
    targets = questions.map { $0.target.isEmpty ? target : $0.target }
    originals = questions.map(\.original)
  }

  func target(_ prompt: Int) -> [String] { targets.count == 1 ? targets[0] : targets[prompt] }
  func original(_ prompt: Int) -> [String] {
    originals.count == 1 ? originals[0] : originals[prompt]
  }

  var targetIdentity: JSONValue { Self.identity(targets) }
  var originalIdentity: JSONValue { Self.identity(originals) }

  private static func identity(_ lists: [[String]]) -> JSONValue {
    lists.count == 1 ? .strings(lists[0]) : .array(lists.map { .strings($0) })
  }
}

/// Every scorer; a new one is a file in `Scorers/` and a line here.
public enum Scorers {
  public static let all: [any Scorer.Type] = [
    Angle.self, Coherence.self, ExactMatch.self, GeneratedAnswer.self, Generation.self,
    NextToken.self, PerplexityRatio.self, Repetition.self, Shift.self,
  ]

  public static var capabilities: [any CapabilityScorer.Type] {
    all.compactMap { $0 as? any CapabilityScorer.Type }
  }
}

extension JSONValue {
  static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { JSONValue($0) }) }
  static func integers(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .integer($0) }) }
}

/// Means over the seeds of each item, for scorers whose items are prompts.
///
/// - Parameter failed: what a trial without a value, or an item without a trial, counts as.
package func itemMeans(_ trials: [Trial], count: Int, failed: Double) -> [Double] {
  var sums = [Double](repeating: 0, count: count)
  var counts = [Int](repeating: 0, count: count)
  for trial in trials where sums.indices.contains(trial.item) {
    sums[trial.item] += trial.value ?? failed
    counts[trial.item] += 1
  }
  return zip(sums, counts).map { $1 == 0 ? failed : $0 / Double($1) }
}

package func itemCount(_ trials: [Trial]) -> Int { (trials.map(\.item).max() ?? -1) + 1 }
