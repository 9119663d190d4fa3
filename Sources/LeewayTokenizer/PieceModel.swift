/// A token of a word that was encoded.
struct PieceToken: Sendable, Equatable {
  var id: Int
  /// Where it stands in the word.
  var bytes: Range<Int>
}

/// What makes tokens of a word.
enum PieceModel: Sendable {
  case bytePairs(BytePairModel)
  case unigram(UnigramModel)

  /// Puts the tokens of a word behind those that are there.
  func encode(
    _ word: UnsafeRawBufferPointer, _ scratch: inout BytePairModel.Scratch,
    into tokens: inout [PieceToken]
  ) {
    switch self {
    case .bytePairs(let model): model.encode(word, &scratch, into: &tokens)
    case .unigram(let model): tokens += model.encode(Array(word))
    }
  }
}

extension Vocabulary {
  /// Ids of `<0x00>` to `<0xFF>`, -1 where there is none.
  func byteIDs() -> [Int32] {
    let digits = Array("0123456789ABCDEF".utf8)
    return (0..<256).map { byte in
      let name = Array("<0x".utf8) + [digits[byte >> 4], digits[byte & 15]] + Array(">".utf8)
      return Int32(ids[name] ?? -1)
    }
  }
}
