/// An expression of a template.
indirect enum TemplateExpression: Sendable {
  case text(Text)
  case integer(Int)
  case real(Double)
  case bool(Bool)
  case none
  case name(String, line: Int)
  case list([TemplateExpression])
  case tuple([TemplateExpression])
  case mapping([TemplatePair])
  case attribute(TemplateExpression, String, line: Int)
  case item(TemplateExpression, TemplateExpression, line: Int)
  /// Start, end and step; what is absent is nil.
  case slice(TemplateExpression, [TemplateExpression?], line: Int)
  case call(TemplateExpression, TemplateArguments, line: Int)
  case filter(TemplateExpression, TemplateFilter)
  case test(TemplateExpression, TemplateFilter)
  case not(TemplateExpression)
  case negated(TemplateExpression, line: Int)
  case positive(TemplateExpression, line: Int)
  case arithmetic(String, TemplateExpression, TemplateExpression, line: Int)
  case concatenated([TemplateExpression])
  case compared(TemplateExpression, [TemplateComparison], line: Int)
  case and(TemplateExpression, TemplateExpression)
  case or(TemplateExpression, TemplateExpression)
  case conditional(TemplateExpression, then: TemplateExpression, otherwise: TemplateExpression?)
}

struct TemplatePair: Sendable {
  var key: TemplateExpression
  var value: TemplateExpression
}

/// One step of `a < b < c`.
struct TemplateComparison: Sendable {
  var operation: String
  var right: TemplateExpression
}

struct TemplateArguments: Sendable {
  var positional: [TemplateExpression] = []
  var named: [TemplateNamedArgument] = []
  /// `*list` and `**mapping`
  var spread: TemplateExpression?
  var namedSpread: TemplateExpression?
}

struct TemplateNamedArgument: Sendable {
  var name: String
  var value: TemplateExpression
}

/// A filter or a test with its arguments.
struct TemplateFilter: Sendable {
  var name: String
  var arguments: TemplateArguments
  var line: Int
}

/// What is set: `a`, `a, b`, `ns.a`.
indirect enum TemplateTarget: Sendable {
  case name(String)
  case attribute(of: String, String)
  case tuple([TemplateTarget])
}

/// A statement of a template.
indirect enum TemplateStatement: Sendable {
  case data(Text)
  case output(TemplateExpression, line: Int)
  case choice([TemplateBranch], otherwise: [TemplateStatement])
  case loop(TemplateLoopNode)
  case set(TemplateTarget, TemplateExpression, line: Int)
  case setBlock(TemplateTarget, [TemplateFilter], [TemplateStatement], line: Int)
  case macro(TemplateMacroNode)
  /// `{% call(x) m() %}`: the body is what `caller` stands for inside the macro.
  case call(TemplateExpression, TemplateMacroNode)
  case filtered([TemplateFilter], [TemplateStatement])
  /// `{% with %}` and `{% generation %}`: what is set inside stays inside.
  case scope([TemplateBinding], [TemplateStatement])
  case leave
  case next
}

struct TemplateBranch: Sendable {
  var test: TemplateExpression
  var body: [TemplateStatement]
}

struct TemplateBinding: Sendable {
  var target: TemplateTarget
  var value: TemplateExpression
}

struct TemplateLoopNode: Sendable {
  var target: TemplateTarget
  var items: TemplateExpression
  var test: TemplateExpression?
  var body: [TemplateStatement]
  var otherwise: [TemplateStatement]
  /// Whether the loop may be called with other items, from within.
  var isRecursive: Bool
  var line: Int
}

struct TemplateMacroNode: Sendable {
  var name: String
  var parameters: [String]
  /// Of the last parameters.
  var defaults: [TemplateExpression]
  var body: [TemplateStatement]
  /// Whether the body asks for the arguments that no parameter is for, and those by other names.
  var takesMore: Bool
  var takesNames: Bool
  var takesCaller: Bool
  var line: Int
}
