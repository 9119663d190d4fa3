/// Classes of characters as the reference's regular expressions and Rust's `char` know them.
enum ScalarKind {
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

  /// `\w`: letters, marks, decimal digits, connectors, joiners.
  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return switch scalar.value {
      case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
      default: false
      }
    }
    if scalar.properties.isAlphabetic { return true }
    return switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
    default: scalar.properties.isJoinControl
    }
  }

  static func isNumber(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: true
    default: false
    }
  }

  static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }

  /// Whether normalization never joins it to what stands before: no mark, and no vowel or final
  /// consonant of Hangul or Katakana, half width included. The few that this misses are noticed.
  static func startsAlone(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1160...0x11FF, 0x3131...0x318E, 0xD7B0...0xD7FF, 0xFF9E...0xFFDC: false
    default: !isMark(scalar)
    }
  }

  /// All of ASCII's symbols, beyond ASCII the categories of punctuation.
  static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return switch scalar.value {
      case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
      default: false
      }
    }
    return switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      true
    default: false
    }
  }
}

enum UTF8Step {
  /// Bytes of a character by its first byte.
  static func length(_ first: UInt8) -> Int {
    switch first {
    case 0xF0...: 4
    case 0xE0...: 3
    case 0xC0...: 2
    default: 1
    }
  }

  /// The character that begins at `at` and where it ends. Lone surrogates, which JSON can spell,
  /// read as U+FFFD.
  static func scalar(_ bytes: [UInt8], _ at: Int, limit: Int) -> (scalar: Unicode.Scalar, end: Int)
  {
    let first = bytes[at]
    if first < 0x80 { return (Unicode.Scalar(first), at + 1) }
    let length = length(first)
    let end = min(at + length, limit)
    var code = UInt32(first) & (0xFF >> UInt32(length + 1))
    for index in at + 1..<max(end, at + 1) { code = code << 6 | UInt32(bytes[index] & 0x3F) }
    return (Unicode.Scalar(code) ?? "\u{FFFD}", end)
  }

  /// The character that ends at `end`, none at the beginning.
  static func scalar(_ bytes: [UInt8], before end: Int) -> (scalar: Unicode.Scalar, start: Int)? {
    guard end > 0 else { return nil }
    var start = end - 1
    while start > 0, end - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return (scalar(bytes, start, limit: end).scalar, start)
  }
}
