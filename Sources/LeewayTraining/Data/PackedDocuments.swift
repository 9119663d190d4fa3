import LeewayBase
import Synchronization

/// A text to learn from, its end token included.
public struct TrainingDocument: Sendable, Hashable {
  public var tokens: [Int]
  /// What predicting each token counts, as many as tokens; the first one's counts where another
  /// document stands before it.
  public var weights: [Float]

  public init(tokens: [Int], weights: [Float]? = nil) {
    self.tokens = tokens
    self.weights = weights ?? Array(repeating: 1, count: tokens.count)
  }
}

/// Documents in a new order each time round, laid end to end and cut into sequences.
///
/// Each sequence begins with the last token of the one before it, so every token but the first of a
/// round is predicted once; what is left at the end of a round is left out.
public final class PackedDocuments: Sendable {
  private struct Round {
    var number: Int
    var tokens: [Int] = []
    var weights: [Float] = []
  }
  private let documents: @Sendable (_ round: Int) -> [TrainingDocument]
  private let length: Int
  private let seed: String
  private let round: Mutex<Round>
  /// Sequences of one round.
  public let perRound: Int

  /// - Parameters:
  ///   - length: inputs of a sequence.
  ///   - seed: names the orders.
  ///   - documents: those of a round. Every round has as many tokens.
  public init(
    length: Int, seed: String, documents: @escaping @Sendable (_ round: Int) -> [TrainingDocument]
  ) {
    self.length = length
    self.seed = seed
    self.documents = documents
    let first = Self.lay(documents(0), round: 0, seed: seed)
    // A text shorter than one sequence is one short sequence.
    perRound = max(first.tokens.count >= 2 ? 1 : 0, (first.tokens.count - 1) / max(length, 1))
    round = Mutex(first)
  }

  public func sequence(_ index: Int) -> TrainingSequence {
    let (number, place) = index.quotientAndRemainder(dividingBy: max(perRound, 1))
    return round.withLock { round in
      if round.number != number {
        round = Self.lay(documents(number), round: number, seed: seed)
      }
      let first = place * length
      let end = min(first + length + 1, round.tokens.count)
      return TrainingSequence(
        tokens: Array(round.tokens[first..<end]), weights: Array(round.weights[first + 1..<end]))
    }
  }

  private static func lay(_ documents: [TrainingDocument], round: Int, seed: String) -> Round {
    var documents = documents
    var stream = NamedStream(seed, "round", "\(round)")
    stream.shuffle(&documents)
    return Round(
      number: round, tokens: documents.flatMap(\.tokens), weights: documents.flatMap(\.weights))
  }
}
