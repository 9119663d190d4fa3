extension TemplateRenderer {
  func compare(_ operation: String, _ a: TemplateValue, _ b: TemplateValue)
    throws(TemplateFault) -> Bool
  {
    switch operation {
    case "==": return try equal(a, b)
    case "!=": return try !equal(a, b)
    case "in": return try contains(b, a)
    case "not in": return try !contains(b, a)
    case "<": return try precedes(a, b)
    case ">": return try precedes(b, a)
    case "<=": return try precedes(a, b, orEqual: true)
    default: return try precedes(b, a, orEqual: true)
    }
  }

  func equal(_ a: TemplateValue, _ b: TemplateValue) throws(TemplateFault) -> Bool {
    try meter.enter()
    defer { meter.leave() }
    try meter.spend(1)
    let (a, b) = (a.plain, b.plain)
    if let x = a.characters, let y = b.characters {
      try meter.spend(min(x.count, y.count))
      return x == y
    }
    if let x = a.integer, let y = b.integer { return x == y }
    if let x = a.number, let y = b.number { return x == y }
    switch (a, b) {
    case (.missing, .missing), (.none, .none): return true
    case (.list(let x), .list(let y)), (.tuple(let x), .tuple(let y)):
      guard x.count == y.count else { return false }
      for (x, y) in zip(x, y) where try !equal(x, y) { return false }
      return true
    case (.mapping(let x), .mapping(let y)):
      guard x.count == y.count else { return false }
      for (key, value) in zip(x.keys, x.values) {
        guard let other = TemplateMapping.key(key).flatMap({ y[$0] }), try equal(value, other)
        else { return false }
      }
      return true
    case (.namespace(let x), .namespace(let y)): return x === y
    case (.macro(let x), .macro(let y)): return x === y
    case (.stream(let x), .stream(let y)): return x === y
    case (.loop(let x), .loop(let y)): return x === y
    case (.view, .view), (.function, .function), (.method, .method):
      throw .unsupported(kind: "comparison", name: "of \(a.kind)")
    default: return false
    }
  }

  func precedes(_ a: TemplateValue, _ b: TemplateValue, orEqual: Bool = false)
    throws(TemplateFault) -> Bool
  {
    try meter.enter()
    defer { meter.leave() }
    try meter.spend(1)
    let (a, b) = (a.plain, b.plain)
    if let x = a.characters, let y = b.characters {
      try meter.spend(min(x.count, y.count))
      return orEqual ? !y.lexicographicallyPrecedes(x) : x.lexicographicallyPrecedes(y)
    }
    if let x = a.integer, let y = b.integer { return orEqual ? x <= y : x < y }
    if let x = a.number, let y = b.number { return orEqual ? x <= y : x < y }
    switch (a, b) {
    case (.list(let x), .list(let y)), (.tuple(let x), .tuple(let y)):
      for (x, y) in zip(x, y) where try !equal(x, y) { return try precedes(x, y, orEqual: orEqual) }
      return orEqual ? x.count <= y.count : x.count < y.count
    default: throw try failure("<", a, b)
    }
  }

  func contains(_ whole: TemplateValue, _ part: TemplateValue) throws(TemplateFault) -> Bool {
    if let text = whole.characters {
      guard let wanted = part.characters else { throw try failure("in a text", part) }
      try meter.spend(text.count, times: 1 + wanted.count / 16)
      return text.place(of: wanted) != nil
    }
    switch whole.plain {
    case .missing: return false
    case .mapping(let mapping):
      if isKeptByNone(part) { return false }
      guard let key = TemplateMapping.key(part) else { throw try failure("in a mapping", part) }
      return mapping[key] != nil
    case .list(let items), .tuple(let items), .view(let items):
      for item in items where try equal(item, part) { return true }
      return false
    case .stream(let stream):
      while let item = stream.next() { if try equal(item, part) { return true } }
      return false
    default: throw try failure("in", whole)
    }
  }

  /// What Python can look up and no mapping here holds.
  private func isKeptByNone(_ value: TemplateValue) -> Bool {
    switch value {
    case .missing: true
    case .tuple(let items):
      items.allSatisfy { TemplateMapping.key($0) != nil || isKeptByNone($0) }
    default: false
    }
  }

  /// All that a loop over the value would see.
  func items(of value: TemplateValue, _ operation: String) throws(TemplateFault)
    -> [TemplateValue]
  {
    var items: [TemplateValue]
    switch value {
    case .missing: items = []
    case .text(let text): items = text.map { .text([$0]) }
    case .safe(let text): items = text.map { .safe([$0]) }
    case .mapping(let mapping): items = mapping.keys
    case .stream(let stream): items = stream.rest()
    default:
      guard let found = value.items else { throw try failure(operation, value) }
      items = found
    }
    try meter.spend(items.count)
    return items
  }

  /// What `length` counts; nil for what has none.
  func length(_ value: TemplateValue) -> Int? {
    if let text = value.characters { return text.count }
    switch value {
    case .missing: return 0
    case .mapping(let mapping): return mapping.count
    default: return value.items?.count
    }
  }
}
