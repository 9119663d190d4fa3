/// Escapes in the strings of a template, with the quirks of Python's `unicode-escape`.
enum TemplateEscapes {
  static func read(_ text: ArraySlice<Unicode.Scalar>) throws(TemplateFault) -> Text {
    var out: Text = []
    out.reserveCapacity(text.count)
    var at = text.startIndex
    while at < text.endIndex {
      let scalar = text[at]
      at += 1
      guard scalar == "\\", at < text.endIndex else {
        out.append(scalar)
        continue
      }
      let next = text[at]
      at += 1
      switch next {
      case "\n": break
      case "\\", "'", "\"": out.append(next)
      case "n": out.append("\n")
      case "t": out.append("\t")
      case "r": out.append("\r")
      case "a": out.append("\u{07}")
      case "b": out.append("\u{08}")
      case "f": out.append("\u{0C}")
      case "v": out.append("\u{0B}")
      case "x": out.append(try hexadecimal(text, &at, digits: 2))
      case "u": out.append(try hexadecimal(text, &at, digits: 4))
      case "U": out.append(try hexadecimal(text, &at, digits: 8))
      case "N": throw .unsupported(kind: "escape", name: "\\N")
      case "0"..."7":
        var code = next.value - 0x30
        for _ in 0..<2 {
          guard at < text.endIndex, ("0"..."7").contains(text[at]) else { break }
          code = code * 8 + text[at].value - 0x30
          at += 1
        }
        out.append(Unicode.Scalar(code) ?? "\u{FFFD}")
      default:
        out.append("\\")
        // The reference spells what is not ASCII as an escape, whose backslash this one then eats.
        if next.isASCII { out.append(next) } else { out += spelling(next) }
      }
    }
    return out
  }

  private static func hexadecimal(
    _ text: ArraySlice<Unicode.Scalar>, _ at: inout Int, digits: Int
  ) throws(TemplateFault) -> Unicode.Scalar {
    let end = at + digits
    guard end <= text.endIndex else {
      throw .syntax(expected: "\(digits) hexadecimal digits", found: "the end of the string")
    }
    let spelling = Array(text[at..<end]).string
    guard spelling.utf8.count == digits, spelling.allSatisfy(\.isHexDigit),
      let code = UInt32(spelling, radix: 16)
    else { throw .syntax(expected: "\(digits) hexadecimal digits", found: spelling) }
    guard let scalar = Unicode.Scalar(code) else {
      throw .unsupported(kind: "escape", name: "\\" + (digits == 4 ? "u" : "U") + spelling)
    }
    at = end
    return scalar
  }

  /// `xe9`, `u20ac`, `U0001f600`.
  static func spelling(_ scalar: Unicode.Scalar) -> Text {
    let (letter, digits) =
      scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
    let text = String(scalar.value, radix: 16)
    return Text(letter + String(repeating: "0", count: digits - text.count) + text)
  }
}
