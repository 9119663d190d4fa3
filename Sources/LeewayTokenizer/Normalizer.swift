import Foundation

/// One change of the text before it is cut.
enum Normalizer: Sendable {
  case prepend([UInt8])
  case replace([UInt8], [UInt8])
  case substitute(Expression, [UInt8])
  case nfc, nfd, nfkc, nfkd
  case lowercase, stripAccents
  case strip(left: Bool, right: Bool)
  case charsmap(Charsmap)
  /// SentencePiece's rules of white space.
  case nmt

  func apply(_ text: inout NormalizedText) {
    switch self {
    case .prepend(let bytes): text.prepend(bytes)
    case .replace(let pattern, let content): text.replace(pattern, with: content)
    case .substitute(let expression, let content):
      text.replace(expression, with: content)
    case .nfc:
      text.transform(stays: ScalarKind.isComposed) {
        Self.known($0) { Self.composed($0.decomposedStringWithCanonicalMapping) }
      }
    case .nfd: text.transform { Self.known($0, \.decomposedStringWithCanonicalMapping) }
    case .nfkc:
      text.transform {
        Self.known($0) { Self.composed($0.decomposedStringWithCompatibilityMapping) }
      }
    case .nfkd: text.transform { Self.known($0, \.decomposedStringWithCompatibilityMapping) }
    // Character by character, as the reference: a final sigma is a sigma.
    case .lowercase:
      text.map { scalar in
        let lower = scalar.properties.lowercaseMapping
        return lower.unicodeScalars.elementsEqual([scalar]) ? nil : Array(lower.utf8)
      }
    case .stripAccents: text.map { ScalarKind.isAccent($0) ? [] : nil }
    case .strip(let left, let right): text.strip(left: left, right: right)
    case .charsmap(let map): text.replace(map)
    case .nmt: text.map(Self.plain)
    }
  }

  /// Controls go, and what is blank or breaks a line becomes a space; nil for all else.
  private static func plain(_ scalar: Unicode.Scalar) -> [UInt8]? {
    switch scalar.value {
    case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: []
    case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
      [0x20]
    default: nil
    }
  }

  /// Changes what stands between characters that are younger than Unicode 9, where the reference's
  /// tables end: these are nothing to it, and stay.
  private static func known(_ text: String, _ change: (String) -> String) -> String {
    let isYoung = { (scalar: Unicode.Scalar) in !ScalarKind.isKnown(scalar, in: 9) }
    guard text.unicodeScalars.contains(where: isYoung) else {
      return change(ordered(text.unicodeScalars[...]))
    }
    var out = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(where: isYoung) ?? rest.endIndex
      out.append(contentsOf: change(ordered(rest[..<end])).unicodeScalars)
      rest = rest[end...]
      if let young = rest.popFirst() { out.append(young) }
    }
    return String(out)
  }

  /// A text whose marks the library can put in the order of their classes. Three vowels of Tibetan
  /// have no class, and it misses that their parts do: these are written as their parts. Long runs are
  /// put in order here, since it takes the square of their length.
  private static func ordered(_ text: Substring.UnicodeScalarView) -> String {
    func rank(_ scalar: Unicode.Scalar) -> UInt8 {
      scalar.properties.canonicalCombiningClass.rawValue
    }
    var out = String.UnicodeScalarView()
    var marks: [Unicode.Scalar] = []
    func flush() {
      if marks.count > 30 {
        let parts = marks.flatMap {
          Array(String(Character($0)).decomposedStringWithCanonicalMapping.unicodeScalars)
        }
        marks = parts.enumerated().sorted { (rank($0.1), $0.0) < (rank($1.1), $1.0) }.map(\.1)
      }
      out.append(contentsOf: marks)
      marks = []
    }
    for scalar in text {
      if [0xF73, 0xF75, 0xF81].contains(scalar.value) {
        marks += String(Character(scalar)).decomposedStringWithCanonicalMapping.unicodeScalars
      } else if rank(scalar) > 0 {
        marks.append(scalar)
      } else {
        flush()
        out.append(scalar)
      }
    }
    flush()
    return String(out)
  }

  /// Decomposed text, composed. It is decomposed first because Foundation does not compose U+AC00
  /// U+11A8, whose first is composed already.
  ///
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
