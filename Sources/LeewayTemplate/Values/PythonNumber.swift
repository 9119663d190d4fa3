/// Numbers as Python spells and divides them.
enum PythonNumber {
  /// The shortest digits that read back, with an exponent from 1e16 on and below 1e-4.
  static func spelled(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    let text = "\(value.magnitude)"
    let parts = text.split(separator: "e")
    var digits = parts[0].filter { $0 != "." }
    let point = parts[0].utf8.firstIndex(of: 0x2E).map {
      parts[0].utf8.distance(from: parts[0].startIndex, to: $0)
    }
    // The value is 0.digits times ten to `exponent`.
    var exponent = (point ?? parts[0].count) + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    let zeros = digits.prefix { $0 == "0" }.count
    digits.removeFirst(zeros)
    exponent -= zeros
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    let sign = value < 0 ? "-" : ""
    if exponent > 16 || exponent < -3 {
      let shown = exponent - 1
      let rest = digits.dropFirst()
      let padded = (shown.magnitude < 10 ? "0" : "") + "\(shown.magnitude)"
      return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e"
        + (shown < 0 ? "-" : "+") + padded
    }
    if exponent <= 0 { return sign + "0." + String(repeating: "0", count: -exponent) + digits }
    if digits.count <= exponent {
      return sign + digits + String(repeating: "0", count: exponent - digits.count) + ".0"
    }
    return sign + digits.prefix(exponent) + "." + digits.dropFirst(exponent)
  }

  /// Rounded down, as `//` does; nil beyond 64 bits. The divisor is not 0.
  static func quotient(_ a: Int, _ b: Int) -> Int? {
    let (quotient, overflow) = a.dividedReportingOverflow(by: b)
    if overflow { return nil }
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient
  }

  /// With the sign of the divisor, as `%` does.
  static func remainder(_ a: Int, _ b: Int) -> Int {
    if b == -1 { return 0 }
    let rest = a % b
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
  }

  static func remainder(_ a: Double, _ b: Double) -> Double {
    let rest = a.truncatingRemainder(dividingBy: b)
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
  }

  static func power(_ base: Int, _ exponent: Int) -> Int? {
    var (result, factor, left) = (1, base, exponent)
    while left > 0 {
      if left & 1 == 1 {
        let (product, overflow) = result.multipliedReportingOverflow(by: factor)
        if overflow { return nil }
        result = product
      }
      left >>= 1
      if left > 0 {
        let (square, overflow) = factor.multipliedReportingOverflow(by: factor)
        if overflow { return nil }
        factor = square
      }
    }
    return result
  }
}
