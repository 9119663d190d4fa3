import Foundation

/// One change of the text before it is cut.
enum Normalizer: Sendable {
  case prepend([UInt8])
  case replace([UInt8], [UInt8])
  case substitute(Expression, [UInt8])
  case nfc, nfd, nfkc, nfkd
  case lowercase, stripAccents
  case strip(left: Bool, right: Bool)

  func apply(_ text: inout NormalizedText) {
    switch self {
    case .prepend(let bytes): text.prepend(bytes)
    case .replace(let pattern, let content): text.replace(pattern, with: content)
    case .substitute(let expression, let content):
      text.replace(with: content) { expression.match($0, $1, limit: $0.count) }
    // Decomposed first: Foundation does not compose U+AC00 U+11A8, whose first is composed already.
    case .nfc: text.transform { Self.composed($0.decomposedStringWithCanonicalMapping) }
    case .nfd: text.transform { $0.decomposedStringWithCanonicalMapping }
    case .nfkc: text.transform { Self.composed($0.decomposedStringWithCompatibilityMapping) }
    case .nfkd: text.transform { $0.decomposedStringWithCompatibilityMapping }
    // Character by character, as the reference: a final sigma is a sigma.
    case .lowercase:
      text.map { scalar in
        let lower = scalar.properties.lowercaseMapping
        return lower.unicodeScalars.elementsEqual([scalar]) ? nil : Array(lower.utf8)
      }
    case .stripAccents: text.map { ScalarKind.isMark($0) ? [] : nil }
    case .strip(let left, let right): text.strip(left: left, right: right)
    }
  }

  /// U+11A7 and U+11C3 stand beside the last consonants of Hangul and compose with nothing, but the
  /// library would drop or misread them after a syllable: each begins a stretch of its own.
  private static func composed(_ text: String) -> String {
    var out = ""
    var rest = text.unicodeScalars[...]
    while !rest.isEmpty {
      let end = rest.dropFirst().firstIndex { $0 == "\u{11A7}" || $0 == "\u{11C3}" }
      let stretch = rest[..<(end ?? rest.endIndex)]
      let composed = String(Substring(stretch)).precomposedStringWithCanonicalMapping
      out.unicodeScalars += composed.unicodeScalars
      rest = rest[(end ?? rest.endIndex)...]
    }
    return out
  }
}
