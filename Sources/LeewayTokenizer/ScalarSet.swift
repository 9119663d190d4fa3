/// A class of a regular expression: `\p{L}`, `[^\s,]`, one character.
struct ScalarSet: Sendable {
  enum Item: Sendable {
    case range(ClosedRange<UInt32>)
    case categories(Set<Unicode.GeneralCategory>)
    case space
    /// Beyond ASCII not quite the same inside brackets and outside.
    case word(inBrackets: Bool)
    case not(ScalarSet)
    /// What is in every one of them.
    case all([ScalarSet])
  }

  var items: [Item] = []
  var isInverted = false
  var ignoresCase = false

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    var found = holds(scalar)
    if !found, ignoresCase { found = Self.cases(scalar).contains(where: holds) }
    return found != isInverted
  }

  private func holds(_ scalar: Unicode.Scalar) -> Bool {
    items.contains { item in
      switch item {
      case .range(let range): range.contains(scalar.value)
      case .categories(let set): set.contains(ScalarKind.category(scalar))
      case .space: ScalarKind.isSpace(scalar)
      case .word(let inBrackets): Self.isWord(scalar, inBrackets: inBrackets)
      case .not(let set): !set.contains(scalar)
      case .all(let sets): sets.allSatisfy { $0.contains(scalar) }
      }
    }
  }

  /// `\w` here is not quite what it is to the component `Whitespace`: the reference has two engines.
  static func isWord(_ scalar: Unicode.Scalar, inBrackets: Bool = false) -> Bool {
    switch scalar.value {
    case 0xB2, 0xB3, 0xB9, 0xBC...0xBE: !inBrackets
    case 0x200C, 0x200D: false
    default: ScalarKind.isWord(scalar)
    }
  }

  /// The other cases of a letter; the long s and the Kelvin sign are letters of ASCII too.
  private static func cases(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    var found: [Unicode.Scalar] = []
    for mapping in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
      let scalars = mapping.unicodeScalars
      if scalars.count == 1, let first = scalars.first { found.append(first) }
    }
    switch scalar {
    case "s", "S": found.append("\u{17F}")
    case "k", "K": found.append("\u{212A}")
    case "\u{17F}": found += ["s", "S"]
    case "\u{212A}": found += ["k", "K"]
    default: break
    }
    return found
  }

  /// By the names of Unicode: `L`, `Lu`, ...
  static func category(_ name: String) -> ScalarSet? {
    let matching = categories.filter { $0.key.hasPrefix(name) }
    guard !name.isEmpty, !matching.isEmpty else { return nil }
    return ScalarSet(items: [.categories(Set(matching.values))])
  }

  private static let categories: [String: Unicode.GeneralCategory] = [
    "Lu": .uppercaseLetter, "Ll": .lowercaseLetter, "Lt": .titlecaseLetter,
    "Lm": .modifierLetter, "Lo": .otherLetter, "Mn": .nonspacingMark, "Mc": .spacingMark,
    "Me": .enclosingMark, "Nd": .decimalNumber, "Nl": .letterNumber, "No": .otherNumber,
    "Pc": .connectorPunctuation, "Pd": .dashPunctuation, "Ps": .openPunctuation,
    "Pe": .closePunctuation, "Pi": .initialPunctuation, "Pf": .finalPunctuation,
    "Po": .otherPunctuation, "Sm": .mathSymbol, "Sc": .currencySymbol, "Sk": .modifierSymbol,
    "So": .otherSymbol, "Zs": .spaceSeparator, "Zl": .lineSeparator, "Zp": .paragraphSeparator,
    "Cc": .control, "Cf": .format, "Cs": .surrogate, "Co": .privateUse, "Cn": .unassigned,
  ]
}

/// A class as it is asked: ASCII by a bit each, the rest by its items.
struct ScalarClass: Sendable {
  private let set: ScalarSet
  private(set) var ascii = SIMD2<UInt64>(0, 0)

  init(_ set: ScalarSet) {
    self.set = set
    for byte in UInt8(0)..<0x80 where set.contains(Unicode.Scalar(byte)) {
      ascii[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
    }
  }

  func holds(_ scalar: Unicode.Scalar) -> Bool { set.contains(scalar) }
}
