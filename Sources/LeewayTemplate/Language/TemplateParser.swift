/// Reads the statements of a template, as the reference's parser does.
struct TemplateParser {
  private(set) var tokens: [TemplateToken]
  private(set) var at = 0
  /// How deep expressions and statements nest: rendering recurses as deep.
  private var depth = 0
  private var loops = 0
  /// Names that open macros have asked for.
  private var asked: [Set<String>] = []

  static let depthLimit = 60
  static let chainLimit = 120

  init(_ tokens: [TemplateToken]) { self.tokens = tokens }

  var line: Int { tokens[min(at, tokens.count - 1)].line }

  mutating func template() throws(TemplateFault) -> [TemplateStatement] {
    let body = try statements(until: [])
    guard tokens[at].kind == .end else { throw unexpected("a statement") }
    return body
  }

  // MARK: Tokens

  var peek: TemplateToken.Kind { tokens[at].kind }
  func peek(_ offset: Int) -> TemplateToken.Kind { tokens[min(at + offset, tokens.count - 1)].kind }

  mutating func advance() { if at < tokens.count - 1 { at += 1 } }

  mutating func skip(_ kind: TemplateToken.Kind) -> Bool {
    guard peek == kind else { return false }
    advance()
    return true
  }

  mutating func skip(_ symbol: String) -> Bool { skip(.symbol(symbol)) }
  mutating func skipName(_ name: String) -> Bool { skip(.name(name)) }

  mutating func expect(_ kind: TemplateToken.Kind) throws(TemplateFault) {
    guard skip(kind) else {
      throw unexpected(TemplateToken(kind: kind, line: 0).words)
    }
  }

  mutating func expectName() throws(TemplateFault) -> String {
    guard case .name(let name) = peek else { throw unexpected("a name") }
    advance()
    return name
  }

  func unexpected(_ expected: String) -> TemplateFault {
    .syntax(expected: expected, found: tokens[at].words)
  }

  mutating func ask(_ name: String) { for index in asked.indices { asked[index].insert(name) } }

  mutating func deeper() throws(TemplateFault) {
    depth += 1
    guard depth < Self.depthLimit else { throw .tooMuch("nesting") }
  }

  mutating func shallower() { depth -= 1 }

  // MARK: Statements

  /// Up to a tag of one of these names, which is left to be read.
  private mutating func statements(until ends: [String]) throws(TemplateFault)
    -> [TemplateStatement]
  {
    try deeper()
    var body: [TemplateStatement] = []
    while true {
      switch peek {
      case .data(let text):
        body.append(.data(text))
        advance()
      case .variableBegin:
        let line = line
        advance()
        body.append(.output(try tuple(), line: line))
        try expect(.variableEnd)
      case .blockBegin:
        if case .name(let name) = peek(1), ends.contains(name) {
          advance()
          shallower()
          return body
        }
        advance()
        body.append(try statement())
        try expect(.blockEnd)
      default:
        guard ends.isEmpty, peek == .end else {
          throw unexpected(ends.map { "{% \($0) %}" }.joined(separator: " or "))
        }
        shallower()
        return body
      }
    }
  }

  /// The body after a tag, and the name of the tag that ends it, which is read.
  private mutating func body(until ends: [String]) throws(TemplateFault) -> (
    [TemplateStatement], String
  ) {
    _ = skip(":")
    try expect(.blockEnd)
    let body = try statements(until: ends)
    return (body, try expectName())
  }

  private mutating func statement() throws(TemplateFault) -> TemplateStatement {
    let line = line
    let name = try expectName()
    switch name {
    case "if": return try choice()
    case "for": return try loop(line)
    case "set": return try set(line)
    case "macro": return try macro(line)
    case "call": return try call(line)
    case "filter":
      let filters = try filters(isInline: true)
      return .filtered(filters, try body(until: ["endfilter"]).0)
    case "with": return try with()
    case "generation":
      return .scope(
        [],
        try outside { parser throws(TemplateFault) in
          try parser.body(until: ["endgeneration"]).0
        })
    case "print":
      var items = [try expression()]
      while skip(",") { items.append(try expression()) }
      return .output(.concatenated(items), line: line)
    case "break", "continue":
      guard loops > 0 else { throw .syntax(expected: "a loop around it", found: name) }
      return name == "break" ? .leave : .next
    default:
      at -= 1
      guard !name.hasPrefix("end"), !["else", "elif"].contains(name) else {
        throw unexpected("a statement")
      }
      throw .unsupported(kind: "tag", name: name)
    }
  }

  private mutating func choice() throws(TemplateFault) -> TemplateStatement {
    var branches: [TemplateBranch] = []
    var otherwise: [TemplateStatement] = []
    var end = "elif"
    while end == "elif" {
      let test = try tuple(conditional: false)
      let (body, next) = try body(until: ["elif", "else", "endif"])
      branches.append(TemplateBranch(test: test, body: body))
      end = next
    }
    if end == "else" { otherwise = try body(until: ["endif"]).0 }
    return .choice(branches, otherwise: otherwise)
  }

  private mutating func loop(_ line: Int) throws(TemplateFault) -> TemplateStatement {
    let target = try target(until: "in")
    try expect(.name("in"))
    let items = try tuple(conditional: false)
    let test = skipName("if") ? try expression() : nil
    let isRecursive = skipName("recursive")
    loops += 1
    let (body, end) = try body(until: ["endfor", "else"])
    loops -= 1
    let otherwise = end == "else" ? try self.body(until: ["endfor"]).0 : []
    return .loop(
      TemplateLoopNode(
        target: target, items: items, test: test, body: body, otherwise: otherwise,
        isRecursive: isRecursive, line: line))
  }

  private mutating func set(_ line: Int) throws(TemplateFault) -> TemplateStatement {
    let target = try target(until: nil, withAttribute: true)
    if skip("=") { return .set(target, try tuple(), line: line) }
    let filters = try filters(isInline: false)
    return .setBlock(target, filters, try body(until: ["endset"]).0, line: line)
  }

  private mutating func with() throws(TemplateFault) -> TemplateStatement {
    var bindings: [TemplateBinding] = []
    while peek != .blockEnd {
      if !bindings.isEmpty { try expect(.symbol(",")) }
      let target = TemplateTarget.name(try assignable(try expectName()))
      try expect(.symbol("="))
      bindings.append(TemplateBinding(target: target, value: try expression()))
    }
    return .scope(bindings, try body(until: ["endwith"]).0)
  }

  // MARK: Macros

  private mutating func macro(_ line: Int) throws(TemplateFault) -> TemplateStatement {
    let name = try assignable(try expectName())
    let (parameters, defaults) = try signature()
    return .macro(
      try macro(name, parameters, defaults, line) { parser throws(TemplateFault) in
        try parser.body(until: ["endmacro"]).0
      })
  }

  private mutating func call(_ line: Int) throws(TemplateFault) -> TemplateStatement {
    let (parameters, defaults) = peek == .symbol("(") ? try signature() : ([], [])
    let call = try expression()
    guard case .call = call else { throw .syntax(expected: "a call", found: "another expression") }
    let caller = try macro("caller", parameters, defaults, line) { parser throws(TemplateFault) in
      try parser.body(until: ["endcall"]).0
    }
    return .call(call, caller)
  }

  private mutating func macro(
    _ name: String, _ parameters: [String], _ defaults: [TemplateExpression], _ line: Int,
    _ read: (inout TemplateParser) throws(TemplateFault) -> [TemplateStatement]
  ) throws(TemplateFault) -> TemplateMacroNode {
    asked.append([])
    let body = try outside(read)
    let names = (asked.popLast() ?? []).subtracting(parameters)
    return TemplateMacroNode(
      name: name, parameters: parameters, defaults: defaults, body: body,
      takesMore: names.contains("varargs"), takesNames: names.contains("kwargs"),
      takesCaller: names.contains("caller"), line: line)
  }

  /// A body that no loop around it can leave.
  private mutating func outside(
    _ read: (inout TemplateParser) throws(TemplateFault) -> [TemplateStatement]
  ) throws(TemplateFault) -> [TemplateStatement] {
    let around = loops
    loops = 0
    let body = try read(&self)
    loops = around
    return body
  }

  private mutating func signature() throws(TemplateFault) -> ([String], [TemplateExpression]) {
    var parameters: [String] = []
    var defaults: [TemplateExpression] = []
    try expect(.symbol("("))
    while peek != .symbol(")") {
      if !parameters.isEmpty { try expect(.symbol(",")) }
      parameters.append(try assignable(try expectName()))
      if skip("=") {
        defaults.append(try expression())
      } else if !defaults.isEmpty {
        throw unexpected("a default, as for the parameter before")
      }
    }
    try expect(.symbol(")"))
    return (parameters, defaults)
  }

  // MARK: Targets

  private func assignable(_ name: String) throws(TemplateFault) -> String {
    guard !["true", "false", "none", "True", "False", "None"].contains(name) else {
      throw .syntax(expected: "a name that can be set", found: name)
    }
    return name
  }

  private mutating func target(until end: String?, withAttribute: Bool = false)
    throws(TemplateFault) -> TemplateTarget
  {
    var targets: [TemplateTarget] = []
    var isTuple = false
    while true {
      let isAtEnd = peek == .symbol("=") || peek == .blockEnd
      if isTuple, isAtEnd || end.map({ peek == .name($0) }) == true { break }
      if skip("(") {
        targets.append(try target(until: nil))
        try expect(.symbol(")"))
      } else {
        let name = try expectName()
        if withAttribute, skip(".") {
          targets.append(.attribute(of: name, try expectName()))
          ask(name)
        } else {
          targets.append(.name(try assignable(name)))
        }
      }
      guard skip(",") else { break }
      isTuple = true
    }
    return isTuple ? .tuple(targets) : targets[0]
  }
}
