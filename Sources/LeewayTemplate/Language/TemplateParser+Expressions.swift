/// Expressions, with the reference's levels of binding.
extension TemplateParser {
  /// One expression, or several parted by commas.
  mutating func tuple(conditional: Bool = true, inParentheses: Bool = false)
    throws(TemplateFault) -> TemplateExpression
  {
    var items: [TemplateExpression] = []
    var isTuple = false
    while true {
      switch peek {
      case .variableEnd, .blockEnd, .symbol(")"):
        guard isTuple || inParentheses else { throw unexpected("an expression") }
        return .tuple(items)
      default: break
      }
      items.append(try expression(conditional: conditional))
      guard skip(",") else { break }
      isTuple = true
    }
    return isTuple ? .tuple(items) : items[0]
  }

  mutating func expression(conditional: Bool = true) throws(TemplateFault) -> TemplateExpression {
    try deeper()
    defer { shallower() }
    var value = try or()
    var chain = 0
    while conditional, skipName("if") {
      let test = try or()
      let otherwise = skipName("else") ? try expression() : nil
      value = .conditional(test, then: value, otherwise: otherwise)
      try grow(&chain)
    }
    return value
  }

  private mutating func or() throws(TemplateFault) -> TemplateExpression {
    var left = try and()
    var chain = 0
    while skipName("or") {
      left = .or(left, try and())
      try grow(&chain)
    }
    return left
  }

  private mutating func and() throws(TemplateFault) -> TemplateExpression {
    var left = try not()
    var chain = 0
    while skipName("and") {
      left = .and(left, try not())
      try grow(&chain)
    }
    return left
  }

  private mutating func not() throws(TemplateFault) -> TemplateExpression {
    var count = 0
    while skipName("not") { try grow(&count) }
    var value = try comparison()
    for _ in 0..<count { value = .not(value) }
    return value
  }

  private mutating func comparison() throws(TemplateFault) -> TemplateExpression {
    let line = line
    let left = try sum()
    var steps: [TemplateComparison] = []
    while true {
      var operation: String?
      if case .symbol(let symbol) = peek, ["==", "!=", "<", "<=", ">", ">="].contains(symbol) {
        operation = symbol
        advance()
      } else if skipName("in") {
        operation = "in"
      } else if peek == .name("not"), peek(1) == .name("in") {
        operation = "not in"
        advance()
        advance()
      }
      guard let operation else { break }
      steps.append(TemplateComparison(operation: operation, right: try sum()))
    }
    return steps.isEmpty ? left : .compared(left, steps, line: line)
  }

  private mutating func sum() throws(TemplateFault) -> TemplateExpression {
    var left = try joined()
    var chain = 0
    while case .symbol(let symbol) = peek, ["+", "-"].contains(symbol) {
      let line = line
      advance()
      left = .arithmetic(symbol, left, try joined(), line: line)
      try grow(&chain)
    }
    return left
  }

  private mutating func joined() throws(TemplateFault) -> TemplateExpression {
    var parts = [try product()]
    while skip("~") { parts.append(try product()) }
    return parts.count == 1 ? parts[0] : .concatenated(parts)
  }

  private mutating func product() throws(TemplateFault) -> TemplateExpression {
    var left = try power()
    var chain = 0
    while case .symbol(let symbol) = peek, ["*", "/", "//", "%"].contains(symbol) {
      let line = line
      advance()
      left = .arithmetic(symbol, left, try power(), line: line)
      try grow(&chain)
    }
    return left
  }

  private mutating func power() throws(TemplateFault) -> TemplateExpression {
    var left = try unary()
    var chain = 0
    while peek == .symbol("**") {
      let line = line
      advance()
      left = .arithmetic("**", left, try unary(), line: line)
      try grow(&chain)
    }
    return left
  }

  private mutating func unary(filters: Bool = true) throws(TemplateFault) -> TemplateExpression {
    let line = line
    var value: TemplateExpression
    if peek == .symbol("-") || peek == .symbol("+") {
      try deeper()
      let isNegative = peek == .symbol("-")
      advance()
      let inner = try unary(filters: false)
      value = isNegative ? .negated(inner, line: line) : .positive(inner, line: line)
      shallower()
    } else {
      value = try postfix(try primary())
    }
    return filters ? try filtered(value) : value
  }

  /// Rendering recurses along a chain of operators, as it does into parentheses.
  private func grow(_ chain: inout Int) throws(TemplateFault) {
    chain += 1
    guard chain <= Self.chainLimit else { throw .tooMuch("nesting") }
  }

  // MARK: Values

  private mutating func primary() throws(TemplateFault) -> TemplateExpression {
    let line = line
    switch peek {
    case .name(let name):
      advance()
      switch name {
      case "true", "True": return .bool(true)
      case "false", "False": return .bool(false)
      case "none", "None": return .none
      default:
        ask(name)
        return .name(name, line: line)
      }
    case .string(var text):
      advance()
      while case .string(let more) = peek {
        text += more
        advance()
      }
      return .text(text)
    case .integer(let value):
      advance()
      return .integer(value)
    case .real(let value):
      advance()
      return .real(value)
    case .symbol("("):
      advance()
      let value = try tuple(inParentheses: true)
      try expect(.symbol(")"))
      return value
    case .symbol("["):
      advance()
      let items = try items(until: "]") { parser throws(TemplateFault) in try parser.expression() }
      return .list(items)
    case .symbol("{"):
      advance()
      return .mapping(
        try items(until: "}") { parser throws(TemplateFault) in
          let key = try parser.expression()
          try parser.expect(.symbol(":"))
          return TemplatePair(key: key, value: try parser.expression())
        })
    default: throw unexpected("an expression")
    }
  }

  /// Parted by commas, one more at the end allowed.
  private mutating func items<Item>(
    until end: String, _ read: (inout TemplateParser) throws(TemplateFault) -> Item
  ) throws(TemplateFault) -> [Item] {
    var items: [Item] = []
    while peek != .symbol(end) {
      if !items.isEmpty { try expect(.symbol(",")) }
      if peek == .symbol(end) { break }
      items.append(try read(&self))
    }
    try expect(.symbol(end))
    return items
  }

  private mutating func postfix(_ value: TemplateExpression) throws(TemplateFault)
    -> TemplateExpression
  {
    var value = value
    var chain = 0
    while case .symbol(let symbol) = peek, [".", "[", "("].contains(symbol) {
      try grow(&chain)
      let line = line
      switch symbol {
      case ".":
        advance()
        if case .integer(let index) = peek {
          advance()
          value = .item(value, .integer(index), line: line)
        } else {
          value = .attribute(value, try expectName(), line: line)
        }
      case "[":
        advance()
        value = try subscripted(value, line)
        try expect(.symbol("]"))
      default: value = .call(value, try arguments(), line: line)
      }
    }
    return value
  }

  private mutating func subscripted(_ value: TemplateExpression, _ line: Int)
    throws(TemplateFault) -> TemplateExpression
  {
    let first = peek == .symbol(":") ? nil : try expression()
    guard skip(":") else {
      guard let first, peek == .symbol("]") else { throw unexpected("]") }
      return .item(value, first, line: line)
    }
    var bounds = [first]
    while bounds.count < 3 {
      if peek == .symbol(":") || peek == .symbol("]") {
        bounds.append(nil)
      } else {
        bounds.append(try expression())
      }
      guard bounds.count < 3, skip(":") else { break }
    }
    while bounds.count < 3 { bounds.append(nil) }
    return .slice(value, bounds, line: line)
  }

  mutating func arguments() throws(TemplateFault) -> TemplateArguments {
    try expect(.symbol("("))
    var arguments = TemplateArguments()
    var isFirst = true
    while peek != .symbol(")") {
      if !isFirst { try expect(.symbol(",")) }
      if peek == .symbol(")") { break }
      isFirst = false
      if peek == .symbol("*"), arguments.spread == nil, arguments.namedSpread == nil {
        advance()
        arguments.spread = try expression()
      } else if peek == .symbol("**"), arguments.namedSpread == nil {
        advance()
        arguments.namedSpread = try expression()
      } else if case .name(let name) = peek, peek(1) == .symbol("="),
        arguments.namedSpread == nil
      {
        advance()
        advance()
        guard !arguments.named.contains(where: { $0.name == name }) else {
          throw .syntax(expected: "each argument once", found: name)
        }
        arguments.named.append(TemplateNamedArgument(name: name, value: try expression()))
      } else {
        guard arguments.named.isEmpty, arguments.spread == nil, arguments.namedSpread == nil else {
          throw unexpected("a named argument")
        }
        arguments.positional.append(try expression())
      }
    }
    try expect(.symbol(")"))
    return arguments
  }

  // MARK: Filters and tests

  private mutating func filtered(_ value: TemplateExpression) throws(TemplateFault)
    -> TemplateExpression
  {
    var value = value
    var chain = 0
    while true {
      try grow(&chain)
      if skip("|") {
        value = .filter(value, try filter())
      } else if peek == .name("is") {
        value = try test(value)
      } else if peek == .symbol("(") {
        value = .call(value, try arguments(), line: line)
      } else {
        return value
      }
    }
  }

  private mutating func filter() throws(TemplateFault) -> TemplateFilter {
    let line = line
    let name = try dottedName()
    let arguments = peek == .symbol("(") ? try arguments() : TemplateArguments()
    return TemplateFilter(name: name, arguments: arguments, line: line)
  }

  /// Of a block: `| trim | upper`, the first bar left out when `isInline`.
  mutating func filters(isInline: Bool) throws(TemplateFault) -> [TemplateFilter] {
    var filters: [TemplateFilter] = []
    while isInline && filters.isEmpty || skip("|") { filters.append(try filter()) }
    return filters
  }

  private mutating func dottedName() throws(TemplateFault) -> String {
    var name = try expectName()
    while skip(".") { name += "." + (try expectName()) }
    return name
  }

  private mutating func test(_ value: TemplateExpression) throws(TemplateFault)
    -> TemplateExpression
  {
    let line = line
    advance()
    let isNegated = skipName("not")
    let name = try dottedName()
    var arguments = TemplateArguments()
    switch peek {
    case .symbol("("): arguments = try self.arguments()
    case .name("else"), .name("or"), .name("and"): break
    case .name("is"): throw .syntax(expected: "one test", found: "is")
    case .name, .string, .integer, .real, .symbol("["), .symbol("{"):
      arguments.positional = [try postfix(try primary())]
    default: break
    }
    let test = TemplateFilter(name: name, arguments: arguments, line: line)
    return isNegated ? .not(.test(value, test)) : .test(value, test)
  }
}
