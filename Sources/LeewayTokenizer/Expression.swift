/// The regular expressions that tokenizers cut with: classes, groups, lookahead, and counts of
/// classes. What is beyond that is refused when it is read.
///
/// Only a class repeats without end, so that matching recurses as deep as the pattern nests, never as
/// long as the text is.
struct Expression: Sendable {
  indirect enum Node: Sendable {
    case repeated(ScalarClass, ClosedRange<Int>, possessive: Bool)
    case group([[Node]], optional: Bool)
    case look([[Node]], negative: Bool)
  }

  private let alternatives: [[Node]]

  /// Nil for a pattern that is not understood, or that matches nothing at all.
  init?(_ pattern: String) {
    var parser = ExpressionParser(pattern)
    guard let alternatives = parser.pattern(), alternatives.allSatisfy({ Self.least($0) > 0 })
    else { return nil }
    self.alternatives = alternatives
  }

  /// Fewest characters that a sequence matches.
  private static func least(_ nodes: [Node]) -> Int {
    nodes.reduce(0) { sum, node in
      switch node {
      case .repeated(_, let count, _): min(sum + count.lowerBound, 1)
      case .group(let alternatives, let optional):
        optional ? sum : min(sum + (alternatives.map(least).min() ?? 0), 1)
      case .look: sum
      }
    }
  }

  /// Where the match that begins at `at` ends; what lies beyond `limit` is not seen.
  func match(_ bytes: [UInt8], _ at: Int, limit: Int) -> Int? {
    let text = Text(bytes: bytes, limit: limit)
    for nodes in alternatives {
      if let end = Self.match(nodes[...], text, at, then: { $0 }) { return end }
    }
    return nil
  }

  private struct Text {
    let bytes: [UInt8]
    let limit: Int
  }

  private static func match(
    _ nodes: ArraySlice<Node>, _ text: Text, _ at: Int, then: (Int) -> Int?
  ) -> Int? {
    guard let node = nodes.first else { return then(at) }
    let rest = nodes.dropFirst()
    switch node {
    case .repeated(let set, let count, let possessive):
      var end = at
      var found = 0
      while found < count.upperBound, end < text.limit {
        guard let next = set.end(text.bytes, end, limit: text.limit) else { break }
        end = next
        found += 1
      }
      while found >= count.lowerBound {
        if let end = match(rest, text, end, then: then) { return end }
        if possessive || found == count.lowerBound { return nil }
        found -= 1
        end = UTF8Step.scalar(text.bytes, before: end)?.start ?? at
      }
      return nil
    case .group(let alternatives, let optional):
      for inner in alternatives {
        let end = match(inner[...], text, at) { match(rest, text, $0, then: then) }
        if let end { return end }
      }
      return optional ? match(rest, text, at, then: then) : nil
    case .look(let alternatives, let negative):
      let found = alternatives.contains { match($0[...], text, at, then: { $0 }) != nil }
      return found == negative ? nil : match(rest, text, at, then: then)
    }
  }
}
