import LeewayBase
import LeewayModel

/// What a push did: KL(steered from baseline) over the first 32 tokens of the steered text.
///
/// `value` is the text's mean, `numbers` the single tokens, nats.
public struct Shift: Scorer {
  public static let id = "shift"
  public static let version = 1
  static let length = 32
  public var written: Generation

  public var generation: Generation? { written }
  public var identity: JSONValue {
    ["generation": written.identity, "length": .integer(Self.length)]
  }
  public var sequences: Int { written.sequences }
  public var tokens: Int { 2 * written.tokens }

  public func run(_ batch: ScorerBatch) throws -> [[Trial]] {
    let texts = batch.written.map { written.sequences(of: $0, limit: Self.length) }
    let asked = texts.indices.filter { !texts[$0].isEmpty }
    let answers = try batch.executor.divergence(
      DivergenceJob(
        sequences: asked.map { texts[$0].map(\.sequence) },
        variants: asked.map { batch.variants[$0] }))
    var trials = texts.map { _ in [Trial]() }
    for (place, index) in asked.enumerated() {
      trials[index] = zip(texts[index], answers[place]).map { entry, nats in
        let numbers = nats.map(Double.init)
        return .scored(
          item: entry.trial.item, seed: entry.trial.seed,
          numbers.reduce(0, +) / Double(max(numbers.count, 1)), numbers: numbers)
      }
    }
    return trials
  }
}
