import Foundation

/// The one place where numbers become text: no locale, the same bytes on every machine.
package enum NumberText {
  /// Stands where a number is missing; never a 0.
  package static let missing = "—"

  /// `places` digits after the point, halves away from zero. A number that is not finite is missing.
  package static func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite else { return missing }
    var factor = 1.0
    for _ in 0..<places { factor *= 10 }
    let scaled = (abs(value) * factor).rounded(.toNearestOrAwayFromZero)
    guard scaled < 9e15 else { return scientific(value, 3) }
    let whole = Int(scaled)
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard places > 0 else { return sign + String(whole) }
    let unit = Int(factor)
    let rest = String(whole % unit)
    return sign + String(whole / unit) + "."
      + String(repeating: "0", count: places - rest.count) + rest
  }

  /// `digits` significant digits without trailing zeros; powers of ten outside 1e-4 ..< 1e6.
  package static func significant(_ value: Double, _ digits: Int = 3) -> String {
    guard value.isFinite else { return missing }
    guard value != 0 else { return "0" }
    let exponent = Int(log10(abs(value)).rounded(.down))
    guard (-4..<6).contains(exponent) else { return scientific(value, digits) }
    return trimmed(fixed(value, max(0, digits - 1 - exponent)))
  }

  /// A dose or a strength.
  package static func dose(_ value: Double) -> String { significant(value, 3) }

  /// A share as whole percent: `62 %` (with a no-break space).
  package static func percent(_ share: Double) -> String {
    share.isFinite ? fixed(share * 100, 0) + "\u{A0}%" : missing
  }

  /// With its sign, as widths are read: `+1.57`, `-0.40`, `0.00`.
  package static func signed(_ value: Double, _ places: Int) -> String {
    let text = fixed(value, places)
    return value > 0 && text.contains { ("1"..."9").contains($0) } ? "+" + text : text
  }

  /// Digits in groups of three with no-break spaces: `1 234 567`.
  package static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text += "\u{A0}" }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + text
  }

  /// A coordinate of a drawing: two places at most.
  package static func coordinate(_ value: Double) -> String {
    value.isFinite ? trimmed(fixed(value, 2)) : "0"
  }

  /// The true minus sign, for text that people read.
  package static func typeset(_ text: String) -> String {
    text.replacingOccurrences(of: "-", with: "\u{2212}")
  }

  private static func scientific(_ value: Double, _ digits: Int) -> String {
    var exponent = Int(log10(abs(value)).rounded(.down))
    var mantissa = fixed(value / pow(10, Double(exponent)), max(0, digits - 1))
    if mantissa.hasPrefix("10") || mantissa.hasPrefix("-10") {
      exponent += 1
      mantissa = fixed(value / pow(10, Double(exponent)), max(0, digits - 1))
    }
    return trimmed(mantissa) + "e" + String(exponent)
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text == "-0" ? "0" : text
  }
}
