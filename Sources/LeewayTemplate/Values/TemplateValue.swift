import LeewayBase

/// What an expression is worth while a template is rendered, with the kinds of Python: a template
/// shows the difference between a list and a tuple, a text and a number.
indirect enum TemplateValue {
  /// What is not there, by the name that it was asked under.
  case missing(String)
  case none
  case bool(Bool)
  case integer(Int)
  case real(Double)
  case text(Text)
  /// Text marked with `safe`: what is added to it is escaped, even where nothing else ever is.
  case safe(Text)
  case list([TemplateValue])
  case tuple([TemplateValue])
  /// What `groupby` gives: a pair that has names, `grouper` and `list`.
  case group(TemplateValue, [TemplateValue])
  /// Keys, values or items of a mapping, and ranges: they have a length, and are no lists.
  case view([TemplateValue])
  case mapping(TemplateMapping)
  /// What can be gone through once, as `map` and `selectattr` give.
  case stream(TemplateStream)
  case namespace(TemplateNamespace)
  case macro(TemplateMacro)
  case loop(TemplateLoop)
  case function(String)
  case method(TemplateValue, String)

  init(_ string: String) { self = .text(Text(string)) }

  init(_ json: JSONValue) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .real(let value): self = .real(value)
    case .string(let bytes): self = .text(Text(String(decoding: bytes, as: UTF8.self)))
    case .array(let values): self = .list(values.map { TemplateValue($0) })
    case .object(let members):
      var mapping = TemplateMapping()
      for member in members {
        mapping.set(
          .text(Text(String(decoding: member.key, as: UTF8.self))), TemplateValue(member.value))
      }
      self = .mapping(mapping)
    }
  }

  /// The characters of a text of either kind.
  var characters: Text? {
    switch self {
    case .text(let text), .safe(let text): text
    default: nil
    }
  }

  /// A pair without its names.
  var plain: TemplateValue {
    if case .group(let key, let items) = self { .tuple([key, .list(items)]) } else { self }
  }

  var isMissing: Bool { if case .missing = self { true } else { false } }

  /// Whole numbers; true and false are 1 and 0, as in Python.
  var integer: Int? {
    switch self {
    case .integer(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }

  var number: Double? {
    if case .real(let value) = self { return value }
    return integer.map(Double.init)
  }

  /// Items of what lies there whole.
  var items: [TemplateValue]? {
    switch self {
    case .list(let items), .tuple(let items), .view(let items): items
    case .group(let key, let items): [key, .list(items)]
    default: nil
    }
  }

  var isTrue: Bool {
    switch self {
    case .missing, .none: false
    case .bool(let value): value
    case .integer(let value): value != 0
    case .real(let value): value != 0
    case .text(let text), .safe(let text): !text.isEmpty
    case .list(let items), .tuple(let items), .view(let items): !items.isEmpty
    case .mapping(let mapping): mapping.count > 0
    case .group, .loop, .stream, .namespace, .macro, .function, .method: true
    }
  }

  /// As a message tells it.
  var kind: String {
    switch self {
    case .missing(let name): name.isEmpty ? "nothing" : "\(name), which is undefined"
    case .none: "none"
    case .bool: "a truth value"
    case .integer, .real: "a number"
    case .text, .safe: "a text"
    case .list: "a list"
    case .tuple, .group: "a tuple"
    case .view: "a view"
    case .mapping: "a mapping"
    case .stream: "a generator"
    case .namespace: "a namespace"
    case .macro: "a macro"
    case .loop: "a loop"
    case .function, .method: "a function"
    }
  }
}

/// A mapping in the order in which its keys came.
struct TemplateMapping {
  /// Keys that Python holds equal are one: 1, 1.0 and true.
  enum Key: Hashable {
    case none
    case integer(Int)
    case real(Double)
    case text(Text)
    case tuple([Key])
  }

  private(set) var keys: [TemplateValue] = []
  private(set) var values: [TemplateValue] = []
  private var places: [Key: Int] = [:]

  var count: Int { keys.count }

  /// Nil for what cannot be a key here.
  static func key(_ value: TemplateValue) -> Key? {
    switch value {
    case .none: Key.none
    case .bool(let flag): .integer(flag ? 1 : 0)
    case .integer(let value): .integer(value)
    case .real(let value): Int(exactly: value).map { .integer($0) } ?? .real(value)
    case .text(let text), .safe(let text): .text(text)
    case .tuple(let items):
      items.compactMap(Self.key).count == items.count ? .tuple(items.compactMap(Self.key)) : nil
    default: nil
    }
  }

  subscript(key: Key) -> TemplateValue? { places[key].map { values[$0] } }
  subscript(name: String) -> TemplateValue? { self[.text(Text(name))] }

  /// False when the value cannot be a key.
  @discardableResult
  mutating func set(_ key: TemplateValue, _ value: TemplateValue) -> Bool {
    guard let place = Self.key(key) else { return false }
    if let index = places[place] {
      values[index] = value
    } else {
      places[place] = keys.count
      keys.append(key)
      values.append(value)
    }
    return true
  }

  mutating func set(_ name: String, _ value: TemplateValue) { set(TemplateValue(name), value) }
}

/// What can be gone through once.
final class TemplateStream {
  private var items: ArraySlice<TemplateValue>

  init(_ items: [TemplateValue]) { self.items = items[...] }

  func next() -> TemplateValue? { items.popFirst() }

  /// All that is left.
  func rest() -> [TemplateValue] {
    defer { items = [] }
    return Array(items)
  }
}

/// What a template can write to from within loops.
final class TemplateNamespace {
  var values: [String: TemplateValue] = [:]
}

/// A macro with the names that were in reach where it was written.
final class TemplateMacro {
  let node: TemplateMacroNode
  let scope: TemplateScope

  init(_ node: TemplateMacroNode, _ scope: TemplateScope) {
    (self.node, self.scope) = (node, scope)
  }
}

/// Names that are in reach; what is set goes into the innermost.
final class TemplateScope {
  var values: [String: TemplateValue]
  let outer: TemplateScope?

  init(_ values: [String: TemplateValue] = [:], in outer: TemplateScope? = nil) {
    (self.values, self.outer) = (values, outer)
  }

  subscript(name: String) -> TemplateValue? {
    var scope: TemplateScope? = self
    while let here = scope {
      if let value = here.values[name] { return value }
      scope = here.outer
    }
    return nil
  }
}
