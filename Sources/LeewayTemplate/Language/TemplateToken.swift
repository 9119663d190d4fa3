/// Text as the reference counts it: by code points.
typealias Text = [Unicode.Scalar]

extension Text {
  init(_ string: String) { self = Array(string.unicodeScalars) }

  var string: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: self)
    return String(view)
  }
}

/// A part of a template: text, a tag's brackets, or what stands between them.
struct TemplateToken: Equatable {
  enum Kind: Equatable {
    case data(Text)
    case blockBegin, blockEnd, variableBegin, variableEnd
    case name(String)
    case string(Text)
    case integer(Int)
    case real(Double)
    case symbol(String)
    case end
  }

  var kind: Kind
  var line: Int

  /// As a message tells it.
  var words: String {
    switch kind {
    case .data: "text"
    case .blockBegin: "{%"
    case .blockEnd: "%}"
    case .variableBegin: "{{"
    case .variableEnd: "}}"
    case .name(let name): name
    case .string(let text): "\"\(text.string)\""
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .symbol(let symbol): symbol
    case .end: "the end of the template"
    }
  }
}
