/// Attributes, items and slices, with Python's order of looking: a mapping's methods hide its keys
/// behind a dot, and its keys hide its methods in brackets.
extension TemplateRenderer {
  func attribute(_ name: String, of value: TemplateValue) throws(TemplateFault) -> TemplateValue {
    if case .missing = value { throw try failure(".\(name)", value) }
    if let found = try own(name, of: value) { return found }
    if case .mapping(let mapping) = value, let found = mapping[name] { return found }
    return .missing(name)
  }

  func item(_ key: TemplateValue, of value: TemplateValue) throws(TemplateFault) -> TemplateValue {
    if case .missing = value { throw try failure("[]", value) }
    if case .mapping(let mapping) = value {
      if let place = TemplateMapping.key(key), let found = mapping[place] { return found }
    } else if let index = key.integer {
      if let text = value.characters {
        guard let place = Self.place(index, text.count) else { return .missing("[\(index)]") }
        if case .safe = value { return .safe([text[place]]) }
        return .text([text[place]])
      }
      if let items = value.items {
        return Self.place(index, items.count).map { items[$0] } ?? .missing("[\(index)]")
      }
    }
    guard let name = key.characters?.string else { return .missing("[]") }
    return try own(name, of: value) ?? .missing(name)
  }

  private static func place(_ index: Int, _ count: Int) -> Int? {
    let place = index < 0 ? index + count : index
    return (0..<count).contains(place) ? place : nil
  }

  /// What the value has under a name of its own; nil when it has nothing.
  private func own(_ name: String, of value: TemplateValue) throws(TemplateFault)
    -> TemplateValue?
  {
    switch value {
    case .loop(let loop): return try loop.attribute(name, self)
    case .namespace(let namespace): return namespace.values[name]
    case .text, .safe: return Self.textMethods.contains(name) ? .method(value, name) : nil
    case .mapping:
      if Self.mappingMethods.contains(name) { return .method(value, name) }
      // The sandbox hides what would change a mapping.
      return Self.mappingChanges.contains(name) ? .missing(name) : nil
    case .list where name == "copy": return .method(value, name)
    case .group(let key, _) where name == "grouper": return key
    case .group(_, let items) where name == "list": return .list(items)
    case .list, .tuple, .group:
      return ["count", "index"].contains(name) ? .method(value, name) : nil
    case .integer, .real, .bool:
      guard !Self.numberAttributes.contains(name) else {
        throw .unsupported(kind: "attribute of a number", name: name)
      }
      return nil
    case .macro where Self.macroAttributes.contains(name):
      throw .unsupported(kind: "attribute of a macro", name: name)
    default: return nil
    }
  }

  private static let macroAttributes: Set = [
    "name", "arguments", "catch_kwargs", "catch_varargs", "caller",
  ]
  private static let numberAttributes: Set = [
    "as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator", "from_bytes",
    "fromhex", "hex", "imag", "is_integer", "numerator", "real", "to_bytes",
  ]
  private static let mappingMethods: Set = ["items", "keys", "values", "get", "copy", "fromkeys"]
  private static let mappingChanges: Set = ["clear", "pop", "popitem", "setdefault", "update"]
  private static let textMethods: Set = [
    "capitalize", "casefold", "center", "count", "encode", "endswith", "expandtabs", "find",
    "format", "format_map", "index", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit",
    "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper", "join",
    "ljust", "lower", "lstrip", "maketrans", "partition", "removeprefix", "removesuffix",
    "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split",
    "splitlines", "startswith", "strip", "swapcase", "title", "translate", "upper", "zfill",
  ]

  // MARK: Slices

  func slice(_ value: TemplateValue, _ bounds: [TemplateValue?]) throws(TemplateFault)
    -> TemplateValue
  {
    if case .missing = value { throw try failure("[:]", value) }
    var numbers: [Int?] = []
    for bound in bounds {
      switch bound {
      case nil, .some(.none): numbers.append(nil)
      case let bound?:
        guard let number = bound.integer else { throw try failure("[:]", bound) }
        numbers.append(number)
      }
    }
    let step = numbers[2] ?? 1
    guard step != 0 else { throw .wrongKind(operation: "[:]", found: "a step of 0") }
    switch value.plain {
    case .text(let text):
      try meter.spend(text.count)
      return .text(Self.places(numbers, step, text.count).map { text[$0] })
    case .safe(let text):
      try meter.spend(text.count)
      return .safe(Self.places(numbers, step, text.count).map { text[$0] })
    case .list(let items):
      try meter.spend(8 * items.count)
      return .list(Self.places(numbers, step, items.count).map { items[$0] })
    case .tuple(let items):
      try meter.spend(8 * items.count)
      return .tuple(Self.places(numbers, step, items.count).map { items[$0] })
    // The reference makes nothing of a literal, and an error of anything else.
    default: throw .unsupported(kind: "slice", name: "of \(value.kind)")
    }
  }

  private static func places(_ bounds: [Int?], _ step: Int, _ count: Int) -> [Int] {
    func clamp(_ bound: Int, _ low: Int, _ high: Int) -> Int {
      min(max(bound < 0 ? bound + count : bound, low), high)
    }
    // No farther than over everything.
    let step = min(max(step, -count - 1), count + 1)
    if step > 0 {
      let start = clamp(bounds[0] ?? 0, 0, count)
      let end = clamp(bounds[1] ?? count, 0, count)
      return start < end ? Array(stride(from: start, to: end, by: step)) : []
    }
    let start = bounds[0].map { clamp($0, -1, count - 1) } ?? count - 1
    let end = bounds[1].map { clamp($0, -1, count - 1) } ?? -1
    return start > end ? Array(stride(from: start, to: end, by: step)) : []
  }
}
