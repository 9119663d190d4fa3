extension TemplateRenderer {
  /// As Python's `str`.
  func printed(_ value: TemplateValue) throws(TemplateFault) -> Text {
    if let text = value.characters { return text }
    if value.isMissing { return [] }
    return try spelled(value)
  }

  /// As Python's `repr`: what stands inside a list.
  private func spelled(_ value: TemplateValue) throws(TemplateFault) -> Text {
    try meter.enter()
    defer { meter.leave() }
    try meter.spend(1)
    switch value.plain {
    case .none: return Text("None")
    case .bool(let flag): return Text(flag ? "True" : "False")
    case .integer(let number): return Text("\(number)")
    case .real(let number): return Text(PythonNumber.spelled(number))
    case .text(let text):
      try meter.spend(text.count)
      return text.quoted()
    case .list(let items): return try listed(items, "[", "]")
    case .tuple(let items): return try listed(items, "(", items.count == 1 ? ",)" : ")")
    case .mapping(let mapping):
      var out: Text = ["{"]
      for (index, key) in mapping.keys.enumerated() {
        if index > 0 { out += Text(", ") }
        out += try spelled(key)
        out += Text(": ")
        out += try spelled(mapping.values[index])
      }
      return out + ["}"]
    case .missing: return Text("Undefined")
    // These print with an address, or with a name of Python's own.
    default: throw .unsupported(kind: "printing", name: "of \(value.kind)")
    }
  }

  private func listed(_ items: [TemplateValue], _ open: String, _ close: String)
    throws(TemplateFault) -> Text
  {
    var out = Text(open)
    for (index, item) in items.enumerated() {
      if index > 0 { out += Text(", ") }
      out += try spelled(item)
    }
    try meter.spend(out.count)
    return out + Text(close)
  }

  // MARK: JSON

  /// `json.dumps` with the reference's defaults.
  /// - Parameter given: ensure_ascii, indent, separators, sort_keys.
  func json(_ value: TemplateValue, _ given: [TemplateValue?]) throws(TemplateFault) -> Text {
    var style = JSONStyle()
    style.asciiOnly = given[0]?.isTrue == true
    style.sorted = given[3]?.isTrue == true
    if let indent = given[1], !isNone(indent) {
      if let text = indent.characters {
        style.indent = text
      } else if let width = indent.integer {
        try meter.spend(max(width, 0))
        style.indent = Text(repeating: " ", count: max(width, 0))
      } else {
        throw try failure("tojson", indent)
      }
      style.between = [","]
    }
    if let separators = given[2], !isNone(separators) {
      guard let both = separators.items, both.count == 2, let item = both[0].characters,
        let key = both[1].characters
      else { throw try failure("tojson", separators) }
      (style.between, style.afterKey) = (item, key)
    }
    var out: Text = []
    try write(value, style, 0, into: &out)
    return out
  }

  private struct JSONStyle {
    var asciiOnly = false
    var sorted = false
    /// Nil for everything on one line.
    var indent: Text?
    var between: Text = [",", " "]
    var afterKey: Text = [":", " "]
  }

  private func write(
    _ value: TemplateValue, _ style: JSONStyle, _ depth: Int, into out: inout Text
  ) throws(TemplateFault) {
    try meter.enter()
    defer { meter.leave() }
    try meter.spend(1)
    switch value.plain {
    case .none: out += Text("null")
    case .bool(let flag): out += Text(flag ? "true" : "false")
    case .integer(let number): out += Text("\(number)")
    case .real(let number): out += Text(Self.json(number))
    case .text(let text), .safe(let text): try quote(text, style, into: &out)
    case .list(let items), .tuple(let items):
      out.append("[")
      guard !items.isEmpty else { return out.append("]") }
      for (index, item) in items.enumerated() {
        if index > 0 { out += style.between }
        try newLine(style, depth + 1, into: &out)
        try write(item, style, depth + 1, into: &out)
      }
      try newLine(style, depth, into: &out)
      out.append("]")
    case .mapping(let mapping):
      out.append("{")
      guard mapping.count > 0 else { return out.append("}") }
      for (index, place) in try order(mapping, style).enumerated() {
        if index > 0 { out += style.between }
        try newLine(style, depth + 1, into: &out)
        try quote(try key(mapping.keys[place]), style, into: &out)
        out += style.afterKey
        try write(mapping.values[place], style, depth + 1, into: &out)
      }
      try newLine(style, depth, into: &out)
      out.append("}")
    default: throw try failure("tojson", value)
    }
  }

  private static func json(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    return PythonNumber.spelled(number)
  }

  private func order(_ mapping: TemplateMapping, _ style: JSONStyle) throws(TemplateFault)
    -> [Int]
  {
    let places = Array(mapping.keys.indices)
    guard style.sorted else { return places }
    let names = mapping.keys.map(\.characters)
    guard !names.contains(nil) else { throw .unsupported(kind: "argument", name: "sort_keys") }
    return places.sorted { (names[$0] ?? []).lexicographicallyPrecedes(names[$1] ?? []) }
  }

  private func key(_ value: TemplateValue) throws(TemplateFault) -> Text {
    switch value {
    case .text(let text), .safe(let text): text
    case .none: Text("null")
    case .bool(let flag): Text(flag ? "true" : "false")
    case .integer(let number): Text("\(number)")
    case .real(let number): Text(Self.json(number))
    default: throw try failure("tojson", value)
    }
  }

  private func newLine(_ style: JSONStyle, _ depth: Int, into out: inout Text)
    throws(TemplateFault)
  {
    guard let indent = style.indent else { return }
    try meter.spend(indent.count, times: depth)
    out.append("\n")
    for _ in 0..<depth { out += indent }
  }

  private func quote(_ text: Text, _ style: JSONStyle, into out: inout Text)
    throws(TemplateFault)
  {
    try meter.spend(text.count)
    out.append("\"")
    for scalar in text {
      switch scalar {
      case "\"", "\\": out += ["\\", scalar]
      case "\n": out += Text("\\n")
      case "\r": out += Text("\\r")
      case "\t": out += Text("\\t")
      case "\u{08}": out += Text("\\b")
      case "\u{0C}": out += Text("\\f")
      default:
        guard scalar.value < 0x20 || style.asciiOnly && !scalar.isASCII else {
          out.append(scalar)
          continue
        }
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          out += Text("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        }
      }
    }
    out.append("\"")
  }
}
