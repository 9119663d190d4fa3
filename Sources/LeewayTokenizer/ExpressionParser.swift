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
    guard let set = set() else { return nil }
    guard let (count, possessive) = count() else { return nil }
    return .repeated(ScalarClass(set), count, possessive: possessive)
  }

  private mutating func group() -> Expression.Node? {
    let outer = ignoresCase
    defer { ignoresCase = outer }
    var negative: Bool?
    if take("(?!") {
      negative = true
    } else if take("(?=") {
      negative = false
    } else if take("(?i:") {
      ignoresCase = true
    } else if !take("(?:") {
      // Without a question mark it only captures, which nobody asks for here.
      guard take("("), peek != "?" else { return nil }
    }
    guard let inner = alternatives(), take(")") else { return nil }
    if let negative { return .look(inner, negative: negative) }
    let optional = take("?")
    // A group that repeats is refused, and so is one that lets go of nothing or as little as it can.
    if let next = peek, "*+?{".unicodeScalars.contains(next) { return nil }
    return .group(inner, optional: optional)
  }

  // MARK: Counts

  private mutating func count() -> (ClosedRange<Int>, possessive: Bool)? {
    var range = 1...1
    if take("?") {
      range = 0...1
    } else if take("*") {
      range = 0...Int.max
    } else if take("+") {
      range = 1...Int.max
    } else if take("{") {
      guard let found = bounds() else { return nil }
      // After a brace the engines do not agree on what more means.
      if let next = peek, "*+?{".unicodeScalars.contains(next) { return nil }
      return (found, false)
    } else {
      return (range, false)
    }
    let possessive = take("+")
    if let next = peek, "*+?{".unicodeScalars.contains(next) { return nil }
    return (range, possessive)
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
    case "^", "$", "*", "+", "?", "{", "}", "]", ")": return nil
    default: set = ScalarSet(items: [.range(next.value...next.value)])
    }
    set.ignoresCase = ignoresCase
    return set
  }

  private mutating func bracket() -> ScalarSet? {
    var set = ScalarSet()
    if take("^") { set.isInverted = true }
    var isFirst = true
    while let next = peek {
      at += 1
      if next == "]", !isFirst { return set }
      isFirst = false
      // Sets inside sets, and what two of these mean.
      if next == "[" || next == "&" && peek == "&" || next == "]" { return nil }
      var item = ScalarSet(items: [.range(next.value...next.value)])
      if next == "\\" {
        guard let found = escape() else { return nil }
        item = found
      }
      if peek == "-", at + 1 < text.count, text[at + 1] != "]" {
        at += 1
        guard let low = Self.single(item), let high = end(), low <= high else { return nil }
        item = ScalarSet(items: [.range(low...high)])
      }
      set.items += item.isInverted ? [.not(ScalarSet(items: item.items))] : item.items
    }
    return nil
  }

  /// The character after a dash.
  private mutating func end() -> UInt32? {
    guard let next = peek, next != "[" else { return nil }
    at += 1
    return next == "\\" ? escape().flatMap(Self.single) : next.value
  }

  private static func single(_ set: ScalarSet) -> UInt32? {
    guard set.items.count == 1, !set.isInverted, case .range(let range) = set.items[0],
      range.count == 1
    else { return nil }
    return range.lowerBound
  }

  private mutating func escape() -> ScalarSet? {
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
    case "w": return ScalarSet(items: [.word])
    case "W": return ScalarSet(items: [.word], isInverted: true)
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
      var set = ScalarSet.category(String(name))
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
