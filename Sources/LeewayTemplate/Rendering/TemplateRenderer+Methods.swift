/// Methods of Python's texts, lists and mappings.
extension TemplateRenderer {
  func method(_ name: String, _ value: TemplateValue, _ call: TemplateCall)
    throws(TemplateFault) -> TemplateValue
  {
    switch value.plain {
    case .mapping(let mapping): return try method(name, mapping, call)
    case .text(let text): return try method(name, text, call)
    case .list where name == "copy":
      _ = try call.bound(to: [], of: name)
      return value
    case .list(let items), .tuple(let items):
      guard let wanted = try call.bound(to: ["value"], of: name)[0] else {
        throw .wrongKind(operation: name, found: "no argument")
      }
      var places: [Int] = []
      for (index, item) in items.enumerated() where try equal(item, wanted) {
        places.append(index)
      }
      if name == "count" { return .integer(places.count) }
      guard let first = places.first else { throw .wrongKind(operation: name, found: "no match") }
      return .integer(first)
    default: throw .unsupported(kind: "method", name: "\(name) of \(value.kind)")
    }
  }

  private func method(_ name: String, _ mapping: TemplateMapping, _ call: TemplateCall)
    throws(TemplateFault) -> TemplateValue
  {
    try meter.spend(8 * mapping.count)
    switch name {
    case "get":
      let given = try call.bound(to: ["key", "default"], of: name)
      guard call.named.isEmpty, let key = given[0] else {
        throw .wrongKind(operation: name, found: "no key")
      }
      if key.isMissing { return given[1] ?? .none }
      guard let place = TemplateMapping.key(key) else { throw try failure(name, key) }
      return mapping[place] ?? given[1] ?? .none
    case "items", "keys", "values", "copy":
      _ = try call.bound(to: [], of: name)
      switch name {
      case "items": return .view(pairs(mapping))
      case "keys": return .view(mapping.keys)
      case "values": return .view(mapping.values)
      default: return .mapping(mapping)
      }
    default: throw .unsupported(kind: "method", name: name)
    }
  }

  private func method(_ name: String, _ text: Text, _ call: TemplateCall)
    throws(TemplateFault) -> TemplateValue
  {
    try meter.spend(text.count)
    switch name {
    case "strip", "lstrip", "rstrip":
      let given = try positional(call, 0...1, name)
      let characters = try characters(given.first ?? .none, name)
      return .text(
        text.stripped(left: name != "rstrip", right: name != "lstrip", characters))
    case "upper", "lower", "title", "capitalize":
      _ = try positional(call, 0...0, name)
      switch name {
      case "upper": return .text(text.uppercased())
      case "lower": return .text(text.lowercased())
      case "title": return .text(text.titled())
      default: return .text(text.capitalized())
      }
    case "center", "ljust", "rjust", "zfill", "swapcase", "casefold":
      return .text(try shaped(name, text, call))
    case "startswith", "endswith":
      let given = try positional(call, 1...3, name)
      guard let text = try part(text, given, name)?.text else { return .bool(false) }
      let wanted: [TemplateValue] = if case .tuple(let all) = given[0] { all } else { [given[0]] }
      for item in wanted {
        guard let other = item.characters else { throw try failure(name, item) }
        if name == "startswith" ? text.starts(with: other) : text.suffix(other.count) == other[...]
        {
          return .bool(true)
        }
      }
      return .bool(false)
    case "replace":
      let given = try call.bound(to: ["old", "new", "count"], of: name)
      guard let old = given[0]?.characters, let new = given[1]?.characters else {
        throw try failure(name, given[0] ?? .none, given[1] ?? .none)
      }
      return .text(try replaced(text, old, new, given[2]))
    case "format": return .text(try formatted(text, call))
    case "split", "rsplit": return try split(name, text, call)
    case "splitlines":
      let keep = try call.bound(to: ["keepends"], of: name)[0]
      return .list(text.splitLines(keepEnds: keep?.isTrue == true).map { .text($0) })
    case "join":
      let given = try positional(call, 1...1, name)
      for item in given[0].items ?? [] where item.characters == nil {
        throw try failure(name, item)
      }
      return try filter("join", given[0], TemplateCall(positional: [.text(text)]))
    case "find", "rfind", "index", "rindex", "count", "removeprefix", "removesuffix", "partition",
      "rpartition":
      return try search(name, text, call)
    case "isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower", "isdecimal",
      "isnumeric", "isascii", "istitle":
      _ = try positional(call, 0...0, name)
      return .bool(Self.holds(name, text))
    default: throw .unsupported(kind: "method", name: name)
    }
  }

  /// Methods that pad a text, or change its case letter by letter.
  private func shaped(_ name: String, _ text: Text, _ call: TemplateCall) throws(TemplateFault)
    -> Text
  {
    if name == "swapcase" || name == "casefold" {
      _ = try positional(call, 0...0, name)
      guard text.allSatisfy(\.isASCII) else {
        throw .unsupported(kind: "method", name: "\(name) beyond ASCII")
      }
      return name == "casefold" ? text.lowercased() : text.swappingCase()
    }
    let given = try positional(call, name == "zfill" ? 1...1 : 1...2, name)
    guard let width = given[0].integer else { throw try failure(name, given[0]) }
    let filling: Text =
      given.count > 1 ? given[1].characters ?? [] : name == "zfill" ? ["0"] : [" "]
    guard filling.count == 1 else { throw .wrongKind(operation: name, found: "no one character") }
    let missing = max(width - text.count, 0)
    try meter.spend(missing)
    func filled(_ count: Int) -> Text { Text(repeatElement(filling[0], count: count)) }
    switch name {
    case "ljust": return text + filled(missing)
    case "rjust": return filled(missing) + text
    case "center":
      // The odd one goes to the left of a text that is to be of odd width.
      let left = missing / 2 + (missing & width & 1)
      return filled(left) + text + filled(missing - left)
    default:
      let sign = text.first == "-" || text.first == "+" ? 1 : 0
      return text.prefix(sign) + filled(missing) + text.dropFirst(sign)
    }
  }

  private func positional(_ call: TemplateCall, _ count: ClosedRange<Int>, _ name: String)
    throws(TemplateFault) -> [TemplateValue]
  {
    guard call.named.isEmpty, count.contains(call.positional.count) else {
      throw .wrongKind(operation: name, found: "\(call.positional.count) arguments")
    }
    return call.positional
  }

  private func split(_ name: String, _ text: Text, _ call: TemplateCall) throws(TemplateFault)
    -> TemplateValue
  {
    let given = try call.bound(to: ["sep", "maxsplit"], of: name)
    var limit = Int.max
    if let count = given[1] {
      guard let number = count.integer else { throw try failure(name, count) }
      limit = number < 0 ? .max : number
    }
    let separator = try characters(given[0] ?? .none, name)
    guard separator?.isEmpty != true else {
      throw .wrongKind(operation: name, found: "an empty separator")
    }
    let parts: [Text]
    if name == "split" || limit == .max {
      parts = separator.map { text.split(at: $0, limit: limit) } ?? text.splitAtSpace(limit: limit)
    } else {
      // Cuts are counted from the end.
      let mirrored = Text(text.reversed())
      let found =
        separator.map { mirrored.split(at: $0.reversed(), limit: limit) }
        ?? mirrored.splitAtSpace(limit: limit)
      parts = found.reversed().map { $0.reversed() }
    }
    try meter.spend(8 * parts.count)
    return .list(parts.map { .text($0) })
  }

  /// The part of a text that a method is asked about, from its second and third argument, and where
  /// it begins; nil when it would begin beyond the text.
  private func part(_ text: Text, _ given: [TemplateValue], _ name: String) throws(TemplateFault)
    -> (text: Text, start: Int)?
  {
    guard given.count > 1 else { return (text, 0) }
    func bound(_ index: Int, _ standard: Int) throws(TemplateFault) -> Int {
      guard given.indices.contains(index), !isNone(given[index]) else { return standard }
      guard let number = given[index].integer else { throw try failure(name, given[index]) }
      return max(number < 0 ? number + text.count : number, 0)
    }
    let start = try bound(1, 0)
    let end = min(try bound(2, text.count), text.count)
    return start > text.count || start > end ? nil : (Text(text[start..<end]), start)
  }

  private func search(_ name: String, _ text: Text, _ call: TemplateCall) throws(TemplateFault)
    -> TemplateValue
  {
    let inPart = ["find", "rfind", "index", "rindex", "count"].contains(name)
    let given = try positional(call, inPart ? 1...3 : 1...1, name)
    guard let other = given[0].characters else { throw try failure(name, given[0]) }
    try meter.spend(text.count, times: 1 + other.count / 16)
    if inPart {
      let part = try part(text, given, name)
      if name == "count" { return .integer(part?.text.places(of: other).count ?? 0) }
      let isLast = name.hasPrefix("r")
      let place = part.flatMap { part in
        (isLast ? part.text.lastPlace(of: other) : part.text.place(of: other)).map {
          $0 + part.start
        }
      }
      if place == nil, name.hasSuffix("index") {
        throw .wrongKind(operation: name, found: "no match")
      }
      return .integer(place ?? -1)
    }
    switch name {
    case "removeprefix":
      return .text(text.starts(with: other) ? Text(text.dropFirst(other.count)) : text)
    case "removesuffix":
      let ends = text.suffix(other.count) == other[...]
      return .text(ends ? Text(text.dropLast(other.count)) : text)
    default:
      guard !other.isEmpty else { throw .wrongKind(operation: name, found: "an empty separator") }
      let isLast = name == "rpartition"
      guard let place = isLast ? text.lastPlace(of: other) : text.place(of: other) else {
        return .tuple((isLast ? [[], [], text] : [text, [], []]).map { .text($0) })
      }
      return .tuple([
        .text(Text(text[..<place])), .text(other), .text(Text(text[(place + other.count)...])),
      ])
    }
  }

  private static func holds(_ name: String, _ text: Text) -> Bool {
    switch name {
    case "isdigit": !text.isEmpty && text.allSatisfy(\.isPythonDigit)
    case "isalpha": !text.isEmpty && text.allSatisfy(\.isPythonLetter)
    case "isalnum":
      !text.isEmpty
        && text.allSatisfy { $0.isPythonLetter || $0.properties.numericType != nil }
    case "isspace": !text.isEmpty && text.allSatisfy(\.isPythonSpace)
    case "isdecimal": !text.isEmpty && text.allSatisfy { $0.properties.numericType == .decimal }
    case "isnumeric": !text.isEmpty && text.allSatisfy { $0.properties.numericType != nil }
    case "isascii": text.allSatisfy(\.isASCII)
    case "istitle": text.isTitled
    default: text.isCased(lower: name == "islower")
    }
  }
}
