/// Reads the subset of regular expressions that `Expression` runs; nil wherever it ends.
struct ExpressionParser {
  private let text: [Unicode.Scalar]
  private var at = 0
  private var ignoresCase = false
  private var depth = 0

  init(_ pattern: String) { text = Array(pattern.unicodeScalars) }

  mutating func pattern() -> [[Expression.Node]]? {
    let found = alternatives()
    return at == text.count ? found : nil
  }

  private var peek: Unicode.Scalar? { at < text.count ? text[at] : nil }

  private mutating func take(_ wanted: String) -> Bool {
    let wanted = Array(wanted.unicodeScalars)
    guard text[at...].starts(with: wanted) else { return false }
    at += wanted.count
    return true
  }

  private mutating func alternatives() -> [[Expression.Node]]? {
    // Matching recurses as deep as groups nest.
    guard depth < 16 else { return nil }
    depth += 1
    defer { depth -= 1 }
    var all: [[Expression.Node]] = []
    repeat {
      var nodes: [Expression.Node] = []
      while let next = peek, next != "|", next != ")" {
        guard let node = node() else { return nil }
        nodes.append(node)
      }
      all.append(nodes)
    } while take("|")
    return all
  }

  private mutating func node() -> Expression.Node? {
    if peek == "(" { return group() }
    if let anchor = anchor() { return isCounted ? nil : .anchor(anchor) }
    guard let set = set() else { return nil }
    guard let (count, greed) = count() else { return nil }
    return .repeated(ScalarClass(set), count, greed)
  }

  private mutating func anchor() -> Expression.Anchor? {
    for (spelling, anchor) in Self.anchors where take(spelling) { return anchor }
    return nil
  }

  private static let anchors: KeyValuePairs<String, Expression.Anchor> = [
    "^": .lineStart, "$": .lineEnd, #"\A"#: .textStart, #"\z"#: .textEnd,
    #"\Z"#: .beforeLastBreak, #"\b"#: .wordEdge, #"\B"#: .withinWord,
  ]

  private var isCounted: Bool { peek.map { "*+?{".unicodeScalars.contains($0) } ?? false }

  private mutating func group() -> Expression.Node? {
    let outer = ignoresCase
    defer { ignoresCase = outer }
    var looks: (isBehind: Bool, isNegative: Bool)?
    var isAtomic = false
    if take("(?!") {
      looks = (false, true)
    } else if take("(?=") {
      looks = (false, false)
    } else if take("(?<!") {
      looks = (true, true)
    } else if take("(?<=") {
      looks = (true, false)
    } else if take("(?>") {
      isAtomic = true
    } else if take("(?i:") {
      ignoresCase = true
    } else if !take("(?:") {
      // Without a question mark it only captures, which nobody asks for here.
      guard take("("), peek != "?" else { return nil }
    }
    guard let inner = alternatives(), take(")") else { return nil }
    if let looks {
      if isCounted { return nil }
      return looks.isBehind
        ? .behind(inner, isNegative: looks.isNegative) : .look(inner, isNegative: looks.isNegative)
    }
    guard let (count, greed) = count() else { return nil }
    // Of a count around a count, one of them lazy, the reference makes one count, and not always the
    // same.
    if count != 1...1, inner.count == 1, inner[0].count == 1,
      let innermost = Self.greed(inner[0][0]),
      innermost == .lazy || greed == .lazy
    {
      return nil
    }
    guard isAtomic else { return .group(inner, count, greed) }
    let whole = Expression.Node.group(inner, 1...1, .possessive)
    return count == 1...1 ? whole : .group([[whole]], count, greed)
  }

  // MARK: Counts

  /// How much a counted node takes, nil for one without a count.
  private static func greed(_ node: Expression.Node) -> Expression.Greed? {
    switch node {
    case .repeated(_, let count, let greed), .group(_, let count, let greed):
      count == 1...1 && greed != .possessive ? nil : greed
    case .look, .behind, .anchor: nil
    }
  }

  private mutating func count() -> (ClosedRange<Int>, Expression.Greed)? {
    var range = 1...1
    if take("?") {
      range = 0...1
    } else if take("*") {
      range = 0...Int.max
    } else if take("+") {
      range = 1...Int.max
    } else if take("{") {
      guard let found = bounds() else { return nil }
      // Behind a brace the engines do not agree on what a plus means, nor a question mark behind one
      // number.
      let isLazy = found.count > 1 && take("?")
      return isCounted ? nil : (found, isLazy ? .lazy : .greedy)
    } else {
      return (range, .greedy)
    }
    let greed: Expression.Greed = take("+") ? .possessive : take("?") ? .lazy : .greedy
    return isCounted ? nil : (range, greed)
  }

  private mutating func bounds() -> ClosedRange<Int>? {
    guard let low = number() else { return nil }
    var high = low
    if take(",") { high = peek == "}" ? .max : number() ?? -1 }
    return take("}") && low <= high && high > 0 ? low...high : nil
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = peek?.properties.numericType == .decimal ? peek : nil, digit.isASCII {
      value = (value ?? 0) * 10 + Int(digit.value - 0x30)
      guard let value, value < 1000 else { return nil }
      at += 1
    }
    return value
  }

  // MARK: Classes

  private mutating func set() -> ScalarSet? {
    guard let next = peek else { return nil }
    at += 1
    var set: ScalarSet
    switch next {
    case "[":
      guard let found = bracket() else { return nil }
      set = found
    case "\\":
      guard let found = escape() else { return nil }
      set = found
    case ".": set = ScalarSet(items: [.range(0x0A...0x0A)], isInverted: true)
    case "*", "+", "?", "{", "}", "]", ")": return nil
    default: set = ScalarSet(items: [.range(next.value...next.value)])
    }
    set.ignoresCase = ignoresCase
    return set
  }

  /// What follows an opening bracket, up to the one that closes it.
  private mutating func bracket() -> ScalarSet? {
    guard depth < 16 else { return nil }
    depth += 1
    defer { depth -= 1 }
    let isInverted = take("^")
    var parts = [ScalarSet()]
    while let next = peek {
      let isEmpty = parts[parts.count - 1].items.isEmpty
      if take("&&") {
        if isEmpty { return nil }
        parts.append(ScalarSet())
        continue
      }
      at += 1
      if next == "]" {
        if isEmpty { return nil }
        if parts.count == 1 { return ScalarSet(items: parts[0].items, isInverted: isInverted) }
        return ScalarSet(items: [.all(parts)], isInverted: isInverted)
      }
      guard let items = member(next) else { return nil }
      parts[parts.count - 1].items += items
    }
    return nil
  }

  /// One member of a class: a character, a range, or a class in itself.
  private mutating func member(_ next: Unicode.Scalar) -> [ScalarSet.Item]? {
    func whole(_ set: ScalarSet) -> [ScalarSet.Item] {
      set.isInverted ? [.not(ScalarSet(items: set.items))] : set.items
    }
    if next == "[" {
      // Classes of POSIX are named between colons.
      guard peek != ":", let inner = bracket() else { return nil }
      return whole(inner)
    }
    var item = ScalarSet(items: [.range(next.value...next.value)])
    if next == "\\" {
      guard let found = escape(inBrackets: true) else { return nil }
      item = found
    }
    if peek == "-", at + 1 < text.count, text[at + 1] != "]" {
      at += 1
      guard let low = Self.single(item), let high = end(), low <= high else { return nil }
      item = ScalarSet(items: [.range(low...high)])
    }
    return whole(item)
  }

  /// The character after a dash.
  private mutating func end() -> UInt32? {
    guard let next = peek, next != "[" else { return nil }
    at += 1
    return next == "\\" ? escape(inBrackets: true).flatMap(Self.single) : next.value
  }

  private static func single(_ set: ScalarSet) -> UInt32? {
    guard set.items.count == 1, !set.isInverted, case .range(let range) = set.items[0],
      range.count == 1
    else { return nil }
    return range.lowerBound
  }

  private mutating func escape(inBrackets: Bool = false) -> ScalarSet? {
    guard let next = peek else { return nil }
    at += 1
    func one(_ code: UInt32) -> ScalarSet { ScalarSet(items: [.range(code...code)]) }
    switch next {
    case "n": return one(0x0A)
    case "r": return one(0x0D)
    case "t": return one(0x09)
    case "f": return one(0x0C)
    case "v": return one(0x0B)
    case "s": return ScalarSet(items: [.space])
    case "S": return ScalarSet(items: [.space], isInverted: true)
    case "w": return ScalarSet(items: [.word(inBrackets: inBrackets)])
    case "W": return ScalarSet(items: [.word(inBrackets: inBrackets)], isInverted: true)
    case "d": return ScalarSet.category("Nd")
    case "D":
      var set = ScalarSet.category("Nd")
      set?.isInverted = true
      return set
    case "p", "P":
      guard take("{"), let close = text[at...].firstIndex(of: "}") else { return nil }
      let inverted = take("^") != (next == "P")
      var name = String.UnicodeScalarView()
      name.append(contentsOf: text[at..<close])
      at = close + 1
      var set = ScalarSet.category(String(name)) ?? ScalarSet.script(String(name))
      set?.isInverted = inverted
      return set
    case "u": return hexadecimal(4).map(one)
    case "x":
      guard take("{"), let code = hexadecimal(nil), take("}") else { return nil }
      return one(code)
    default:
      // Letters and digits have meanings that are not known here.
      return next.isASCII && ScalarKind.isPunctuation(next) || next == " " ? one(next.value) : nil
    }
  }

  /// So many digits, or as many as there are.
  private mutating func hexadecimal(_ count: Int?) -> UInt32? {
    let start = at
    var code: UInt32 = 0
    while at - start < count ?? 6, let next = peek, next.isASCII,
      let digit = Character(next).hexDigitValue
    {
      code = code << 4 | UInt32(digit)
      at += 1
    }
    guard at > start, at - start == count ?? at - start, Unicode.Scalar(code) != nil else {
      return nil
    }
    return code
  }
}
