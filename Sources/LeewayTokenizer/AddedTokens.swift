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
  private var byFirst: [UInt8: [(pattern: [UInt8], token: AddedToken)]] = [:]

  init(_ tokens: [(pattern: [UInt8], token: AddedToken)]) {
    for entry in tokens {
      guard let first = entry.pattern.first else { continue }
      byFirst[first, default: []].append(entry)
    }
    for key in byFirst.keys {
      byFirst[key]?.sort { $0.pattern.count > $1.pattern.count }
    }
  }

  enum Part {
    case text(Range<Int>)
    case token(AddedToken, Range<Int>)
  }

  func split(_ bytes: [UInt8]) -> [Part] {
    guard !byFirst.isEmpty else { return bytes.isEmpty ? [] : [.text(0..<bytes.count)] }
    var parts: [Part] = []
    var start = 0
    var at = 0
    while at < bytes.count {
      guard let found = match(bytes, at) else {
        at += 1
        continue
      }
      var range = at..<at + found.pattern.count
      if found.token.leftStrip {
        while range.lowerBound > start, Self.isSpace(bytes[range.lowerBound - 1]) {
          range = range.lowerBound - 1..<range.upperBound
        }
      }
      if found.token.rightStrip {
        while range.upperBound < bytes.count, Self.isSpace(bytes[range.upperBound]) {
          range = range.lowerBound..<range.upperBound + 1
        }
      }
      if range.lowerBound > start { parts.append(.text(start..<range.lowerBound)) }
      parts.append(.token(found.token, range))
      start = range.upperBound
      at = start
    }
    if start < bytes.count { parts.append(.text(start..<bytes.count)) }
    return parts
  }

  private func match(_ bytes: [UInt8], _ at: Int) -> (pattern: [UInt8], token: AddedToken)? {
    byFirst[bytes[at]]?.first { entry in
      let end = at + entry.pattern.count
      guard end <= bytes.count, bytes[at..<end].elementsEqual(entry.pattern) else { return false }
      guard entry.token.singleWord else { return true }
      return !(at > 0 && Self.isWord(bytes[at - 1]))
        && !(end < bytes.count && Self.isWord(bytes[end]))
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...: true
    default: false
    }
  }
}
