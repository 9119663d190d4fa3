/// What Python does with texts, by code points.
extension Unicode.Scalar {
  /// `str.isspace`: wider than Unicode's white space by the four separators of ASCII.
  var isPythonSpace: Bool {
    (0x1C...0x1F).contains(value) || properties.isWhitespace
  }

  /// `str.isprintable`
  var isPythonPrintable: Bool {
    if self == " " { return true }
    return switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      false
    default: true
    }
  }

  var isPythonLetter: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  /// What `\w` matches.
  var isWordPart: Bool { isPythonLetter || properties.numericType != nil || self == "_" }

  /// `str.isdigit`
  var isPythonDigit: Bool {
    properties.numericType == .decimal || properties.numericType == .digit
  }

  var isPythonLineEnd: Bool {
    switch value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}

extension Text {
  func stripped(left: Bool = true, right: Bool = true, _ characters: Text? = nil) -> Text {
    var rest = self[...]
    func goes(_ scalar: Unicode.Scalar) -> Bool {
      characters?.contains(scalar) ?? scalar.isPythonSpace
    }
    if left { while let first = rest.first, goes(first) { rest.removeFirst() } }
    if right { while let last = rest.last, goes(last) { rest.removeLast() } }
    return Array(rest)
  }

  /// Where another text begins, at or after `start`.
  func place(of other: Text, from start: Int = 0) -> Int? {
    guard let first = other.first else { return start <= count ? start : nil }
    var at = start
    while at + other.count <= count {
      if self[at] == first, self[at..<at + other.count].elementsEqual(other) { return at }
      at += 1
    }
    return nil
  }

  func lastPlace(of other: Text) -> Int? {
    var at = count - other.count
    while at >= 0 {
      if self[at..<at + other.count].elementsEqual(other) { return at }
      at -= 1
    }
    return nil
  }

  /// Occurrences that do not overlap, at most `limit`; an empty text stands between all characters.
  func places(of other: Text, limit: Int = .max) -> [Int] {
    if other.isEmpty { return [Int]((0...count).prefix(limit)) }
    var places: [Int] = []
    var at = 0
    while places.count < limit, let place = place(of: other, from: at) {
      places.append(place)
      at = place + other.count
    }
    return places
  }

  func replacing(_ places: [Int], _ length: Int, with new: Text) -> Text {
    var out: Text = []
    out.reserveCapacity(count + places.count * Swift.max(0, new.count - length))
    var at = 0
    for place in places {
      out += self[at..<place]
      out += new
      at = place + length
    }
    return out + self[at...]
  }

  /// Parts between runs of space, at most `limit` cuts.
  func splitAtSpace(limit: Int = .max) -> [Text] {
    var parts: [Text] = []
    var rest = self[...].drop(while: \.isPythonSpace)
    while !rest.isEmpty {
      guard parts.count < limit, let end = rest.firstIndex(where: \.isPythonSpace) else {
        // What is left whole keeps the space at its end.
        parts.append(Text(rest))
        break
      }
      parts.append(Text(rest[..<end]))
      rest = rest[end...].drop(while: \.isPythonSpace)
    }
    return parts
  }

  func split(at separator: Text, limit: Int = .max) -> [Text] {
    var parts: [Text] = []
    var start = 0
    for place in places(of: separator, limit: limit) {
      parts.append(Text(self[start..<place]))
      start = place + separator.count
    }
    return parts + [Text(self[start...])]
  }

  func splitLines(keepEnds: Bool = false) -> [Text] {
    var lines: [Text] = []
    var start = 0
    var at = 0
    while at < count {
      guard self[at].isPythonLineEnd else {
        at += 1
        continue
      }
      let end = self[at] == "\r" && at + 1 < count && self[at + 1] == "\n" ? at + 2 : at + 1
      lines.append(Text(self[start..<(keepEnds ? end : at)]))
      (at, start) = (end, end)
    }
    if start < count { lines.append(Text(self[start...])) }
    return lines
  }

  // MARK: Cases

  func lowercased() -> Text {
    var out: Text = []
    out.reserveCapacity(count)
    for (index, scalar) in enumerated() {
      if scalar == "\u{3A3}" {
        out.append(endsWord(index) ? "\u{3C2}" : "\u{3C3}")
      } else {
        out += scalar.properties.lowercaseMapping.unicodeScalars
      }
    }
    return out
  }

  /// A sigma that ends its word has a form of its own.
  private func endsWord(_ index: Int) -> Bool {
    let before = self[..<index].last { !$0.properties.isCaseIgnorable }
    let after = self[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }

  func uppercased() -> Text {
    flatMap { Text($0.properties.uppercaseMapping) }
  }

  func capitalized() -> Text {
    guard let first else { return [] }
    let lower = first.properties.lowercaseMapping.unicodeScalars.count
    return Text(first.properties.titlecaseMapping) + Text(lowercased().dropFirst(lower))
  }

  /// `str.title`: each run of cased letters begins with a capital.
  func titled() -> Text {
    var out: Text = []
    var inWord = false
    for (index, scalar) in enumerated() {
      if !inWord {
        out += Text(scalar.properties.titlecaseMapping)
      } else if scalar == "\u{3A3}" {
        out.append(endsWord(index) ? "\u{3C2}" : "\u{3C3}")
      } else {
        out += Text(scalar.properties.lowercaseMapping)
      }
      inWord = scalar.properties.isCased
    }
    return out
  }

  /// `str.swapcase`, of ASCII
  func swappingCase() -> Text {
    flatMap { scalar in
      scalar.properties.isUppercase
        ? Text(scalar.properties.lowercaseMapping) : Text(scalar.properties.uppercaseMapping)
    }
  }

  /// `str.istitle`
  var isTitled: Bool {
    var (found, inWord) = (false, false)
    for scalar in self {
      let properties = scalar.properties
      let isLarge = properties.isUppercase || properties.generalCategory == .titlecaseLetter
      if isLarge ? inWord : properties.isLowercase && !inWord { return false }
      inWord = isLarge || properties.isLowercase
      found = found || inWord
    }
    return found
  }

  /// `str.islower` and `str.isupper`
  func isCased(lower: Bool) -> Bool {
    var found = false
    for scalar in self where scalar.properties.isCased {
      guard lower ? scalar.properties.isLowercase : scalar.properties.isUppercase else {
        return false
      }
      found = true
    }
    return found
  }

  // MARK: Spelling

  /// As Python prints a text inside a list.
  func quoted() -> Text {
    let quote: Unicode.Scalar = contains("'") && !contains("\"") ? "\"" : "'"
    var out: Text = [quote]
    for scalar in self {
      switch scalar {
      case quote, "\\": out += ["\\", scalar]
      case "\n": out += Text("\\n")
      case "\r": out += Text("\\r")
      case "\t": out += Text("\\t")
      default:
        if scalar.isPythonPrintable {
          out.append(scalar)
        } else {
          out += ["\\"] + TemplateEscapes.spelling(scalar)
        }
      }
    }
    return out + [quote]
  }

  /// As `markupsafe` escapes for HTML.
  func escaped() -> Text {
    var out: Text = []
    out.reserveCapacity(count)
    for scalar in self {
      switch scalar {
      case "&": out += Text("&amp;")
      case "<": out += Text("&lt;")
      case ">": out += Text("&gt;")
      case "'": out += Text("&#39;")
      case "\"": out += Text("&#34;")
      default: out.append(scalar)
      }
    }
    return out
  }
}
