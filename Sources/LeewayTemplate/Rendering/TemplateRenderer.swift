/// Renders the statements of one template once.
final class TemplateRenderer {
  var meter = TemplateMeter()
  /// The line that is being rendered, for messages.
  var line = 1
  var scope = TemplateScope()
  private let given: [String: TemplateValue]
  /// What `strftime_now` tells; without it that function is not there.
  let date: TemplateDate?
  private var out: Text = []

  /// How a run of statements ended.
  enum Flow { case on, leave, next }

  init(_ given: [String: TemplateValue], date: TemplateDate?) {
    (self.given, self.date) = (given, date)
  }

  func render(_ statements: [TemplateStatement]) throws(TemplateFault) -> Text {
    _ = try run(statements)
    return out
  }

  // MARK: Names

  static let functions = [
    "range", "dict", "namespace", "raise_exception", "cycler", "joiner", "lipsum", "self",
  ]

  func value(of name: String) -> TemplateValue {
    if let value = scope[name] ?? given[name] { return value }
    if Self.functions.contains(name) || name == "strftime_now" && date != nil {
      return .function(name)
    }
    return .missing(name)
  }

  func set(_ target: TemplateTarget, _ value: TemplateValue) throws(TemplateFault) {
    switch target {
    case .name(let name): scope.values[name] = value
    case .attribute(let owner, let name):
      guard case .namespace(let namespace) = self.value(of: owner) else {
        throw .wrongKind(operation: "set \(owner).\(name)", found: self.value(of: owner).kind)
      }
      guard !name.hasPrefix("_") else { throw .unsupported(kind: "attribute", name: name) }
      namespace.values[name] = value
    case .tuple(let targets):
      let items = try items(of: value, "unpack")
      guard items.count == targets.count else {
        throw .wrongKind(operation: "unpack into \(targets.count)", found: "\(items.count) values")
      }
      for (target, item) in zip(targets, items) { try set(target, item) }
    }
  }

  /// Runs a body with names of its own.
  func inside<Result>(
    _ new: TemplateScope, _ body: () throws(TemplateFault) -> Result
  ) throws(TemplateFault) -> Result {
    let around = scope
    scope = new
    defer { scope = around }
    return try body()
  }

  // MARK: Statements

  func run(_ statements: [TemplateStatement]) throws(TemplateFault) -> Flow {
    try meter.enter()
    defer { meter.leave() }
    for statement in statements {
      try meter.spend(1)
      let flow = try run(statement)
      if flow != .on { return flow }
    }
    return .on
  }

  private func run(_ statement: TemplateStatement) throws(TemplateFault) -> Flow {
    switch statement {
    case .data(let text): try write(text)
    case .output(let expression, let line):
      self.line = line
      try write(try printed(try evaluate(expression)))
    case .choice(let branches, let otherwise):
      for branch in branches where try evaluate(branch.test).isTrue {
        return try run(branch.body)
      }
      return try run(otherwise)
    case .loop(let node): return try loop(node)
    case .set(let target, let expression, let line):
      self.line = line
      try set(target, try evaluate(expression))
    case .setBlock(let target, let filters, let body, let line):
      self.line = line
      let text = try captured { () throws(TemplateFault) in
        try inside(TemplateScope(in: scope)) { () throws(TemplateFault) in _ = try run(body) }
      }
      try set(target, try filtered(.text(text), filters))
    case .macro(let node): scope.values[node.name] = .macro(TemplateMacro(node, scope))
    case .call(let call, let node):
      guard case .call(let function, let arguments, let line) = call else { return .on }
      var values = try self.arguments(arguments)
      values.caller = TemplateMacro(node, scope)
      let called = try evaluate(function)
      self.line = line
      try write(try printed(try self.call(called, values)))
    case .filtered(let filters, let body):
      let text = try captured { () throws(TemplateFault) in
        try inside(TemplateScope(in: scope)) { () throws(TemplateFault) in _ = try run(body) }
      }
      try write(try printed(try filtered(.text(text), filters)))
    case .scope(let bindings, let body):
      let new = TemplateScope(in: scope)
      for binding in bindings {
        let value = try evaluate(binding.value)
        guard case .name(let name) = binding.target else { continue }
        new.values[name] = value
      }
      return try inside(new) { () throws(TemplateFault) in try run(body) }
    case .leave: return .leave
    case .next: return .next
    }
    return .on
  }

  private func loop(_ node: TemplateLoopNode) throws(TemplateFault) -> Flow {
    line = node.line
    return try loop(node, over: try evaluate(node.items), depth: 0)
  }

  /// A recursive loop, called with other items: what that writes.
  func again(_ loop: TemplateLoop, _ items: TemplateValue) throws(TemplateFault) -> Text {
    try meter.enter()
    defer { meter.leave() }
    return try captured { () throws(TemplateFault) in
      try inside(loop.outer) { () throws(TemplateFault) in
        _ = try self.loop(loop.node, over: items, depth: loop.depth + 1)
      }
    }
  }

  private func loop(_ node: TemplateLoopNode, over items: TemplateValue, depth: Int)
    throws(TemplateFault) -> Flow
  {
    let source = try TemplateLoop.Source(of: items, self)
    let loop = TemplateLoop(source, node, in: scope, depth: depth)
    var count = 0
    while let item = try loop.advance(self) {
      count += 1
      try meter.spend(8)
      let new = TemplateScope(["loop": .loop(loop)], in: scope)
      let flow = try inside(new) { () throws(TemplateFault) in
        try set(node.target, item)
        return try run(node.body)
      }
      if flow == .leave { break }
    }
    return count == 0
      ? try inside(TemplateScope(in: scope)) { () throws(TemplateFault) in
        try run(node.otherwise)
      } : .on
  }

  // MARK: Output

  private func write(_ text: Text) throws(TemplateFault) {
    try meter.spend(text.count)
    out += text
  }

  /// What a body writes, kept from the output.
  func captured(_ body: () throws(TemplateFault) -> Void) throws(TemplateFault) -> Text {
    let before = out
    out = []
    defer { out = before }
    try body()
    return out
  }

  func filtered(_ value: TemplateValue, _ filters: [TemplateFilter]) throws(TemplateFault)
    -> TemplateValue
  {
    var value = value
    for filter in filters {
      line = filter.line
      value = try self.filter(filter.name, value, try arguments(filter.arguments))
    }
    return value
  }
}
