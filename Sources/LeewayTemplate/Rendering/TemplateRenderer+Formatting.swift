/// Texts with places for values, in both of Python's ways; only places without a width or a style.
extension TemplateRenderer {
  /// `%s` and `%d`, one value after the other.
  /// - Parameter isExact: whether a value that is left over is a mistake.
  func formatted(_ text: Text, _ values: [TemplateValue], isExact: Bool = true)
    throws(TemplateFault) -> Text
  {
    var out: Text = []
    var rest = text[...]
    var left = values[...]
    while let next = rest.popFirst() {
      guard next == "%" else {
        out.append(next)
        continue
      }
      let kind = rest.popFirst()
      if kind == "%" {
        out.append("%")
        continue
      }
      guard let kind, "sdi".unicodeScalars.contains(kind) else {
        throw .unsupported(kind: "format", name: "%" + (kind.map { String(Character($0)) } ?? ""))
      }
      guard let value = left.popFirst() else {
        throw .wrongKind(operation: "%", found: "too few values")
      }
      out += kind == "s" ? try printed(value) : try whole(value)
      try meter.spend(out.count)
    }
    guard left.isEmpty || !isExact else {
      throw .wrongKind(operation: "%", found: "too many values")
    }
    return out
  }

  private func whole(_ value: TemplateValue) throws(TemplateFault) -> Text {
    if let number = value.integer { return Text("\(number)") }
    guard case .real(let number) = value, let whole = Int(exactly: number.rounded(.towardZero))
    else { throw try failure("%d", value) }
    return Text("\(whole)")
  }

  /// `{}`, `{0}` and `{name}`.
  func formatted(_ text: Text, _ call: TemplateCall) throws(TemplateFault) -> Text {
    var out: Text = []
    var rest = text[...]
    var count: Int? = 0
    while let next = rest.popFirst() {
      guard next == "{" || next == "}", rest.first != next else {
        if rest.first == next, next == "{" || next == "}" { rest.removeFirst() }
        out.append(next)
        continue
      }
      guard next == "{", let end = rest.firstIndex(of: "}") else {
        throw .wrongKind(operation: "format", found: "a single brace")
      }
      let name = Text(rest[..<end])
      rest = rest[(end + 1)...]
      out += try printed(try place(name, call, &count))
      try meter.spend(out.count)
    }
    return out
  }

  /// - Parameter count: unnumbered places so far; nil when there are numbered ones.
  private func place(_ name: Text, _ call: TemplateCall, _ count: inout Int?)
    throws(TemplateFault) -> TemplateValue
  {
    guard name.allSatisfy(\.isNamePart) else {
      throw .unsupported(kind: "format", name: "{\(name.string)}")
    }
    var index: Int?
    if name.isEmpty {
      index = count
      count = index.map { $0 + 1 }
    } else if name.allSatisfy(\.isDecimalDigit) {
      // Python refuses both ways in one text.
      if count == 0 || count == nil { index = Int(name.string) }
      count = nil
    } else if let value = call.named.first(where: { $0.name == name.string })?.value {
      return value
    }
    guard let index, call.positional.indices.contains(index) else {
      throw .wrongKind(operation: "format", found: "no value for {\(name.string)}")
    }
    return call.positional[index]
  }
}
