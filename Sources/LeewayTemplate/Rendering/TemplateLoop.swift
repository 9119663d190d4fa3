/// A loop while it runs: what `loop` tells, item by item, with one looked at ahead when asked.
final class TemplateLoop {
  /// Where items come from.
  enum Source {
    case items([TemplateValue])
    case stream(TemplateStream)

    init(of value: TemplateValue, _ renderer: TemplateRenderer) throws(TemplateFault) {
      if case .stream(let stream) = value {
        self = .stream(stream)
      } else {
        self = .items(try renderer.items(of: value, "for"))
      }
    }
  }

  private var waiting: ArraySlice<TemplateValue> = []
  private var stream: TemplateStream?
  private var test: TemplateExpression?
  let node: TemplateLoopNode
  private var target: TemplateTarget { node.target }
  /// The names around the loop.
  let outer: TemplateScope
  /// Loops of the same statement that this one was called from.
  let depth: Int
  private var known: Int?
  private var ahead: TemplateValue?
  private var before: TemplateValue?
  private var current: TemplateValue?
  private var told: [TemplateValue]?
  private var index = -1

  init(_ source: Source, _ node: TemplateLoopNode, in outer: TemplateScope, depth: Int) {
    (test, self.node, self.outer, self.depth) = (node.test, node, outer, depth)
    switch source {
    case .items(let items):
      waiting = items[...]
      if test == nil { known = items.count }
    case .stream(let stream): self.stream = stream
    }
  }

  /// The next item that passes the loop's own test, which sees the names around the loop.
  private func pull(_ renderer: TemplateRenderer) throws(TemplateFault) -> TemplateValue? {
    while let item = stream == nil ? waiting.popFirst() : stream?.next() {
      guard let test else { return item }
      let passes = try renderer.inside(TemplateScope(in: outer)) {
        () throws(TemplateFault) in
        try renderer.set(target, item)
        return try renderer.evaluate(test).isTrue
      }
      if passes { return item }
    }
    return nil
  }

  func advance(_ renderer: TemplateRenderer) throws(TemplateFault) -> TemplateValue? {
    guard let item = try peek(renderer) else { return nil }
    (before, current, ahead) = (current, item, nil)
    index += 1
    return item
  }

  private func peek(_ renderer: TemplateRenderer) throws(TemplateFault) -> TemplateValue? {
    if ahead == nil { ahead = try pull(renderer) }
    return ahead
  }

  private func length(_ renderer: TemplateRenderer) throws(TemplateFault) -> Int {
    if let known { return known }
    var rest: [TemplateValue] = []
    while let item = try pull(renderer) { rest.append(item) }
    (waiting, stream, test) = (rest[...], nil, nil)
    let length = rest.count + index + 1 + (ahead == nil ? 0 : 1)
    known = length
    return length
  }

  /// Nil when a loop tells nothing under this name.
  func attribute(_ name: String, _ renderer: TemplateRenderer) throws(TemplateFault)
    -> TemplateValue?
  {
    switch name {
    case "index": return .integer(index + 1)
    case "index0": return .integer(index)
    case "first": return .bool(index == 0)
    case "last": return .bool(try peek(renderer) == nil)
    case "length": return .integer(try length(renderer))
    case "revindex": return .integer(try length(renderer) - index)
    case "revindex0": return .integer(try length(renderer) - index - 1)
    case "depth": return .integer(depth + 1)
    case "depth0": return .integer(depth)
    case "previtem":
      return index == 0 ? .missing("loop.previtem") : before ?? .missing("loop.previtem")
    case "nextitem": return try peek(renderer) ?? .missing("loop.nextitem")
    case "cycle", "changed": return .method(.loop(self), name)
    default: return nil
    }
  }

  func call(_ name: String, _ values: [TemplateValue], _ renderer: TemplateRenderer)
    throws(TemplateFault) -> TemplateValue
  {
    if name == "cycle" {
      guard !values.isEmpty else {
        throw .wrongKind(operation: "loop.cycle", found: "no values")
      }
      return values[index % values.count]
    }
    if let told, try renderer.equal(.tuple(told), .tuple(values)) { return .bool(false) }
    told = values
    return .bool(true)
  }
}
