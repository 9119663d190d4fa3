/// The arguments of a call, evaluated.
struct TemplateCall {
  var positional: [TemplateValue] = []
  var named: [(name: String, value: TemplateValue)] = []
  /// The body of a call block.
  var caller: TemplateMacro?

  /// The arguments by the order of their parameters, nil where there is none.
  /// - Throws: for one too many, one unknown, or one given twice.
  func bound(to parameters: [String], of function: String) throws(TemplateFault)
    -> [TemplateValue?]
  {
    guard positional.count <= parameters.count else {
      throw .wrongKind(operation: function, found: "\(positional.count) arguments")
    }
    var values: [TemplateValue?] = positional
    values += Array(repeating: nil, count: parameters.count - positional.count)
    for (name, value) in named {
      guard let index = parameters.firstIndex(of: name), values[index] == nil else {
        throw .wrongKind(operation: function, found: "the argument \(name)")
      }
      values[index] = value
    }
    return values
  }

  /// Without the first positional arguments.
  func dropping(_ count: Int) -> TemplateCall {
    TemplateCall(positional: Array(positional.dropFirst(count)), named: named)
  }
}

extension TemplateRenderer {
  func call(_ function: TemplateValue, _ arguments: TemplateCall) throws(TemplateFault)
    -> TemplateValue
  {
    switch function {
    case .macro(let macro): return .text(try call(macro, arguments))
    case .loop(let loop):
      guard arguments.caller == nil, loop.node.isRecursive else {
        throw .wrongKind(operation: "a call", found: "a loop that is not recursive")
      }
      guard let items = try arguments.bound(to: ["iterable"], of: "loop")[0] else {
        throw .wrongKind(operation: "loop", found: "no items")
      }
      return .text(try again(loop, items))
    case .method(let receiver, let name):
      guard arguments.caller == nil else { throw .unsupported(kind: "call block", name: name) }
      if case .loop(let loop) = receiver {
        return try loop.call(name, arguments.positional, self)
      }
      return try method(name, receiver, arguments)
    case .function(let name):
      guard arguments.caller == nil else { throw .unsupported(kind: "call block", name: name) }
      return try builtIn(name, arguments)
    default: throw try failure("a call", function)
    }
  }

  // MARK: Macros

  private func call(_ macro: TemplateMacro, _ arguments: TemplateCall) throws(TemplateFault)
    -> Text
  {
    let node = macro.node
    let count = node.parameters.count
    let called = "the macro \(node.name)"
    let (values, more) = try bound(arguments, node)
    if arguments.caller != nil, !node.takesCaller {
      throw .wrongKind(operation: called, found: "a call block")
    }
    let around = line
    defer { line = around }
    return try captured { () throws(TemplateFault) in
      try inside(TemplateScope(in: macro.scope)) { () throws(TemplateFault) in
        if node.takesCaller {
          scope.values["caller"] = arguments.caller.map { .macro($0) } ?? .missing("caller")
        }
        for (index, name) in node.parameters.enumerated() {
          if let value = values[index] {
            scope.values[name] = value
          } else if index >= count - node.defaults.count {
            scope.values[name] = try evaluate(node.defaults[index - count + node.defaults.count])
          } else {
            scope.values[name] = .missing(name)
          }
        }
        if node.takesMore { scope.values["varargs"] = .tuple(more.positional) }
        if node.takesNames {
          var mapping = TemplateMapping()
          for (name, value) in more.named { mapping.set(name, value) }
          scope.values["kwargs"] = .mapping(mapping)
        }
        _ = try run(node.body)
      }
    }
  }

  /// The arguments by their parameters, and those that a macro takes without one.
  private func bound(_ arguments: TemplateCall, _ node: TemplateMacroNode) throws(TemplateFault)
    -> (values: [TemplateValue?], more: TemplateCall)
  {
    var (taken, more) = (arguments, TemplateCall())
    let count = node.parameters.count
    if node.takesMore, taken.positional.count > count {
      more.positional = Array(taken.positional[count...])
      taken.positional.removeSubrange(count...)
    }
    if node.takesNames {
      let open = node.parameters.dropFirst(taken.positional.count)
      more.named = taken.named.filter { !open.contains($0.name) }
      taken.named.removeAll { !open.contains($0.name) }
    }
    return (try taken.bound(to: node.parameters, of: "the macro \(node.name)"), more)
  }

  // MARK: Functions

  private func builtIn(_ name: String, _ arguments: TemplateCall) throws(TemplateFault)
    -> TemplateValue
  {
    switch name {
    case "raise_exception":
      let message = try arguments.bound(to: ["message"], of: name)[0] ?? .text([])
      throw .refused(message: try printed(message).string)
    case "range": return try range(arguments)
    case "namespace":
      let namespace = TemplateNamespace()
      let mapping = try mapping(arguments, name)
      for (key, value) in zip(mapping.keys, mapping.values) {
        guard let key = key.characters?.string else { throw try failure(name, key) }
        guard !key.hasPrefix("_") else { throw .unsupported(kind: "attribute", name: key) }
        namespace.values[key] = value
      }
      return .namespace(namespace)
    case "dict": return .mapping(try mapping(arguments, name))
    case "strftime_now":
      guard let format = try arguments.bound(to: ["format"], of: name)[0]?.characters, let date
      else { throw .wrongKind(operation: name, found: "no format") }
      return .text(try date.formatted(format))
    default: throw .unsupported(kind: "function", name: name)
    }
  }

  private func mapping(_ arguments: TemplateCall, _ name: String) throws(TemplateFault)
    -> TemplateMapping
  {
    var mapping = TemplateMapping()
    guard arguments.positional.count <= 1 else {
      throw .wrongKind(operation: name, found: "\(arguments.positional.count) arguments")
    }
    if let given = arguments.positional.first {
      if case .mapping(let other) = given {
        mapping = other
      } else {
        for pair in try items(of: given, name) {
          let halves = try items(of: pair, name)
          guard halves.count == 2, mapping.set(halves[0], halves[1]) else {
            throw try failure(name, pair)
          }
        }
      }
    }
    for (name, value) in arguments.named { mapping.set(name, value) }
    try meter.spend(8 * mapping.count)
    return mapping
  }

  private func range(_ arguments: TemplateCall) throws(TemplateFault) -> TemplateValue {
    let values = arguments.positional
    var numbers: [Int] = []
    for value in values {
      guard let number = value.integer else { throw try failure("range", value) }
      numbers.append(number)
    }
    guard (1...3).contains(numbers.count), arguments.named.isEmpty else {
      throw .wrongKind(operation: "range", found: "\(values.count) arguments")
    }
    let start = numbers.count == 1 ? 0 : numbers[0]
    let end = numbers.count == 1 ? numbers[0] : numbers[1]
    let step = numbers.count == 3 ? numbers[2] : 1
    guard step != 0 else { throw .wrongKind(operation: "range", found: "a step of 0") }
    let (span, overflow) = end.subtractingReportingOverflow(start)
    guard !overflow, span.magnitude / step.magnitude <= UInt(TemplateMeter.rangeLimit) else {
      throw .tooMuch("range")
    }
    let items = Array(stride(from: start, to: end, by: step))
    guard items.count <= TemplateMeter.rangeLimit else { throw .tooMuch("range") }
    try meter.spend(8 * items.count)
    return .view(items.map { .integer($0) })
  }
}
