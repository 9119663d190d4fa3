extension TemplateRenderer {
  func evaluate(_ expression: TemplateExpression) throws(TemplateFault) -> TemplateValue {
    try meter.enter()
    defer { meter.leave() }
    try meter.spend(1)
    switch expression {
    case .text(let text): return .text(text)
    case .integer(let value): return .integer(value)
    case .real(let value): return .real(value)
    case .bool(let value): return .bool(value)
    case .none: return .none
    case .name(let name, let line):
      self.line = line
      return value(of: name)
    case .list(let items): return .list(try evaluate(items))
    case .tuple(let items): return .tuple(try evaluate(items))
    case .mapping(let pairs): return try mapping(pairs)
    case .attribute(let owner, let name, let line):
      let value = try evaluate(owner)
      self.line = line
      return try attribute(name, of: value)
    case .item(let owner, let index, let line):
      let value = try evaluate(owner)
      let key = try evaluate(index)
      self.line = line
      return try item(key, of: value)
    case .slice(let owner, let bounds, let line):
      let value = try evaluate(owner)
      var found: [TemplateValue?] = []
      for bound in bounds { found.append(try bound.map(evaluate)) }
      self.line = line
      return try slice(value, found)
    case .call(let function, let arguments, let line):
      let function = try evaluate(function)
      let values = try self.arguments(arguments)
      self.line = line
      return try call(function, values)
    case .filter(let value, let filter): return try filtered(try evaluate(value), [filter])
    case .test(let value, let test):
      let value = try evaluate(value)
      let values = try arguments(test.arguments)
      line = test.line
      return .bool(try self.test(test.name, value, values))
    default: return try combine(expression)
    }
  }

  private func evaluate(_ expressions: [TemplateExpression]) throws(TemplateFault)
    -> [TemplateValue]
  {
    var values: [TemplateValue] = []
    for expression in expressions { values.append(try evaluate(expression)) }
    return values
  }

  private func mapping(_ pairs: [TemplatePair]) throws(TemplateFault) -> TemplateValue {
    var mapping = TemplateMapping()
    for pair in pairs {
      let key = try evaluate(pair.key)
      guard mapping.set(key, try evaluate(pair.value)) else {
        throw .wrongKind(operation: "a key of a mapping", found: key.kind)
      }
    }
    return .mapping(mapping)
  }

  func arguments(_ arguments: TemplateArguments) throws(TemplateFault) -> TemplateCall {
    var call = TemplateCall(positional: try evaluate(arguments.positional))
    for argument in arguments.named {
      call.named.append((argument.name, try evaluate(argument.value)))
    }
    if let spread = arguments.spread {
      let value = try evaluate(spread)
      // An undefined value is no list here, though a loop goes through it as through nothing.
      if value.isMissing { throw try failure("*", value) }
      call.positional += try items(of: value, "*")
    }
    if let spread = arguments.namedSpread {
      let value = try evaluate(spread)
      guard case .mapping(let mapping) = value else { throw try failure("**", value) }
      for (key, value) in zip(mapping.keys, mapping.values) {
        guard let name = key.characters?.string, !call.named.contains(where: { $0.name == name })
        else { throw .wrongKind(operation: "**", found: "another key, or one given twice") }
        call.named.append((name, value))
      }
    }
    return call
  }

  // MARK: Operators

  private func combine(_ expression: TemplateExpression) throws(TemplateFault) -> TemplateValue {
    switch expression {
    case .not(let value): return .bool(!(try evaluate(value).isTrue))
    case .negated(let value, let line): return try signed(try evaluate(value), -1, line)
    case .positive(let value, let line): return try signed(try evaluate(value), 1, line)
    case .arithmetic(let operation, let left, let right, let line):
      let (a, b) = (try evaluate(left), try evaluate(right))
      self.line = line
      return try arithmetic(operation, a, b)
    case .concatenated(let parts):
      var text: Text = []
      for part in parts { text += try printed(try evaluate(part)) }
      try meter.spend(text.count)
      return .text(text)
    case .compared(let left, let steps, let line):
      var value = try evaluate(left)
      for step in steps {
        let right = try evaluate(step.right)
        self.line = line
        guard try compare(step.operation, value, right) else { return .bool(false) }
        value = right
      }
      return .bool(true)
    case .and(let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? try evaluate(right) : value
    case .or(let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? value : try evaluate(right)
    case .conditional(let test, let then, let otherwise):
      if try evaluate(test).isTrue { return try evaluate(then) }
      return try otherwise.map(evaluate) ?? .missing("")
    default: return .none
    }
  }

  private func signed(_ value: TemplateValue, _ sign: Int, _ line: Int) throws(TemplateFault)
    -> TemplateValue
  {
    self.line = line
    if case .real(let number) = value { return .real(sign < 0 ? -number : number) }
    guard let number = value.integer else {
      throw try failure(sign < 0 ? "-" : "+", value)
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: sign)
    if overflow { throw .tooMuch("numbers") }
    return .integer(product)
  }

  /// The error of an operation on a value that it is not for.
  func failure(_ operation: String, _ values: TemplateValue...) throws(TemplateFault)
    -> TemplateFault
  {
    for value in values {
      if case .missing(let name) = value { return .undefined(name: name) }
    }
    return .wrongKind(
      operation: operation, found: values.map(\.kind).joined(separator: " and "))
  }

  private func arithmetic(_ operation: String, _ a: TemplateValue, _ b: TemplateValue)
    throws(TemplateFault) -> TemplateValue
  {
    if operation == "%", a.characters != nil {
      let text = try plain(a, "%")
      switch b {
      case .mapping: throw .unsupported(kind: "operator", name: "% of a mapping")
      case .tuple(let values): return .text(try formatted(text, values))
      // What could be asked by name may be left over.
      case .list, .missing: return .text(try formatted(text, [b], isExact: false))
      default: return .text(try formatted(text, [b]))
      }
    }
    if a.isMissing || b.isMissing { throw try failure(operation, a, b) }
    let (a, b) = (a.plain, b.plain)
    if let x = a.integer, let y = b.integer { return try integers(operation, x, y) }
    if let x = a.number, let y = b.number { return try reals(operation, x, y) }
    switch (operation, a, b) {
    case ("+", .text(let x), .text(let y)):
      try meter.spend(x.count + y.count)
      return .text(x + y)
    case ("+", .safe(let x), .text(let y)):
      try meter.spend(x.count + 6 * y.count)
      return .safe(x + y.escaped())
    case ("+", .text(let x), .safe(let y)):
      try meter.spend(6 * x.count + y.count)
      return .safe(x.escaped() + y)
    case ("+", .safe(let x), .safe(let y)):
      try meter.spend(x.count + y.count)
      return .safe(x + y)
    case ("+", .list(let x), .list(let y)):
      try meter.spend(8 * (x.count + y.count))
      return .list(x + y)
    case ("+", .tuple(let x), .tuple(let y)):
      try meter.spend(8 * (x.count + y.count))
      return .tuple(x + y)
    case ("*", _, _):
      if let times = b.integer { return try repeated(a, times) }
      if let times = a.integer { return try repeated(b, times) }
    default: break
    }
    throw try failure(operation, a, b)
  }

  private func repeated(_ value: TemplateValue, _ times: Int) throws(TemplateFault)
    -> TemplateValue
  {
    let times = max(times, 0)
    switch value {
    case .text(let text):
      try meter.spend(text.count, times: times)
      return .text(text.isEmpty ? [] : Text(repeatElement(text, count: times).joined()))
    case .list(let items), .tuple(let items):
      try meter.spend(8 * items.count, times: times)
      let all = items.isEmpty ? [] : Array(repeatElement(items, count: times).joined())
      if case .list = value { return .list(all) }
      return .tuple(all)
    default: throw try failure("*", value)
    }
  }

  private func integers(_ operation: String, _ a: Int, _ b: Int) throws(TemplateFault)
    -> TemplateValue
  {
    if ["/", "//", "%"].contains(operation), b == 0 {
      throw .wrongKind(operation: operation, found: "a division by zero")
    }
    var result: (partialValue: Int, overflow: Bool)
    switch operation {
    case "+": result = a.addingReportingOverflow(b)
    case "-": result = a.subtractingReportingOverflow(b)
    case "*": result = a.multipliedReportingOverflow(by: b)
    case "//": result = PythonNumber.quotient(a, b).map { ($0, false) } ?? (0, true)
    case "%": result = (PythonNumber.remainder(a, b), false)
    case "**" where b >= 0: result = PythonNumber.power(a, b).map { ($0, false) } ?? (0, true)
    default: return try reals(operation, Double(a), Double(b))
    }
    if result.overflow { throw .tooMuch("numbers") }
    return .integer(result.partialValue)
  }

  private func reals(_ operation: String, _ a: Double, _ b: Double) throws(TemplateFault)
    -> TemplateValue
  {
    if ["/", "//", "%"].contains(operation), b == 0 {
      throw .wrongKind(operation: operation, found: "a division by zero")
    }
    switch operation {
    case "+": return .real(a + b)
    case "-": return .real(a - b)
    case "*": return .real(a * b)
    case "/": return .real(a / b)
    case "//": return .real((a / b).rounded(.down))
    case "%": return .real(PythonNumber.remainder(a, b))
    default: throw .unsupported(kind: "operator", name: "** of fractions")
    }
  }
}
