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
  /// By first byte: a text is mostly bytes that begin none.
  private var byFirst = [[(pattern: [UInt8], token: AddedToken)]](repeating: [], count: 256)
  private var isEmpty = true

  init(_ tokens: [(pattern: [UInt8], token: AddedToken)]) {
    for entry in tokens {
      guard let first = entry.pattern.first else { continue }
      byFirst[Int(first)].append(entry)
      isEmpty = false
    }
    for first in byFirst.indices {
      byFirst[first].sort { ($1.pattern.count, $0.token.id) < ($0.pattern.count, $1.token.id) }
    }
  }

  enum Part {
    case text(Range<Int>)
    case token(AddedToken, Range<Int>)
  }

  func split(_ bytes: [UInt8]) -> [Part] {
    if bytes.isEmpty { return [] }
    if isEmpty { return [.text(0..<bytes.count)] }
    var parts: [Part] = []
    var start = 0
    var at = 0
    while at < bytes.count {
      guard let found = match(bytes, at) else {
        at += 1
        continue
      }
      let end = at + found.pattern.count
      // A match inside a word is passed over whole, as the reference does.
      if found.token.singleWord, touchesWord(bytes, at, end) {
        at = end
        continue
      }
      let range = stripped(bytes, found.token, at, end, from: start)
      if range.lowerBound > start { parts.append(.text(start..<range.lowerBound)) }
      parts.append(.token(found.token, range))
      // Spaces that it took along may begin the next token all the same, as in the reference.
      start = max(start, range.upperBound)
      at = end
    }
    if start < bytes.count { parts.append(.text(start..<bytes.count)) }
    return parts
  }

  private func match(_ bytes: [UInt8], _ at: Int) -> (pattern: [UInt8], token: AddedToken)? {
    let candidates = byFirst[Int(bytes[at])]
    if candidates.isEmpty { return nil }
    return candidates.first { entry in
      let end = at + entry.pattern.count
      return end <= bytes.count && bytes[at..<end].elementsEqual(entry.pattern)
    }
  }

  private func touchesWord(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
    if let before = UTF8Step.scalar(bytes, before: start), ScalarKind.isWord(before.scalar) {
      return true
    }
    return end < bytes.count
      && ScalarKind.isWord(UTF8Step.scalar(bytes, end, limit: bytes.count).scalar)
  }

  /// A token that strips takes the spaces beside it along.
  private func stripped(
    _ bytes: [UInt8], _ token: AddedToken, _ start: Int, _ end: Int, from floor: Int
  ) -> Range<Int> {
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
    return start..<end
  }
}
