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
  private var tokens: [[UInt8]: AddedToken] = [:]
  /// Lengths of the patterns by their first byte, longest first: a text is mostly bytes that begin
  /// none, and some vocabularies add thousands that begin with "<".
  private var lengths = [[Int]](repeating: [], count: 256)

  init(_ entries: [(pattern: [UInt8], token: AddedToken)]) {
    for (pattern, token) in entries {
      guard let first = pattern.first else { continue }
      if let known = tokens[pattern], known.id <= token.id { continue }
      tokens[pattern] = token
      if !lengths[Int(first)].contains(pattern.count) { lengths[Int(first)].append(pattern.count) }
    }
    for first in lengths.indices { lengths[first].sort(by: >) }
  }

  enum Part {
    case text(Range<Int>)
    case token(AddedToken, Range<Int>)
  }

  func split(_ bytes: [UInt8]) -> [Part] {
    if bytes.isEmpty { return [] }
    if tokens.isEmpty { return [.text(0..<bytes.count)] }
    var parts: [Part] = []
    var start = 0
    var at = 0
    while at < bytes.count {
      guard let (token, end) = match(bytes, at) else {
        at += 1
        continue
      }
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

  private func match(_ bytes: [UInt8], _ at: Int) -> (token: AddedToken, end: Int)? {
    for length in lengths[Int(bytes[at])] where at + length <= bytes.count {
      if let token = tokens[Array(bytes[at..<at + length])] { return (token, at + length) }
    }
    return nil
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
