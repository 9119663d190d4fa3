extension TemplateRenderer {
  func test(_ name: String, _ value: TemplateValue, _ call: TemplateCall) throws(TemplateFault)
    -> Bool
  {
    let takesOne = [
      "divisibleby", "sameas", "in", "==", "eq", "equalto", "!=", "ne", ">", "gt", "greaterthan",
      ">=", "ge", "<", "lt", "lessthan", "<=", "le",
    ].contains(name)
    let given = try call.bound(to: takesOne ? ["other"] : [], of: "the test \(name)")
    guard takesOne else { return try test(name, value) }
    guard let other = given[0] else {
      throw .wrongKind(operation: "the test \(name)", found: "no argument")
    }
    switch name {
    case "divisibleby":
      guard let b = other.integer, b != 0 else { throw try failure(name, value, other) }
      if case .real(let a) = value { return PythonNumber.remainder(a, Double(b)) == 0 }
      guard let a = value.integer else { throw try failure(name, value) }
      return PythonNumber.remainder(a, b) == 0
    case "sameas": return try same(value, other)
    case "in": return try contains(other, value)
    case "==", "eq", "equalto": return try equal(value, other)
    case "!=", "ne": return try !equal(value, other)
    case ">", "gt", "greaterthan": return try precedes(other, value)
    case ">=", "ge": return try precedes(other, value, orEqual: true)
    case "<", "lt", "lessthan": return try precedes(value, other)
    default: return try precedes(value, other, orEqual: true)
    }
  }

  private func test(_ name: String, _ value: TemplateValue) throws(TemplateFault) -> Bool {
    switch (name, value.plain) {
    case ("defined", _): return !value.isMissing
    case ("undefined", _): return value.isMissing
    case ("none", .none): return true
    case ("boolean", .bool): return true
    case ("true", .bool(let flag)): return flag
    case ("false", .bool(let flag)): return !flag
    case ("integer", .integer), ("float", .real): return true
    case ("number", .bool), ("number", .integer), ("number", .real): return true
    case ("string", .text), ("string", .safe), ("mapping", .mapping): return true
    case ("sequence", .loop), ("iterable", .loop): throw .unsupported(kind: "test", name: name)
    case ("sequence", .missing), ("sequence", .text), ("sequence", .safe), ("sequence", .list),
      ("sequence", .tuple), ("sequence", .mapping):
      return true
    // Ranges are sequences and views of mappings are not.
    case ("sequence", .view): throw .unsupported(kind: "test", name: name)
    case ("iterable", .missing), ("iterable", .text), ("iterable", .safe), ("iterable", .list),
      ("iterable", .tuple), ("iterable", .view), ("iterable", .mapping), ("iterable", .stream):
      return true
    case ("callable", .macro), ("callable", .function), ("callable", .method): return true
    case ("callable", .loop), ("callable", .missing): return true
    case ("escaped", .safe): return true
    case ("none", _), ("boolean", _), ("true", _), ("false", _), ("integer", _), ("float", _),
      ("number", _), ("string", _), ("mapping", _), ("sequence", _), ("iterable", _),
      ("callable", _), ("escaped", _):
      return false
    case ("odd", .real(let number)): return PythonNumber.remainder(number, 2) == 1
    case ("even", .real(let number)): return PythonNumber.remainder(number, 2) == 0
    case ("odd", _), ("even", _):
      guard let number = value.integer else { throw try failure(name, value) }
      return (number & 1 == 1) == (name == "odd")
    case ("lower", _): return try printed(value).isCased(lower: true)
    case ("upper", _): return try printed(value).isCased(lower: false)
    default: throw .unsupported(kind: "test", name: name)
    }
  }

  /// Python's `is`, where it does not hang on how values are kept.
  private func same(_ a: TemplateValue, _ b: TemplateValue) throws(TemplateFault) -> Bool {
    switch (a, b) {
    case (.none, .none): true
    case (.bool(let x), .bool(let y)): x == y
    case (.none, _), (_, .none), (.bool, _), (_, .bool): false
    default: throw .unsupported(kind: "test", name: "sameas")
    }
  }
}
