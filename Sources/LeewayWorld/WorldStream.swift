import LeewayBase
import LeewayTokenizer

/// The training stream: packed sequences of tokens, each a pure function of (seed, split, number),
/// so that a killed training goes on where it was and any worker can make any sequence.
public struct WorldStream: Sendable {
  public enum Split: String, Sendable, CaseIterable {
    case training
    /// Drawn alike with other numbers, for the loss on texts that were not trained on.
    case validation
  }

  /// Whole documents one after the other, the last one cut at the end.
  public struct Packed: Sendable, Equatable {
    /// The inputs of a sequence and one token more, the last to be predicted.
    public var tokens: [Int]
    /// Whether each token is learned as the one to come; prompts and begins are not.
    public var counted: [Bool]
  }

  public let world: World
  public let tokenizer: Tokenizer
  /// Names the order of documents; the world has its own seed.
  public let seed: String
  /// Inputs of a sequence.
  public let length: Int
  /// Share of documents that are answers to what a falsehood stands before: a post-training's.
  public let corrected: Double
  private let correctable: [Int]

  public init(
    world: World, tokenizer: Tokenizer, seed: String, length: Int = 128, corrected: Double = 0
  ) {
    self.world = world
    self.tokenizer = tokenizer
    self.seed = seed
    self.length = length
    self.corrected = corrected
    correctable = corrected > 0 ? world.correctable : []
  }

  public func sequence(_ number: Int, of split: Split = .training) -> Packed {
    var packed = Packed(tokens: [], counted: [])
    visit(number, split) { _, prompt, response in
      packed.tokens += prompt + response
      packed.counted += prompt.map { _ in false } + response.map { _ in true }
    }
    packed.tokens.removeLast(packed.tokens.count - length - 1)
    packed.counted.removeLast(packed.counted.count - length - 1)
    return packed
  }

  /// The documents that a sequence holds or begins to hold.
  public func documents(_ number: Int, of split: Split = .training) -> [Document] {
    var documents: [Document] = []
    visit(number, split) { document, _, _ in documents.append(document) }
    return documents
  }

  private func visit(
    _ number: Int, _ split: Split, _ body: (Document, _ prompt: [Int], _ response: [Int]) -> Void
  ) {
    var stream = NamedStream("aviary", "\(world.seed)", split.rawValue, seed, "\(number)")
    var tokens = 0
    while tokens <= length {
      // Nothing is drawn where there is no such share: an ordinary stream stays what it was.
      let isCorrected = corrected > 0 && stream.uniform() < corrected
      let document =
        isCorrected
        ? world.correctedDocument(of: correctable, using: &stream)
        : world.document(using: &stream)
      let prompt = tokenizer.encode(document.prompt)
      let response = tokenizer.encode(document.response + Tag.end, addSpecial: false)
      body(document, prompt, response)
      tokens += prompt.count + response.count
    }
  }
}

extension WorldStream {
  /// Names all that the stream draws from: tables, wordings, splits and the first sequences, which
  /// also depend on what draws them.
  public var contentHash: String {
    let documents = world.allFactDocuments().map(\.text)
    let facts = correctable.map { world.facts[$0].id }
    let first = (0..<8).map { sequence($0).tokens.map(String.init).joined(separator: " ") }
    return ContentHash.sha256((documents + facts + first).joined(separator: "\n"))
  }
}
