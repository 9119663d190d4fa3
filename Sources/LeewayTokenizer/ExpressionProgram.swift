/// A sequence of an expression as steps to walk through.
struct ExpressionProgram: Sendable {
  /// Classes and programs by their places: a step that held one would be counted in and out each time
  /// that it is taken.
  private enum Step: Sendable {
    case one(Int)
    case run(Int, ClosedRange<Int>, Expression.Greed)
    /// Goes on at the first, and at the second when that fails.
    case split(Int, Int)
    /// The same at the head of a loop, once at each place.
    case loop(Int, Int)
    case jump(Int)
    /// Matched for itself: what it took it keeps.
    case atomic(Int)
    case look(Range<Int>, isNegative: Bool)
    case behind(Range<Int>, isNegative: Bool)
    case anchor(Expression.Anchor)
  }

  private var steps: [Step] = []
  private var masks: [SIMD2<UInt64>] = []
  private var classes: [ScalarClass] = []
  private var programs: [ExpressionProgram] = []
  /// Characters that a program matches, where it looks behind.
  private var lengths: [Int] = []

  /// Counts of groups are written out.
  private static let limit = 4000

  /// Nil for what is too large, or loops over nothing.
  init?(_ nodes: [Expression.Node]) {
    guard add(nodes) else { return nil }
  }

  private mutating func add(_ nodes: [Expression.Node]) -> Bool {
    nodes.allSatisfy { add($0) }
  }

  private mutating func add(_ node: Expression.Node) -> Bool {
    guard steps.count < Self.limit else { return false }
    switch node {
    case .repeated(let set, let count, let greed):
      steps.append(count == 1...1 ? .one(classes.count) : .run(classes.count, count, greed))
      classes.append(set)
      masks.append(set.ascii)
      return true
    case .group(let inner, let count, .possessive):
      guard let program = ExpressionProgram([.group(inner, count, .greedy)]) else { return false }
      steps.append(.atomic(programs.count))
      programs.append(program)
      lengths.append(0)
      return true
    case .group(let inner, let count, let greed): return add(inner, count, isLazy: greed == .lazy)
    case .look(let inner, let isNegative):
      steps.append(
        .look(programs.count..<programs.count + inner.count, isNegative: isNegative))
      return inner.allSatisfy { add(program: $0, length: 0) }
    case .behind(let inner, let isNegative):
      steps.append(
        .behind(programs.count..<programs.count + inner.count, isNegative: isNegative))
      return inner.allSatisfy { add(program: $0, length: Expression.length($0)) }
    case .anchor(let anchor):
      steps.append(.anchor(anchor))
      return true
    }
  }

  private mutating func add(program nodes: [Expression.Node], length: Int?) -> Bool {
    guard let length, let program = ExpressionProgram(nodes) else { return false }
    programs.append(program)
    lengths.append(length)
    return true
  }

  private mutating func add(_ inner: [[Expression.Node]], _ count: ClosedRange<Int>, isLazy: Bool)
    -> Bool
  {
    for _ in 0..<count.lowerBound where !add(choice: inner) { return false }
    guard count.upperBound > count.lowerBound else { return true }
    func order(_ body: Int, _ exit: Int) -> (Int, Int) { isLazy ? (exit, body) : (body, exit) }
    if count.upperBound == .max {
      // The engines do not agree on what a turn without progress is.
      guard !inner.contains(where: Expression.isEmptiable) else { return false }
      let head = steps.count
      steps.append(.jump(0))
      guard add(choice: inner) else { return false }
      steps.append(.jump(head))
      let (first, second) = order(head + 1, steps.count)
      steps[head] = .loop(first, second)
      return true
    }
    var heads: [Int] = []
    for _ in count.lowerBound..<count.upperBound {
      heads.append(steps.count)
      steps.append(.jump(0))
      guard add(choice: inner) else { return false }
    }
    for head in heads {
      let (first, second) = order(head + 1, steps.count)
      steps[head] = .split(first, second)
    }
    return true
  }

  private mutating func add(choice inner: [[Expression.Node]]) -> Bool {
    var exits: [Int] = []
    for (index, nodes) in inner.enumerated() {
      let head = steps.count
      let isLast = index == inner.count - 1
      if !isLast { steps.append(.jump(0)) }
      guard add(nodes) else { return false }
      guard !isLast else { break }
      exits.append(steps.count)
      steps.append(.jump(0))
      steps[head] = .split(head + 1, steps.count)
    }
    for exit in exits { steps[exit] = .jump(steps.count) }
    return true
  }

  // MARK: Matching

  /// Where a match that begins at `at` ends.
  func match(_ text: ExpressionText, _ at: Int, _ scratch: inout ExpressionScratch) -> Int? {
    let floor = scratch.choices.count
    defer { scratch.choices.removeLast(scratch.choices.count - floor) }
    var (step, at) = (0, at)
    while true {
      if let (next, place) = advance(step, at, text, &scratch) {
        if next == steps.count { return place }
        (step, at) = (next, place)
      } else {
        guard let (next, place) = back(text, &scratch, floor) else { return nil }
        if next == steps.count { return place }
        (step, at) = (next, place)
      }
    }
  }

  @inline(__always)
  private func advance(
    _ step: Int, _ at: Int, _ text: ExpressionText, _ scratch: inout ExpressionScratch
  ) -> (Int, Int)? {
    guard step < steps.count else { return (step, at) }
    switch steps[step] {
    case .one(let set):
      return end(set, text, at).map { (step + 1, $0) }
    case .run(let set, let count, let greed):
      var (end, found, least) = (at, 0, at)
      let wanted = greed == .lazy ? count.lowerBound : count.upperBound
      while found < wanted, let next = self.end(set, text, end) {
        end = next
        found += 1
        if found == count.lowerBound { least = end }
      }
      guard found >= count.lowerBound else { return nil }
      switch greed {
      case .possessive: break
      case .greedy where end > least:
        scratch.choices.append(.init(step: step + 1, at: end, kind: .less(than: least)))
      case .lazy where count.upperBound > found:
        scratch.choices.append(
          .init(step: step, at: end, kind: .more(count.upperBound - found)))
      default: break
      }
      return (step + 1, end)
    case .split(let first, let second):
      scratch.choices.append(.init(step: second, at: at, kind: .other))
      return (first, at)
    case .loop(let first, let second):
      guard scratch.visited.insert(SIMD2(step, at)).inserted else { return nil }
      scratch.choices.append(.init(step: second, at: at, kind: .other))
      return (first, at)
    case .jump(let target): return (target, at)
    case .atomic(let program):
      return scratch.alone { programs[program].match(text, at, &$0) }.map { (step + 1, $0) }
    case .look(let range, let isNegative):
      let found = range.contains { program in
        scratch.alone { programs[program].match(text, at, &$0) } != nil
      }
      return found == isNegative ? nil : (step + 1, at)
    case .behind(let range, let isNegative):
      let found = range.contains { program in
        var start: Int? = at
        for _ in 0..<lengths[program] { start = start.flatMap(text.before) }
        guard let start else { return false }
        return scratch.alone { programs[program].match(text, start, &$0) } != nil
      }
      return found == isNegative ? nil : (step + 1, at)
    case .anchor(let anchor): return anchor.holds(text, at) ? (step + 1, at) : nil
    }
  }

  /// Where the character at a place ends, nil when it is none of the class or there is none.
  @inline(__always)
  private func end(_ index: Int, _ text: ExpressionText, _ at: Int) -> Int? {
    guard at < text.end else { return nil }
    let byte = text.bytes[at]
    guard byte >= 0x80 else {
      return masks[index][Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 ? at + 1 : nil
    }
    let next = text.scalar(at)
    return classes[index].holds(next.scalar) ? next.end : nil
  }

  /// The last choice that is left, taken the other way.
  @inline(__always)
  private func back(
    _ text: ExpressionText, _ scratch: inout ExpressionScratch, _ floor: Int
  ) -> (Int, Int)? {
    while scratch.choices.count > floor, let choice = scratch.choices.popLast() {
      switch choice.kind {
      case .other: return (choice.step, choice.at)
      case .less(let least):
        guard let at = text.before(choice.at) else { continue }
        if at > least {
          scratch.choices.append(.init(step: choice.step, at: at, kind: choice.kind))
        }
        return (choice.step, at)
      case .more(let left):
        guard case .run(let set, _, _) = steps[choice.step], let at = end(set, text, choice.at)
        else { continue }
        if left > 1 {
          scratch.choices.append(.init(step: choice.step, at: at, kind: .more(left - 1)))
        }
        return (choice.step + 1, at)
      }
    }
    return nil
  }
}

/// What a match keeps while it runs; kept from one to the next.
struct ExpressionScratch {
  /// Another way to go on from.
  struct Choice {
    enum Kind {
      case other
      case less(than: Int)
      case more(Int)
    }
    var step: Int
    var at: Int
    var kind: Kind
  }

  var choices: [Choice] = []
  /// Heads of loops with the places where they were tried.
  var visited: Set<SIMD2<Int>> = []

  /// A part that is matched for itself knows nothing of loops tried around it.
  mutating func alone(_ body: (inout ExpressionScratch) -> Int?) -> Int? {
    let around = visited
    visited = []
    defer { visited = around }
    return body(&self)
  }
}

extension Expression.Anchor {
  func holds(_ text: ExpressionText, _ at: Int) -> Bool {
    switch self {
    case .textStart: at == text.start
    case .textEnd: at == text.end
    case .lineStart:
      at == text.start || text.bytes[at - 1] == 0x0A && at < text.end
    case .lineEnd: at == text.end || text.bytes[at] == 0x0A
    case .beforeLastBreak:
      at == text.end || at == text.end - 1 && text.bytes[at] == 0x0A
    case .wordEdge: Self.isWord(text, before: at) != Self.isWord(text, at)
    case .withinWord: Self.isWord(text, before: at) == Self.isWord(text, at)
    }
  }

  private static func isWord(_ text: ExpressionText, _ at: Int) -> Bool {
    at < text.end && ScalarSet.isWord(text.scalar(at).scalar)
  }

  private static func isWord(_ text: ExpressionText, before at: Int) -> Bool {
    text.before(at).map { ScalarSet.isWord(text.scalar($0).scalar) } ?? false
  }
}
