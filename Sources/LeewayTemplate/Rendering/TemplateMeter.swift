/// What a rendering may cost: no template loops without end or grows without bounds.
struct TemplateMeter {
  /// Steps and characters together. A chat of a million characters takes some millions.
  static let limit = 30_000_000
  /// How deep evaluation may recurse; macros that call themselves go deepest.
  static let depthLimit = 250
  /// Items of `range`, as in the reference's sandbox.
  static let rangeLimit = 100_000

  private var left = limit
  private var depth = 0

  mutating func spend(_ amount: Int) throws(TemplateFault) {
    guard amount <= left else { throw .tooMuch("work") }
    left -= amount
  }

  /// For what grows as the product of two sizes.
  mutating func spend(_ a: Int, times b: Int) throws(TemplateFault) {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    guard !overflow else { throw .tooMuch("work") }
    try spend(max(product, 0))
  }

  mutating func enter() throws(TemplateFault) {
    depth += 1
    guard depth <= Self.depthLimit else { throw .tooMuch("nesting") }
  }

  mutating func leave() { depth -= 1 }
}
