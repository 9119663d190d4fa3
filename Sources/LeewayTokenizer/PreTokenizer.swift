/// One step that cuts a text into the pieces that the model never joins.
enum PreTokenizer: Sendable {
  case split(Delimiter, Behavior, invert: Bool)
  /// Runs of word characters and runs of others; space is dropped.
  case words
  case prefixSpace
  case metaspace(mark: [UInt8], prepend: Prepend, split: Bool)
  /// Bytes to the characters of GPT-2's alphabet, and back.
  case spell, unspell

  enum Prepend: Sendable { case always, first, never }

  enum Delimiter: Sendable {
    case pattern(SplitPattern)
    case expression(Expression)
    case text([UInt8])
    case space, punctuation, number
  }

  /// What becomes of the delimiter.
  enum Behavior: String, Sendable, CaseIterable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
  }

  /// Cuts pieces further; a piece is a range of the text's bytes. May change the text.
  func apply(_ text: inout NormalizedText, _ pieces: [Range<Int>]) -> [Range<Int>] {
    switch self {
    case .split(.pattern(let pattern), .isolated, _):
      return pieces.flatMap { pattern.split(text.bytes[$0]) }
    case .split(let delimiter, let behavior, let invert):
      return pieces.flatMap { piece in
        var cuts = delimiter.cuts(text.bytes, piece)
        if invert { for index in cuts.indices { cuts[index].isMatch.toggle() } }
        return behavior.join(cuts).filter { !$0.isEmpty }
      }
    case .words:
      return pieces.flatMap { Self.words(text.bytes, $0) }
    case .prefixSpace:
      return text.rebuild(pieces) { piece in
        if piece.bytes.first != 0x20 { piece.prepend([0x20]) }
      }
    case .spell: return text.rebuild(pieces) { $0.mapBytes(ByteAlphabet.spellings) }
    case .unspell:
      return text.rebuild(pieces) { piece in
        piece.map { ByteAlphabet.bytes[$0.value].map { [$0] } }
      }
    case .metaspace(let mark, let prepend, let split):
      let places = text.rebuild(pieces) { piece in
        let isFirst = !piece.bytes.isEmpty && piece.source(0).lowerBound == 0
        piece.replace([0x20], with: mark)
        let wanted = prepend == .always || prepend == .first && isFirst
        if wanted, !piece.bytes.starts(with: mark) { piece.prepend(mark) }
      }
      guard split else { return places }
      return places.flatMap {
        Behavior.mergedWithNext.join(Delimiter.text(mark).cuts(text.bytes, $0))
      }
    }
  }

  private static func words(_ bytes: [UInt8], _ piece: Range<Int>) -> [Range<Int>] {
    var cuts: [Range<Int>] = []
    var at = piece.lowerBound
    // 0: space, 1: word, 2: other.
    var last = 0
    while at < piece.upperBound {
      let (scalar, end) = UTF8Step.scalar(bytes, at, limit: piece.upperBound)
      let kind = ScalarKind.isWord(scalar) ? 1 : ScalarKind.isSpace(scalar) ? 0 : 2
      if kind != 0 {
        let start = kind == last ? cuts.popLast()?.lowerBound ?? at : at
        cuts.append(start..<end)
      }
      (last, at) = (kind, end)
    }
    return cuts
  }
}

extension PreTokenizer.Delimiter {
  struct Cut {
    var range: Range<Int>
    var isMatch: Bool
  }

  /// The piece as matches and what lies between them.
  func cuts(_ bytes: [UInt8], _ piece: Range<Int>) -> [Cut] {
    switch self {
    case .pattern(let pattern):
      // The known patterns match everywhere.
      return pattern.split(bytes[piece]).map { Cut(range: $0, isMatch: true) }
    case .expression(let expression): return cuts(bytes, piece, expression)
    case .text(let text):
      return cuts(piece) { at in
        at + text.count <= piece.upperBound && bytes[at..<at + text.count].elementsEqual(text)
          ? (at + text.count, true) : (at + 1, false)
      }
    case .space: return cuts(bytes, piece, ScalarKind.isSpace)
    case .punctuation: return cuts(bytes, piece, ScalarKind.isPunctuation)
    case .number: return cuts(bytes, piece, ScalarKind.isNumber)
    }
  }

  /// An empty match is an empty piece, between two that it parts.
  private func cuts(_ bytes: [UInt8], _ piece: Range<Int>, _ expression: Expression) -> [Cut] {
    bytes.withUnsafeBufferPointer { bytes in
      var cuts: [Cut] = []
      var start = piece.lowerBound
      let text = ExpressionText(bytes: bytes, start: start, end: piece.upperBound)
      expression.matches(text) { match in
        if start < match.lowerBound {
          cuts.append(Cut(range: start..<match.lowerBound, isMatch: false))
        }
        cuts.append(Cut(range: match, isMatch: true))
        start = match.upperBound
      }
      if start < piece.upperBound {
        cuts.append(Cut(range: start..<piece.upperBound, isMatch: false))
      }
      return cuts
    }
  }

  private func cuts(_ bytes: [UInt8], _ piece: Range<Int>, _ test: (Unicode.Scalar) -> Bool)
    -> [Cut]
  {
    cuts(piece) { at in
      let (scalar, end) = UTF8Step.scalar(bytes, at, limit: piece.upperBound)
      return (end, test(scalar))
    }
  }

  private func cuts(_ piece: Range<Int>, _ step: (Int) -> (end: Int, isMatch: Bool)) -> [Cut] {
    var cuts: [Cut] = []
    var at = piece.lowerBound
    while at < piece.upperBound {
      let (end, isMatch) = step(at)
      if !isMatch, let last = cuts.last, !last.isMatch {
        cuts[cuts.count - 1].range = last.range.lowerBound..<end
      } else {
        cuts.append(Cut(range: at..<end, isMatch: isMatch))
      }
      at = end
    }
    return cuts
  }
}

extension PreTokenizer.Behavior {
  func join(_ cuts: [PreTokenizer.Delimiter.Cut]) -> [Range<Int>] {
    switch self {
    case .isolated: return cuts.map(\.range)
    case .removed: return cuts.filter { !$0.isMatch }.map(\.range)
    case .contiguous: return joined(cuts) { $0.isMatch == $1.isMatch }
    case .mergedWithPrevious: return joined(cuts) { !$0.isMatch && $1.isMatch }
    case .mergedWithNext: return joined(cuts) { $0.isMatch && !$1.isMatch }
    }
  }

  /// Joins neighbours; a delimiter joins text, never another delimiter that has joined.
  private func joined(
    _ cuts: [PreTokenizer.Delimiter.Cut],
    _ together: (PreTokenizer.Delimiter.Cut, PreTokenizer.Delimiter.Cut) -> Bool
  ) -> [Range<Int>] {
    var out: [Range<Int>] = []
    for (index, cut) in cuts.enumerated() {
      if index > 0, together(cuts[index - 1], cut), let last = out.popLast() {
        out.append(last.lowerBound..<cut.range.upperBound)
      } else {
        out.append(cut.range)
      }
    }
    return out
  }
}
