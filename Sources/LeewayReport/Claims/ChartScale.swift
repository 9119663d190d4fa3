import Foundation
import LeewayClaims

/// One axis of a chart: from values to pixels. What is 0 or less has no place on a logarithmic axis
/// and stands apart before it, as dose 0 does.
package struct ChartScale: Sendable {
  package let isLog: Bool
  /// Ends of the axis in values; all values that it was made of lie inside.
  package let low: Double
  package let high: Double
  /// Pixels of the two ends; an upright axis ends above its start.
  package let start: Double
  package let end: Double
  /// Where what is 0 or less stands; nil where there is none or the axis is linear.
  package let apart: Double?
  /// Between whole numbers, as seeds and counts are, there is nothing to mark.
  private let isWhole: Bool

  private static let gutter = 40.0
  /// Larger numbers set no end: their differences would overflow.
  private static let most = 1e150

  /// Without any value that counts, the axis runs from 0 to 1, or from 1 to 10.
  package init(_ axis: Chart.Axis, values: [Double], from: Double, to: Double) {
    let isLog = axis.scale == .log
    let finite = values.filter { $0.isFinite && abs($0) <= Self.most }
    let shown = isLog ? finite.filter { $0 > 0 } : finite
    func scaled(_ value: Double) -> Double { isLog ? log(value) : value }
    func asked(_ end: Double?) -> Double? {
      end.flatMap { $0.isFinite && abs($0) <= Self.most && (!isLog || $0 > 0) ? scaled($0) : nil }
    }
    let ends = Self.ends(
      shown.map(scaled), low: asked(axis.low), high: asked(axis.high),
      else: 0...scaled(isLog ? 10 : 1), lone: isLog ? log(2) : nil)
    self.isLog = isLog
    isWhole =
      shown.allSatisfy { $0 == $0.rounded() } && (shown.max() ?? 0) - (shown.min() ?? 0) >= 2
    low = isLog ? exp(ends.lowerBound) : ends.lowerBound
    high = isLog ? exp(ends.upperBound) : ends.upperBound
    let steps = to > from ? 1.0 : -1.0
    let isBroken = isLog && finite.count > shown.count
    apart = isBroken ? from + steps * (Self.gutter / 2 - 6) : nil
    start = isBroken ? from + steps * Self.gutter : from
    end = to
  }

  /// An end that a value sets gets some air, unless it is 0; one that was asked for gets none.
  private static func ends(
    _ values: [Double], low: Double?, high: Double?, else none: ClosedRange<Double>,
    lone: Double?
  ) -> ClosedRange<Double> {
    let all = values + [low, high].compactMap(\.self)
    guard let least = all.min(), let most = all.max() else { return none }
    guard most - least > max(abs(least), abs(most)) * 1e-9 else {
      let air = lone ?? (least == 0 ? 0.5 : abs(least) / 10)
      return least - air...most + air
    }
    let air = (most - least) * 0.04
    let isLinear = lone == nil
    let below = least == low || (isLinear && least == 0) ? 0 : air
    let above = most == high || (isLinear && most == 0) ? 0 : air
    return least - below...most + above
  }

  /// Pixels; what lies outside stands at the nearest end.
  package func place(_ value: Double) -> Double {
    if isLog, !(value > 0) { return apart ?? start }
    let share =
      isLog ? log(value / low) / log(high / low) : (value - low) / (high - low)
    return start + min(1, max(0, share.isFinite ? share : 0)) * (end - start)
  }

  /// Whether it has a place on the axis itself.
  package func holds(_ value: Double) -> Bool { value.isFinite && (!isLog || value > 0) }

  /// Round values on the axis, at most about `count`.
  package func ticks(_ count: Int) -> [Double] {
    guard isLog else { return round(count) }
    let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    let range = low * (1 - 1e-9)...high * (1 + 1e-9)
    func all(_ steps: [Double]) -> [Double] {
      decades.flatMap { decade in
        let power = pow(10, Double(decade))
        return steps.map { $0 * power }
      }.filter(range.contains)
    }
    let fine = all([1, 1.5, 2, 3, 4, 5, 6, 8])
    if fine.count < 3 { return round(count) }
    let powers = all([1])
    for ticks in [fine, all([1, 2, 3, 5]), all([1, 2, 5]), all([1, 3]), powers]
    where (2...max(count, 2)).contains(ticks.count) { return ticks }
    if powers.count < 2 { return round(count) }
    let step = max(1, (powers.count + count - 1) / max(count, 1))
    return stride(from: 0, to: powers.count, by: step).map { powers[$0] }
  }

  /// Multiples of 1, 2, 2.5 or 5 times a power of ten.
  private func round(_ count: Int) -> [Double] {
    let raw = max((high - low) / Double(max(count, 2)), isWhole ? 1 : 0)
    let power = pow(10, log10(raw).rounded(.down))
    let steps = [1, 2, 2.5, 5, 10].map { $0 * power }
    let step =
      steps.first { $0 >= raw * (1 - 1e-9) && (!isWhole || $0 == $0.rounded()) } ?? raw
    guard step.isFinite, step > 0 else { return [low, high] }
    let first = (low / step - 1e-9).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    guard last >= first, last - first < 100, abs(last) < 1e15 else { return [low, high] }
    return (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  /// A tick as people read it: as many digits as tell it from its neighbours.
  package static func label(_ tick: Double, among ticks: [Double]) -> String {
    let most = ticks.map(abs).max() ?? 0
    let gaps = zip(ticks, ticks.dropFirst()).map { abs($1 - $0) }.filter { $0 > 0 }
    let gap = gaps.min() ?? most
    if most >= 1e4, most < 1e13, tick != 0 {
      let units = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k"), (0, "")]
      let (unit, name) = units.first { abs(tick) >= $0.0 } ?? (0, "")
      return NumberText.typeset(NumberText.significant(tick / max(unit, 1), 4)) + name
    }
    guard gap > 1e-6, most < 1e13 else {
      return NumberText.typeset(NumberText.significant(tick, 4))
    }
    // On a logarithmic axis each tick has a step of its own.
    let own = (gaps.max() ?? gap) > gap * 1.5
    if own { return NumberText.typeset(NumberText.significant(tick, 4)) }
    let places = (0...8).first { places in
      let scaled = gap * pow(10, Double(places))
      return abs(scaled - scaled.rounded()) < 1e-6 * max(1, scaled)
    }
    return NumberText.typeset(NumberText.fixed(tick, places ?? 8))
  }
}
