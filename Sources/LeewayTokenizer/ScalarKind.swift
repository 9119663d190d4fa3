/// Classes of characters as the reference's regular expressions and Rust's `char` know them. Its
/// parts know Unicode of different years, and what came later is not assigned to them.
enum ScalarKind {
  /// Whether a character was there in a version of Unicode.
  static func isKnown(_ scalar: Unicode.Scalar, in version: Int) -> Bool {
    scalar.properties.age.map { $0.major <= version } ?? false
  }

  /// The category by Unicode 16, which expressions know.
  static func category(_ scalar: Unicode.Scalar) -> Unicode.GeneralCategory {
    let category = scalar.properties.generalCategory
    switch scalar.value {
    // Where nothing came since.
    case 0..<0x88F, 0x3000..<0xA7CE, 0xA7F2..<0xFBC3:
      return scalar == "\u{295}" ? .lowercaseLetter : category
    default: return isKnown(scalar, in: 16) ? category : .unassigned
    }
  }

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

  /// `\w`: letters, marks, decimal digits, connectors, joiners.
  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return switch scalar.value {
      case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
      default: false
      }
    }
    let category = category(scalar)
    if category != .unassigned, scalar.properties.isAlphabetic { return true }
    return switch category {
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

  /// Characters of common scripts that NFC leaves as they are, whichever of them stand together: none
  /// is a mark, a vowel or final consonant of Hangul, or another's old name.
  static func isComposed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x2FF, 0x400...0x482, 0x2002...0x205F, 0x3001...0x3029, 0x3040...0x3096,
      0x309B...0x30FF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xFF01...0xFF60, 0x1F300...0x1FAFF:
      true
    default: false
    }
  }

  /// Marks that `StripAccents` knows, which are those of Unicode 9.
  static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // Letters and a mark by now, but the other way round then.
    case 0x1CF2, 0x1CF3: true
    case 0x111C9: false
    default: isMark(scalar) && isKnown(scalar, in: 9)
    }
  }

  /// All of ASCII's symbols, beyond ASCII the categories of punctuation by Unicode 8.
  static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return switch scalar.value {
      case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
      default: false
      }
    }
    if scalar == "\u{166D}" || scalar == "\u{111C9}" { return true }
    return switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      isKnown(scalar, in: 8)
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
  @inline(__always)
  static func scalar<Bytes: RandomAccessCollection<UInt8>>(
    _ bytes: Bytes, _ at: Int, limit: Int
  ) -> (scalar: Unicode.Scalar, end: Int) where Bytes.Index == Int {
    let first = bytes[at]
    if first < 0x80 { return (Unicode.Scalar(first), at + 1) }
    let length = length(first)
    let end = min(at + length, limit)
    var code = UInt32(first) & (0xFF >> UInt32(length + 1))
    var index = at + 1
    while index < end {
      code = code << 6 | UInt32(bytes[index] & 0x3F)
      index += 1
    }
    return (Unicode.Scalar(code) ?? "\u{FFFD}", end)
  }

  /// Where the character that ends at `end` begins, nil where no text stands before it.
  @inline(__always)
  static func start<Bytes: RandomAccessCollection<UInt8>>(
    _ bytes: Bytes, before end: Int, floor: Int = 0
  ) -> Int? where Bytes.Index == Int {
    guard end > floor else { return nil }
    var start = end - 1
    while start > floor, end - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }

  /// The character that ends at `end`, none at the beginning.
  static func scalar(_ bytes: [UInt8], before end: Int) -> (scalar: Unicode.Scalar, start: Int)? {
    start(bytes, before: end).map { (scalar(bytes, $0, limit: end).scalar, $0) }
  }
}
