extension TemplateRenderer {
  func filter(_ name: String, _ value: TemplateValue, _ call: TemplateCall) throws(TemplateFault)
    -> TemplateValue
  {
    func bound(_ parameters: String...) throws(TemplateFault) -> [TemplateValue?] {
      try call.bound(to: parameters, of: name)
    }
    switch name {
    case "default", "d":
      let given = try bound("default_value", "boolean")
      let goes = value.isMissing || given[1]?.isTrue == true && !value.isTrue
      return goes ? given[0] ?? .text([]) : value
    case "length", "count":
      _ = try bound()
      guard let length = length(value) else { throw try failure(name, value) }
      return .integer(length)
    case "tojson":
      let given = try bound("ensure_ascii", "indent", "separators", "sort_keys")
      return .text(try json(value, given))
    case "string": return value.characters == nil ? .text(try printed(value)) : value
    case "safe": return .safe(try printed(value))
    case "e", "escape":
      if case .safe = value { return value }
      return .safe(try printed(value).escaped())
    case "list": return .list(try items(of: value, name))
    case "items":
      guard !value.isMissing else { return .stream(TemplateStream([])) }
      guard case .mapping(let mapping) = value else { throw try failure(name, value) }
      try meter.spend(8 * mapping.count)
      return .stream(TemplateStream(pairs(mapping)))
    case "first":
      if case .stream(let stream) = value { return stream.next() ?? .missing("first") }
      return try items(of: value, name).first ?? .missing("first")
    case "last":
      if case .stream = value { throw try failure(name, value) }
      return try items(of: value, name).last ?? .missing("last")
    case "reverse":
      if let text = value.characters { return .text(text.reversed()) }
      return .stream(TemplateStream(try items(of: value, name).reversed()))
    case "join":
      let given = try bound("d", "attribute")
      return .text(try joined(value, given[0], attribute: given[1]))
    case "map", "select", "reject", "selectattr", "rejectattr":
      return .stream(TemplateStream(try chosen(name, value, call)))
    case "sort", "unique", "dictsort", "min", "max", "sum", "groupby", "batch", "slice":
      return try sequence(name, value, call)
    case "int", "float", "abs", "round": return try number(name, value, call)
    case "attr":
      guard let attribute = try bound("name")[0]?.characters?.string else {
        throw .wrongKind(operation: name, found: "no name")
      }
      if case .mapping = value { throw .unsupported(kind: "filter", name: "attr of a mapping") }
      return try self.attribute(attribute, of: value)
    default: return try text(name, value, call)
    }
  }

  func pairs(_ mapping: TemplateMapping) -> [TemplateValue] {
    zip(mapping.keys, mapping.values).map { .tuple([$0, $1]) }
  }

  private func joined(
    _ value: TemplateValue, _ separator: TemplateValue?, attribute: TemplateValue?
  ) throws(TemplateFault) -> Text {
    let between = try separator.map(printed) ?? []
    var out: Text = []
    for (index, item) in try items(of: value, "join").enumerated() {
      let shown = try attribute.map { (path) throws(TemplateFault) in try follow(path, item) }
      if index > 0 { out += between }
      out += try printed(shown ?? item)
      try meter.spend(between.count)
    }
    return out
  }

  /// `a.b.0` of an item.
  /// - Parameter standard: what stands for each part that is not there.
  func follow(_ path: TemplateValue, _ item: TemplateValue, standard: TemplateValue? = nil)
    throws(TemplateFault) -> TemplateValue
  {
    guard let text = path.characters else { return try self.item(path, of: item) }
    var value = item
    for part in text.split(at: ["."]) {
      let isIndex = !part.isEmpty && part.allSatisfy(\.isDecimalDigit)
      let key = isIndex ? Int(part.string).map { TemplateValue.integer($0) } : nil
      value = try self.item(key ?? .text(part), of: value)
      if value.isMissing, let standard, !isNone(standard) { value = standard }
    }
    return value
  }

  // MARK: Choosing

  private func chosen(_ name: String, _ value: TemplateValue, _ call: TemplateCall)
    throws(TemplateFault) -> [TemplateValue]
  {
    // What is false is not gone through, whatever it is.
    guard value.isTrue else { return [] }
    let items = try items(of: value, name)
    var found: [TemplateValue] = []
    if name == "map" {
      for item in items { found.append(try mapped(item, call)) }
      return found
    }
    let byAttribute = name.hasSuffix("attr")
    let keeps = name.hasPrefix("select")
    guard !byAttribute || !call.positional.isEmpty else {
      throw .wrongKind(operation: name, found: "no attribute")
    }
    let test = call.dropping(byAttribute ? 1 : 0)
    for item in items {
      let subject = byAttribute ? try follow(call.positional[0], item) : item
      var holds = subject.isTrue
      if let test = test.positional.first {
        guard let test = test.characters?.string else { throw try failure(name, test) }
        holds = try self.test(test, subject, call.dropping(byAttribute ? 2 : 1))
      }
      if holds == keeps { found.append(item) }
    }
    return found
  }

  private func mapped(_ item: TemplateValue, _ call: TemplateCall) throws(TemplateFault)
    -> TemplateValue
  {
    if let filter = call.positional.first {
      guard let filter = filter.characters?.string else { throw try failure("map", filter) }
      return try self.filter(filter, item, call.dropping(1))
    }
    let given = try call.bound(to: ["attribute", "default"], of: "map")
    guard let path = given[0] else { throw .wrongKind(operation: "map", found: "no filter") }
    return try follow(path, item, standard: given[1])
  }
}
