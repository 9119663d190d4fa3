/// Cuts a template into tokens as the reference does with `trim_blocks` and `lstrip_blocks`: the
/// line break after a block is dropped, and so is the space before a block that begins its line.
struct TemplateLexer {
  private let source: Text
  private var at = 0
  private(set) var line = 1
  private var tokens: [TemplateToken] = []
  /// Brackets that stand open: `}}` closes a tag only when there are none.
  private var open: [String] = []
  /// What was read last ended a line.
  private var lineStarts = true

  init(_ text: Text) {
    var source: Text = []
    source.reserveCapacity(text.count)
    for (index, scalar) in text.enumerated() {
      if scalar == "\r" {
        source.append("\n")
      } else if scalar != "\n" || index == 0 || text[index - 1] != "\r" {
        source.append(scalar)
      }
    }
    if source.last == "\n" { source.removeLast() }
    self.source = source
  }

  mutating func run() throws(TemplateFault) -> [TemplateToken] {
    while at < source.count {
      guard let tag = nextTag() else {
        add(.data(Array(source[at...])))
        at = source.count
        break
      }
      let mark = source[tag + 1]
      let start = at
      let sign = tag + 2 < source.count && "-+".unicodeScalars.contains(source[tag + 2])
      let after = tag + (sign ? 3 : 2)
      data(start..<tag, sign: sign ? source[tag + 2] : nil, isVariable: mark == "{")
      line += source[start..<tag].count { $0 == "\n" }
      at = after
      lineStarts = false
      switch mark {
      case "#": try comment()
      case "{":
        add(.variableBegin)
        try inside(isBlock: false)
      default:
        if let end = rawBegin() {
          at = end
          try raw()
        } else {
          add(.blockBegin)
          try inside(isBlock: true)
        }
      }
    }
    add(.end)
    return tokens
  }

  private mutating func add(_ kind: TemplateToken.Kind) {
    tokens.append(TemplateToken(kind: kind, line: line))
  }

  private func nextTag() -> Int? {
    var index = at
    while index + 1 < source.count {
      if source[index] == "{", "%{#".unicodeScalars.contains(source[index + 1]) { return index }
      index += 1
    }
    return nil
  }

  /// Text before a tag, without the space that the tag takes away.
  private mutating func data(_ range: Range<Int>, sign: Unicode.Scalar?, isVariable: Bool) {
    var text = source[range]
    if sign == "-" {
      while let last = text.last, last.isPythonSpace { text.removeLast() }
    } else if sign == nil, !isVariable {
      let start = text.lastIndex(of: "\n").map { $0 + 1 }
      let lineStart = start ?? text.startIndex
      if start != nil || lineStarts, lineStart < text.endIndex,
        text[lineStart...].allSatisfy(\.isPythonSpace)
      {
        text = text[..<lineStart]
      }
    }
    if !text.isEmpty { add(.data(Array(text))) }
  }

  private func matches(_ text: String, _ index: Int) -> Bool {
    let wanted = text.unicodeScalars
    return index + wanted.count <= source.count
      && source[index..<index + wanted.count].elementsEqual(wanted)
  }

  private func pastSpace(_ index: Int) -> Int {
    var index = index
    while index < source.count, source[index].isPythonSpace { index += 1 }
    return index
  }

  /// Where a closing mark with its sign and what it takes along ends; nil when none stands here.
  private func closing(_ mark: String, _ index: Int, isVariable: Bool = false) -> Int? {
    let length = mark.unicodeScalars.count
    if matches("-" + mark, index) { return pastSpace(index + 1 + length) }
    if !isVariable, matches("+" + mark, index) { return index + 1 + length }
    guard matches(mark, index) else { return nil }
    let end = index + length
    return !isVariable && end < source.count && source[end] == "\n" ? end + 1 : end
  }

  private mutating func move(to end: Int) {
    line += source[at..<end].count { $0 == "\n" }
    lineStarts = end > at && source[end - 1] == "\n"
    at = end
  }

  private mutating func comment() throws(TemplateFault) {
    var index = at
    // Nothing at all after the mark is no mistake to the reference.
    if at == source.count { return }
    while index < source.count {
      if let end = closing("#}", index) { return move(to: end) }
      index += 1
    }
    throw .syntax(expected: "#}", found: "the end of the template")
  }

  // MARK: Raw text

  private func rawBegin() -> Int? {
    let word = pastSpace(at)
    guard matches("raw", word) else { return nil }
    let end = pastSpace(word + 3)
    if matches("-%}", end) { return pastSpace(end + 3) }
    return matches("%}", end) ? end + 2 : nil
  }

  private mutating func raw() throws(TemplateFault) {
    let start = at
    lineStarts = start > 0 && source[start - 1] == "\n"
    var index = at
    while index < source.count {
      if matches("{%", index) {
        let sign = index + 2 < source.count && "-+".unicodeScalars.contains(source[index + 2])
        let word = pastSpace(index + (sign ? 3 : 2))
        if matches("endraw", word), let end = closing("%}", pastSpace(word + 6)) {
          data(start..<index, sign: sign ? source[index + 2] : nil, isVariable: false)
          return move(to: end)
        }
      }
      index += 1
    }
    throw .syntax(expected: "{% endraw %}", found: "the end of the template")
  }

  // MARK: Inside a tag

  private mutating func inside(isBlock: Bool) throws(TemplateFault) {
    open = []
    while at < source.count {
      if open.isEmpty,
        let end = closing(isBlock ? "%}" : "}}", at, isVariable: !isBlock)
      {
        add(isBlock ? .blockEnd : .variableEnd)
        return move(to: end)
      }
      let scalar = source[at]
      if scalar.isPythonSpace {
        move(to: pastSpace(at))
      } else if scalar.isDecimalDigit {
        try number()
      } else if scalar.isNamePart {
        name()
      } else if scalar == "'" || scalar == "\"" {
        try string(scalar)
      } else {
        try symbol()
      }
    }
    throw .syntax(expected: isBlock ? "%}" : "}}", found: "the end of the template")
  }

  private mutating func name() {
    var end = at
    while end < source.count, source[end].isNamePart { end += 1 }
    add(.name(Array(source[at..<end]).string))
    move(to: end)
  }

  private mutating func number() throws(TemplateFault) {
    func digits(_ index: Int) -> Int {
      var end = index
      while end < source.count, source[end].isDecimalDigit || source[end] == "_" { end += 1 }
      return end
    }
    let start = at
    var end = digits(start)
    var whole = true
    if end + 1 < source.count, source[end] == ".", source[end + 1].isDecimalDigit {
      (whole, end) = (false, digits(end + 1))
    }
    if end < source.count, source[end] == "e" || source[end] == "E" {
      let sign = end + 1 < source.count && "+-".unicodeScalars.contains(source[end + 1])
      let exponent = end + (sign ? 2 : 1)
      if exponent < source.count, source[exponent].isDecimalDigit {
        (whole, end) = (false, digits(exponent))
      }
    }
    let spelling = Array(source[start..<end]).string
    let text = spelling.filter { $0 != "_" }
    // Other spellings of numbers, and whole ones beyond 64 bits, are no one's in a template.
    let odd = whole && text.count > 1 && text.hasPrefix("0")
    let glued = end < source.count && source[end].isNamePart
    if !odd, !glued, whole, let value = Int(text) {
      add(.integer(value))
    } else if !odd, !glued, !whole, let value = Double(text) {
      add(.real(value))
    } else {
      throw .unsupported(kind: "number", name: spelling)
    }
    move(to: end)
  }

  private mutating func string(_ quote: Unicode.Scalar) throws(TemplateFault) {
    var end = at + 1
    while end < source.count, source[end] != quote { end += source[end] == "\\" ? 2 : 1 }
    guard end < source.count else {
      throw .syntax(expected: "a closing \(quote)", found: "the end of the template")
    }
    add(.string(try TemplateEscapes.read(source[(at + 1)..<end])))
    move(to: end + 1)
  }

  private static let symbols = [
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ",", ";",
  ]

  private mutating func symbol() throws(TemplateFault) {
    guard let symbol = Self.symbols.first(where: { matches($0, at) }) else {
      throw .syntax(expected: "an expression", found: String(Character(source[at])))
    }
    switch symbol {
    case "(": open.append(")")
    case "[": open.append("]")
    case "{": open.append("}")
    case ")", "]", "}":
      let expected = open.popLast()
      guard expected == symbol else {
        throw .syntax(expected: expected ?? "an expression", found: symbol)
      }
    default: break
    }
    add(.symbol(symbol))
    move(to: at + symbol.unicodeScalars.count)
  }
}

extension Unicode.Scalar {
  var isDecimalDigit: Bool { (0x30...0x39).contains(value) }

  /// Names of templates are spelt in ASCII.
  var isNamePart: Bool {
    isDecimalDigit || self == "_" || (0x41...0x5A).contains(value) || (0x61...0x7A).contains(value)
  }
}
