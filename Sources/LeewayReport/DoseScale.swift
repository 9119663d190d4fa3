import Foundation
import LeewayStatistics

/// The log2 dose axis: doses above 0 on a line, dose 0 apart in a gutter left of it.
package struct DoseScale: Sendable {
  /// Ends of the axis in doses; all measured doses lie inside.
  package let low: Double
  package let high: Double
  /// Ends of the plot in pixels.
  package let left: Double
  package let right: Double
  /// Where dose 0 stands.
  package let zero: Double

  /// Doses that are 0, negative or not finite set no end; without any the axis runs 1/2 to 2.
  package init(doses: [Double], left: Double, right: Double, gutter: Double) {
    let positive = doses.filter { $0 > 0 && $0.isFinite }
    let least = positive.min() ?? 1
    let most = positive.max() ?? 1
    // A quarter octave of air; a lone dose gets an octave to each side.
    let pad = most > least ? exp2(0.25) : 2
    low = least / pad
    high = most * pad
    zero = left + gutter / 2 - 4
    self.left = left + gutter
    self.right = right
  }

  /// Not clamped: a dose outside the axis lies outside the plot.
  package func x(_ dose: Double) -> Double {
    guard dose > 0 else { return zero }
    return left + (log2(dose) - log2(low)) / (log2(high) - log2(low)) * (right - left)
  }

  /// Inside the plot's ends.
  package func clamped(_ dose: Double) -> Double {
    guard dose > 0 else { return left }
    return min(right, max(left, x(dose)))
  }

  /// Powers of two on the axis, thinned to about ten; the two ends of a narrow axis otherwise.
  package var ticks: [Double] {
    let first = Int(log2(low).rounded(.up))
    let last = Int(log2(high).rounded(.down))
    guard last > first else { return [low, high] }
    let step = max(1, (last - first + 9) / 10)
    return stride(from: first, through: last, by: step).map { exp2(Double($0)) }
  }
}
