/// Text of a model, a file or a person made safe to stand in markup or in a terminal.
///
/// What cannot be seen is shown: control characters as their pictures, direction overrides and
/// non-characters by code point, so that nobody's output can act on the page or hide on it.
package enum Escaping {
  /// For element content and for quoted attributes.
  package static func html(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      default: append(scalar, to: &result)
      }
    }
    return result
  }

  /// For one line of a terminal: line breaks and tabs become visible too.
  package static func line(_ text: String, ascii: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += ascii ? "\\n" : "⏎"
      case "\t": result += " "
      default:
        if ascii, scalar.value < 0x20 || scalar.value > 0x7E {
          result += "\\u{" + String(scalar.value, radix: 16) + "}"
        } else {
          append(scalar, to: &result)
        }
      }
    }
    return result
  }

  private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
    switch scalar.value {
    case 0...0x1F:
      if let picture = Unicode.Scalar(0x2400 + scalar.value) {
        result.unicodeScalars.append(picture)
      }
    case 0x7F: result += "␡"
    case 0x80...0x9F, 0x200E, 0x200F, 0x202A...0x202E, 0x2028, 0x2029, 0x2066...0x2069, 0xFEFF,
      0xFDD0...0xFDEF:
      result += "⟨U+" + String(scalar.value, radix: 16, uppercase: true) + "⟩"
    default:
      if scalar.value & 0xFFFE == 0xFFFE {
        result += "⟨U+" + String(scalar.value, radix: 16, uppercase: true) + "⟩"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }
}
