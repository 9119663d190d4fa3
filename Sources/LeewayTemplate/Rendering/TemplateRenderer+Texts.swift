extension TemplateRenderer {
  /// Filters on texts; what is no text is printed first.
  func text(_ name: String, _ value: TemplateValue, _ call: TemplateCall) throws(TemplateFault)
    -> TemplateValue
  {
    func bound(_ parameters: String...) throws(TemplateFault) -> [TemplateValue?] {
      try call.bound(to: parameters, of: name)
    }
    guard Self.textFilters.contains(name) else { throw .unsupported(kind: "filter", name: name) }
    let text = try plain(value, name)
    switch name {
    case "wordcount":
      _ = try bound()
      return .integer(text.split(whereSeparator: { !$0.isWordPart }).count)
    case "format":
      guard call.named.isEmpty else { throw .unsupported(kind: "format", name: "of names") }
      return .text(try formatted(text, call.positional))
    case "trim":
      let characters = try bound("chars")[0]
      return .text(text.stripped(try self.characters(characters ?? .none, name)))
    case "center":
      let width = try bound("width")[0] ?? .integer(80)
      return try method(name, .text(text), TemplateCall(positional: [width]))
    case "upper": return .text(text.uppercased())
    case "lower": return .text(text.lowercased())
    case "capitalize": return .text(text.capitalized())
    case "title": return .text(titled(text))
    case "replace":
      let given = try bound("old", "new", "count")
      guard let old = given[0], let new = given[1] else {
        throw .wrongKind(operation: name, found: "too few arguments")
      }
      return .text(
        try replaced(text, try printed(old), try printed(new), given[2]))
    default:
      guard value.characters != nil else { throw try failure(name, value) }
      return .text(try indented(text, try bound("width", "first", "blank")))
    }
  }

  private static let textFilters: Set = [
    "center", "trim", "upper", "lower", "capitalize", "title", "replace", "indent", "wordcount",
    "format",
  ]

  /// A text that is not marked safe: what Python makes of marked ones is another thing at each turn.
  func plain(_ value: TemplateValue, _ operation: String) throws(TemplateFault) -> Text {
    if case .safe = value {
      throw .unsupported(kind: "filter", name: "\(operation) of a text marked safe")
    }
    return try printed(value)
  }

  func characters(_ value: TemplateValue, _ operation: String) throws(TemplateFault) -> Text? {
    if case .none = value { return nil }
    guard case .text(let text) = value else { throw try failure(operation, value) }
    return text
  }

  /// The filter's own idea of a title: a letter after space, dashes and opening brackets is large.
  private func titled(_ text: Text) -> Text {
    var out: Text = []
    var word: Text = []
    func flush() {
      guard let first = word.first else { return }
      out += Text([first]).uppercased() + Text(word.dropFirst()).lowercased()
      word = []
    }
    for scalar in text {
      if scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar) {
        flush()
        out.append(scalar)
      } else {
        word.append(scalar)
      }
    }
    flush()
    return out
  }

  func replaced(_ text: Text, _ old: Text, _ new: Text, _ count: TemplateValue?)
    throws(TemplateFault) -> Text
  {
    var limit = Int.max
    if let count, !isNone(count) {
      guard let number = count.integer else { throw try failure("replace", count) }
      limit = number < 0 ? .max : number
    }
    let places = text.places(of: old, limit: limit)
    try meter.spend(text.count)
    try meter.spend(places.count, times: new.count)
    return text.replacing(places, old.count, with: new)
  }

  func isNone(_ value: TemplateValue) -> Bool { if case .none = value { true } else { false } }

  private func indented(_ text: Text, _ given: [TemplateValue?]) throws(TemplateFault) -> Text {
    var indent = Text(repeating: " ", count: 4)
    if let width = given[0] {
      if let characters = width.characters {
        indent = characters
      } else {
        guard let count = width.integer else { throw try failure("indent", width) }
        try meter.spend(max(count, 0))
        indent = Text(repeating: " ", count: max(count, 0))
      }
    }
    let lines = (text + ["\n"]).splitLines()
    try meter.spend(lines.count, times: indent.count)
    let blank = given[2]?.isTrue == true
    var out: Text = given[1]?.isTrue == true ? indent : []
    for (index, line) in lines.enumerated() {
      if index > 0 {
        out.append("\n")
        if blank || !line.isEmpty { out += indent }
      }
      out += line
    }
    return out
  }
}
