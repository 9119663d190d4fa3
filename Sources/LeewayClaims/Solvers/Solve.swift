import Foundation

/// Equations in one unknown and integrals: small, and tested against closed forms.
package enum Solve {
  /// Where a function changes its sign, to the last digits; nil where it has one sign at both ends.
  package static func root(_ low: Double, _ high: Double, of value: (Double) -> Double) -> Double? {
    var (low, high) = (low, high)
    let (first, last) = (value(low), value(high))
    if first == 0 { return low }
    if last == 0 { return high }
    guard first.isFinite, last.isFinite, (first < 0) != (last < 0) else { return nil }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if middle == low || middle == high { break }
      if (value(middle) < 0) == (first < 0) { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// Where a function with one peak is largest, by golden sections.
  package static func maximum(_ low: Double, _ high: Double, of value: (Double) -> Double)
    -> Double
  {
    let golden = (5.0.squareRoot() - 1) / 2
    var (low, high) = (low, high)
    for _ in 0..<120 {
      let (a, b) = (high - golden * (high - low), low + golden * (high - low))
      if value(a) > value(b) { high = b } else { low = a }
    }
    return (low + high) / 2
  }

  /// Simpson's rule, halving intervals until the answer stands still.
  package static func integral(
    _ low: Double, _ high: Double, tolerance: Double = 1e-10, of value: (Double) -> Double
  ) -> Double {
    guard high > low else { return 0 }
    // Several pieces first, so that a narrow peak is not stepped over.
    let pieces = 16
    return (0..<pieces).reduce(0) { sum, piece in
      let a = low + (high - low) * Double(piece) / Double(pieces)
      let b = low + (high - low) * Double(piece + 1) / Double(pieces)
      let first = Panel(a: a, b: b, fa: value(a), fm: value((a + b) / 2), fb: value(b))
      return sum + refined(first, tolerance / Double(pieces), 40, value)
    }
  }

  private struct Panel {
    var a, b, fa, fm, fb: Double
    var sum: Double { (b - a) / 6 * (fa + 4 * fm + fb) }
  }

  private static func refined(
    _ panel: Panel, _ tolerance: Double, _ depth: Int, _ value: (Double) -> Double
  ) -> Double {
    let m = (panel.a + panel.b) / 2
    let left = Panel(
      a: panel.a, b: m, fa: panel.fa, fm: value((panel.a + m) / 2), fb: panel.fm)
    let right = Panel(
      a: m, b: panel.b, fa: panel.fm, fm: value((m + panel.b) / 2), fb: panel.fb)
    let gap = left.sum + right.sum - panel.sum
    if depth == 0 || abs(gap) <= 15 * tolerance { return left.sum + right.sum + gap / 15 }
    return refined(left, tolerance / 2, depth - 1, value)
      + refined(right, tolerance / 2, depth - 1, value)
  }

  package static func sigmoid(_ x: Double) -> Double {
    x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
  }

  package static func logit(_ p: Double) -> Double { log(p) - log1p(-p) }
}
