import Foundation

/// A curve over steps, on a logarithmic axis: every value as a faint stroke, its mean over
/// neighbours as a line.
struct TrainingChart {
  var title: String
  /// One a step.
  var values: [Float]
  /// Measured between steps: (steps done, value).
  var marks: [(step: Double, value: Double)]
  var axis: String

  private static let (left, right, top, bottom) = (64.0, 880.0, 16.0, 300.0)
  /// Points that a stroke is drawn with at most.
  private static let points = 800

  var svg: String {
    var drawing = Drawing(width: 920, height: 350, title: title, kind: "chart")
    guard let range else {
      drawing.text(Self.left, 40, "nothing was measured", "tick")
      return drawing.svg
    }
    axes(range, on: &drawing)
    drawing.path(stroke(range, window: 1), "training-each")
    drawing.path(stroke(range, window: max(1, values.count / 50)), "training-mean")
    drawing.path(
      marks.map { (x($0.step), y($0.value, range)) }, "effect-line")
    for mark in marks {
      drawing.circle(
        x(mark.step), y(mark.value, range), 3, "effect-dot",
        tip: "after \(Int(mark.step)) steps: \(NumberText.significant(mark.value, 4))")
    }
    return drawing.svg
  }

  private var range: ClosedRange<Double>? {
    let all = values.map(Double.init) + marks.map(\.value)
    let positive = all.filter { $0 > 0 && $0.isFinite }
    guard let low = positive.min(), let high = positive.max() else { return nil }
    return low / 1.05...max(high, low * 1.2) * 1.05
  }

  private func x(_ step: Double) -> Double {
    Self.left + (Self.right - Self.left) * step / Double(max(values.count, 1))
  }

  private func y(_ value: Double, _ range: ClosedRange<Double>) -> Double {
    let share = log(max(value, range.lowerBound) / range.lowerBound)
    return Self.bottom
      - (Self.bottom - Self.top) * share / log(range.upperBound / range.lowerBound)
  }

  /// Means over `window` neighbours, at most `points` of them.
  private func stroke(_ range: ClosedRange<Double>, window: Int) -> [(x: Double, y: Double)] {
    let step = max(1, (values.count + Self.points - 1) / Self.points)
    return stride(from: 0, to: values.count, by: step).map { index in
      let from = max(0, index - window / 2)
      let part = values[from..<min(values.count, max(from + window, index + step))]
      let mean = part.reduce(0.0) { $0 + Double($1) } / Double(part.count)
      return (x(Double(index) + Double(step) / 2), y(mean, range))
    }
  }

  private func axes(_ range: ClosedRange<Double>, on drawing: inout Drawing) {
    for tick in Self.ticks(range) {
      drawing.line(Self.left, y(tick, range), Self.right, y(tick, range), "grid")
      drawing.text(Self.left - 8, y(tick, range) + 4, NumberText.significant(tick), "tick end")
    }
    drawing.line(Self.left, Self.bottom, Self.right, Self.bottom, "axis")
    for part in 0...4 {
      let step = Double(values.count) * Double(part) / 4
      drawing.text(
        x(step), Self.bottom + 20, NumberText.grouped(Int(step.rounded())), "tick middle")
    }
    drawing.text(
      (Self.left + Self.right) / 2, Self.bottom + 44, "\(axis) on a logarithmic axis, by step",
      "name middle")
  }

  /// 1, 2 and 5 times powers of ten; where that leaves fewer than three, more of them.
  private static func ticks(_ range: ClosedRange<Double>) -> [Double] {
    let low = Int(log10(range.lowerBound).rounded(.down))
    let high = Int(log10(range.upperBound).rounded(.up))
    for steps in [
      [1.0, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8], Array(stride(from: 1.0, to: 10, by: 0.2)),
    ] {
      let ticks = (low...max(low, high)).flatMap { power in
        steps.map { $0 * pow(10, Double(power)) }
      }.filter { range.contains($0) }
      if ticks.count >= 3 {
        return ticks.count > 12
          ? ticks.enumerated().filter { $0.offset % 4 == 0 }.map(\.element) : ticks
      }
    }
    return [range.lowerBound, range.upperBound]
  }
}
