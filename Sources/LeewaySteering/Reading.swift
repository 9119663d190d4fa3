import LeewayTokenizer

/// The tokens of a contrast text and the positions that are read.
struct Reading {
  var tokens: [Int]
  var positions: [Int]

  /// Separates prompt and response in a text that is read by `response-mean`.
  static let mark = "|||"

  init(_ text: String, read: ReadPosition, tokenizer: Tokenizer) throws(SteeringError) {
    let plain = text.replacing(Self.mark, with: "")
    let pieces = tokenizer.encodeWithOffsets(plain)
    tokens = pieces.map(\.id)
    guard !tokens.isEmpty else { throw .emptyContrast(half: text) }
    switch read {
    case .last:
      positions = [tokens.count - 1]
    case .responseMean:
      // Byte offset at which the response begins; special tokens cover no bytes.
      let start = text.range(of: Self.mark).map { text[..<$0.lowerBound].utf8.count } ?? 0
      positions = pieces.indices.filter {
        !pieces[$0].bytes.isEmpty && pieces[$0].bytes.upperBound > start
      }
      if positions.isEmpty { positions = [tokens.count - 1] }
    case .word(let word):
      guard let place = Self.lastPlace(of: Array(word.utf8), in: Array(plain.utf8)) else {
        throw .wordNotFound(word: word, text: plain)
      }
      let covering = pieces.indices.filter { pieces[$0].bytes.overlaps(place) }
      positions = [covering.last ?? tokens.count - 1]
    }
  }

  private static func lastPlace(of word: [UInt8], in text: [UInt8]) -> Range<Int>? {
    guard !word.isEmpty, word.count <= text.count else { return nil }
    for start in stride(from: text.count - word.count, through: 0, by: -1)
    where text[start..<start + word.count].elementsEqual(word) {
      return start..<start + word.count
    }
    return nil
  }
}
