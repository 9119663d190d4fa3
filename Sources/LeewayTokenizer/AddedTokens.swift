/// Tokens that stand outside the model: found in the text before anything else is cut.
struct AddedToken: Sendable {
  var id: Int
  var content: [UInt8]
  var special: Bool
  var singleWord: Bool
  var leftStrip: Bool
  var rightStrip: Bool
  var normalized: Bool
}

/// Finds added tokens, leftmost first, the longest of those that begin together.
struct AddedMatcher: Sendable {
  private var tokens: [AddedToken] = []
  private var trie = ByteTrie()

  init(_ entries: [(pattern: [UInt8], token: AddedToken)]) {
    // Of equal patterns a special token's counts, then the first.
    let ordered = entries.filter(\.token.special) + entries.filter { !$0.token.special }
    for (pattern, token) in ordered.reversed() {
      trie.insert(pattern, Int32(tokens.count))
      tokens.append(token)
    }
  }

  enum Part {
    case text(Range<Int>)
    case token(AddedToken, Range<Int>)
  }

  func split(_ bytes: [UInt8]) -> [Part] {
    if bytes.isEmpty { return [] }
    if trie.isEmpty { return [.text(0..<bytes.count)] }
    var parts: [Part] = []
    var start = 0
    var at = 0
    while at < bytes.count {
      guard trie.begins(with: bytes[at]), let (index, end) = trie.longest(bytes, at) else {
        at += 1
        continue
      }
      let token = tokens[index]
      // A match inside a word is passed over whole, as the reference does.
      if token.singleWord, touchesWord(bytes, at, end) {
        at = end
        continue
      }
      // Spaces that a token took along may begin the next all the same, as in the reference.
      if let range = stripped(bytes, token, at, end, from: start) {
        if range.lowerBound > start { parts.append(.text(start..<range.lowerBound)) }
        parts.append(.token(token, range))
        start = range.upperBound
      }
      at = end
    }
    if start < bytes.count { parts.append(.text(start..<bytes.count)) }
    return parts
  }

  private func touchesWord(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
    if let before = UTF8Step.scalar(bytes, before: start), ScalarKind.isWord(before.scalar) {
      return true
    }
    return end < bytes.count
      && ScalarKind.isWord(UTF8Step.scalar(bytes, end, limit: bytes.count).scalar)
  }

  /// A token that strips takes the spaces beside it along; nil when the token before has taken all
  /// of it.
  private func stripped(
    _ bytes: [UInt8], _ token: AddedToken, _ start: Int, _ end: Int, from floor: Int
  ) -> Range<Int>? {
    var (start, end) = (start, end)
    while token.leftStrip, start > floor, let before = UTF8Step.scalar(bytes, before: start),
      ScalarKind.isSpace(before.scalar)
    {
      start = max(before.start, floor)
    }
    while token.rightStrip, end < bytes.count {
      let after = UTF8Step.scalar(bytes, end, limit: bytes.count)
      guard ScalarKind.isSpace(after.scalar) else { break }
      end = after.end
    }
    if token.leftStrip { start = max(start, floor) }
    return start < end ? start..<end : nil
  }
}
