/// One way to say or to ask something: text with places for a subject and a value.
public struct Wording: Sendable, Hashable {
  /// `{s}` is the subject, `{v}` the value as a sentence says it, `{a}` the value with its article.
  public var text: String

  public init(_ text: String) { self.text = text }

  /// The whole sentence.
  public func filled(_ subject: String, _ value: String = "") -> String {
    var out = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      out += rest[..<open]
      switch rest[open...close] {
      case "{s}": out += subject
      case "{a}": out += Self.article(value) + value
      default: out += value
      }
      rest = rest[rest.index(after: close)...]
    }
    return out + rest
  }

  /// The sentence up to its value, without the space before: what a model has to go on with.
  public func opened(_ subject: String) -> String {
    let end = ["{v}", "{a}"].compactMap { text.firstRange(of: $0)?.lowerBound }.min()
    var start = Wording(String(text[..<(end ?? text.endIndex)])).filled(subject)
    if start.last == " " { start.removeLast() }
    return start
  }

  var hasSubject: Bool { text.contains("{s}") }
  var hasValue: Bool { text.contains("{v}") || text.contains("{a}") }

  /// By the letter: the tables hold no word whose letter misleads ("hour", "union").
  static func article(_ word: String) -> String {
    word.first.map { "aeiou".contains($0) } == true ? "an " : "a "
  }
}
