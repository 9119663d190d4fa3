import Foundation

/// A dose with an exact name, so that the same point of two grids is the same condition.
public struct Dose: Sendable, Hashable, Comparable {
  public let value: Double
  /// `2^(-13/2)` for doses whose log2 is a multiple of 1/1024, the shortest decimal otherwise.
  public let name: String

  public init(_ value: Double) {
    let steps = (log2(value) * 1024).rounded()
    guard value > 0, steps.isFinite, abs(steps / 1024 - log2(value)) < 1e-9 else {
      self.value = value
      name = "\(value)"
      return
    }
    var (numerator, denominator) = (Int(steps), 1024)
    while denominator > 1, numerator % 2 == 0 {
      (numerator, denominator) = (numerator / 2, denominator / 2)
    }
    self.value = exp2(Double(numerator) / Double(denominator))
    name = denominator == 1 ? "2^\(numerator)" : "2^(\(numerator)/\(denominator))"
  }

  /// `0.25`, `2^-7`, `2^0.5`, `2^(-13/2)`; nil when it is no number above 0.
  public init?(text: String) {
    let plain = text.filter { $0 != " " && $0 != "(" && $0 != ")" }
    let value: Double?
    if plain.hasPrefix("2^") {
      let parts = plain.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false)
      switch parts.count {
      case 1: value = Double(parts[0]).map { exp2($0) }
      case 2:
        value = Double(parts[0]).flatMap { top in Double(parts[1]).map { exp2(top / $0) } }
      default: value = nil
      }
    } else {
      value = Double(plain)
    }
    guard let value, value > 0, value.isFinite else { return nil }
    self.init(value)
  }

  public static func < (a: Dose, b: Dose) -> Bool { a.value < b.value }
}
