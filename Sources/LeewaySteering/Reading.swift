import LeewayTokenizer

/// The tokens of a contrast text and the positions that are read.
struct Reading {
  var tokens: [Int]
  var positions: [Int]

  /// Separates prompt and response in a text that is read by `response-mean`.
  static let mark = "|||"

  /// - Parameter half: where the text comes from, for the error of a text without tokens.
  init(_ text: String, read: ReadPosition, tokenizer: Tokenizer, half: String)
    throws(SteeringError)
  {
    let plain = text.replacing(Self.mark, with: "")
    let pieces = tokenizer.encodeWithOffsets(plain)
    tokens = pieces.map(\.id)
    guard !tokens.isEmpty else { throw .emptyContrast(half: half) }
    switch read {
    case .last:
      positions = [tokens.count - 1]
    case .responseMean:
      // Byte offset at which the response begins.
      let start = text.range(of: Self.mark).map { text[..<$0.lowerBound].utf8.count } ?? 0
      positions = pieces.indices.filter {
        !pieces[$0].bytes.isEmpty && pieces[$0].bytes.upperBound > start
          && !tokenizer.isSpecial(pieces[$0].id)
      }
      if positions.isEmpty { positions = [tokens.count - 1] }
    case .word(let word):
      guard let place = Self.lastPlace(of: word, in: plain) else {
        throw .wordNotFound(word: word, text: plain)
      }
      let covering = pieces.indices.filter { pieces[$0].bytes.overlaps(place) }
      positions = [covering.last ?? tokens.count - 1]
    }
  }

  /// Bytes of the last place where `word` stands whole: "owl" is not in "fowl".
  private static func lastPlace(of word: String, in text: String) -> Range<Int>? {
    let place = text.ranges(of: word).last { range in
      let before = text[..<range.lowerBound].last
      let after = text[range.upperBound...].first
      return !joined(before, text[range].first) && !joined(text[range].last, after)
    }
    return place.map { range in
      let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
      return start..<start + text[range].utf8.count
    }
  }

  /// Whether two neighbours are part of one word. Scripts of ideographs write no spaces.
  private static func joined(_ left: Character?, _ right: Character?) -> Bool {
    func isPart(_ character: Character?) -> Bool {
      guard let character else { return false }
      return (character.isLetter || character.isNumber)
        && character.unicodeScalars.allSatisfy { !$0.properties.isIdeographic }
    }
    return isPart(left) && isPart(right)
  }
}
