/// The regular expressions that tokenizers cut with: classes, groups and their counts, what stands
/// ahead or behind, anchors. What is beyond that is refused when it is read.
///
/// A match walks a program with a stack of its own, so that it recurses as deep as the pattern nests,
/// never as long as the text is; and no loop of a group is tried twice at one place, so that its time
/// has no exponent.
struct Expression: Sendable {
  indirect enum Node: Sendable {
    case repeated(ScalarClass, ClosedRange<Int>, Greed)
    case group([[Node]], ClosedRange<Int>, Greed)
    case look([[Node]], isNegative: Bool)
    /// What stands before, whose alternatives are of fixed lengths in characters.
    case behind([[Node]], isNegative: Bool)
    case anchor(Anchor)
  }

  /// How much a count takes: as much as it can, as little, or as much and never less.
  enum Greed: Sendable { case greedy, lazy, possessive }

  enum Anchor: Sendable {
    case textStart, textEnd, lineStart, lineEnd, beforeLastBreak, wordEdge, withinWord
  }

  private let alternatives: [ExpressionProgram]
  /// What each may begin with, of ASCII; beyond that it is tried.
  private let firsts: [SIMD2<UInt64>]
  /// Whether it may match nothing at all, between two characters.
  let matchesNothing: Bool

  /// Nil for a pattern that is not understood.
  init?(_ pattern: String) {
    var parser = ExpressionParser(pattern)
    guard let alternatives = parser.pattern() else { return nil }
    let programs = alternatives.compactMap { ExpressionProgram($0) }
    guard programs.count == alternatives.count else { return nil }
    self.alternatives = programs
    firsts = alternatives.map(Self.first)
    matchesNothing = alternatives.contains { Self.isEmptiable($0) }
  }

  /// Where the match that begins at `at` ends.
  /// - Parameter programs: the alternatives, as they lie in memory: handed over one by one they
  ///   would be counted in and out at each place of the text.
  private func match(
    _ text: ExpressionText, _ at: Int, _ programs: UnsafeBufferPointer<ExpressionProgram>,
    _ scratch: inout ExpressionScratch
  ) -> Int? {
    let byte = at < text.end ? text.bytes[at] : 0x80
    for index in programs.indices {
      if byte < 0x80, firsts[index][Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 0 { continue }
      if !scratch.visited.isEmpty { scratch.visited.removeAll(keepingCapacity: true) }
      if let end = programs[index].match(text, at, &scratch) { return end }
    }
    return nil
  }

  /// All matches from left to right, as the reference finds them: an empty one is passed over where
  /// the one before has just ended.
  func matches(_ text: ExpressionText, _ body: (Range<Int>) -> Void) {
    alternatives.withUnsafeBufferPointer { programs in
      var scratch = ExpressionScratch()
      var at = text.start
      var last: Int?
      while at <= text.end {
        if let end = match(text, at, programs, &scratch), end > at || last != at {
          body(at..<end)
          last = end
          if end > at {
            at = end
            continue
          }
        }
        guard at < text.end else { break }
        at = text.scalar(at).end
      }
    }
  }

  // MARK: What a sequence matches

  static func isEmptiable(_ nodes: [Node]) -> Bool {
    nodes.allSatisfy { node in
      switch node {
      case .repeated(_, let count, _): count.lowerBound == 0
      case .group(let inner, let count, _):
        count.lowerBound == 0 || inner.contains(where: isEmptiable)
      case .look, .behind, .anchor: true
      }
    }
  }

  /// Characters that a sequence matches, nil when there may be more or fewer.
  static func length(_ nodes: [Node]) -> Int? {
    var sum = 0
    for node in nodes {
      switch node {
      case .repeated(_, let count, _):
        guard count.count == 1 else { return nil }
        sum += count.lowerBound
      case .group(let inner, let count, _):
        let lengths = Set(inner.map(length))
        guard count.count == 1, lengths.count == 1, let one = lengths.first, let one else {
          return nil
        }
        sum += one * count.lowerBound
      case .look, .behind, .anchor: break
      }
    }
    return sum
  }

  private static let anything = SIMD2<UInt64>(.max, .max)

  private static func first(_ nodes: [Node]) -> SIMD2<UInt64> {
    if isEmptiable(nodes) { return anything }
    var set = SIMD2<UInt64>(0, 0)
    for node in nodes {
      switch node {
      case .repeated(let scalars, _, _): set |= scalars.ascii
      case .group(let inner, _, _):
        for nodes in inner { set |= first(nodes) }
      case .look, .behind, .anchor: continue
      }
      // What follows can only begin a match where this may be nothing.
      if !isEmptiable([node]) { break }
    }
    return set
  }
}

/// A text in which an expression looks for matches, as far as it sees it.
struct ExpressionText {
  let bytes: UnsafeBufferPointer<UInt8>
  let start: Int
  let end: Int

  /// The character that begins at a place, and where it ends.
  @inline(__always)
  func scalar(_ at: Int) -> (scalar: Unicode.Scalar, end: Int) {
    UTF8Step.scalar(bytes, at, limit: end)
  }

  /// Where the character before a place begins, nil at the start.
  @inline(__always)
  func before(_ at: Int) -> Int? { UTF8Step.start(bytes, before: at, floor: start) }
}
