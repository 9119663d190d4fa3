import LeewayClaims

/// A sweep as pictures: over one parameter a curve a value, over two a map a value.
enum SweepPictures {
  static func pictures(_ sweep: ClaimSweep, _ ids: [String]) -> [Picture] {
    guard sweep.axes.count == 1, let axis = sweep.axes.first, let numbers = axis.numbers else {
      return ids.compactMap { map(sweep, $0) }
    }
    let curves = ids.map { Curve($0, sweep, numbers) }.filter { $0.points.count > 1 }
    var groups: [[Curve]] = []
    for curve in curves {
      if let last = groups.last, last.allSatisfy(curve.isComparable) {
        groups[groups.count - 1].append(curve)
      } else {
        groups.append([curve])
      }
    }
    return groups.map { chart($0, axis) }
  }

  private struct Curve {
    var label: String
    var unit: String
    var points: [Chart.Point]
    /// Where the targets apply at every point.
    var target: Double?

    init(_ id: String, _ sweep: ClaimSweep, _ numbers: [Double]) {
      (label, unit) = sweep.label(id)
      points = zip(numbers, sweep.points).compactMap { number, point in
        guard let value = point.value(id), let y = value.value else { return nil }
        return Chart.Point(number, y, low: value.low, high: value.high)
      }.sorted { $0.x < $1.x }
      if sweep.points.allSatisfy({ !$0.checks.isEmpty }) {
        target = sweep.checks.first { $0.target.id == id }?.target.expected
      }
    }

    var largest: Double { points.map { abs($0.y) }.max() ?? 0 }

    /// Of one unit, and neither is flat beside the other.
    func isComparable(_ other: Curve) -> Bool {
      unit == other.unit && min(largest, other.largest) * 20 > max(largest, other.largest)
    }
  }

  private static func chart(_ curves: [Curve], _ axis: SweepAxis) -> Picture {
    // Every draw is a dot of its own: nothing lies between two seeds.
    let look: Chart.Series.Look = axis.name == Claim.Parameter.seed ? .dots : .line
    let unit = curves.first?.unit ?? ""
    return .chart(
      Chart(
        curves.map(\.label).joined(separator: ", ") + " by " + axis.name,
        caption: "\(axis.name): \(axis.meaning).",
        x: .init(axis.name, axis.isGeometric ? .log : .linear),
        y: .init(unit.isEmpty ? "value" : unit),
        series: curves.map { Chart.Series($0.label, look, $0.points) },
        rules: curves.compactMap { curve in
          curve.target.map { .init(.y, $0, curves.count > 1 ? "target: \(curve.label)" : "target") }
        }))
  }

  private static func map(_ sweep: ClaimSweep, _ id: String) -> Picture? {
    guard let down = sweep.axes.first else { return nil }
    let across = sweep.axes.count > 1 ? sweep.axes[1] : nil
    let width = across?.values.count ?? 1
    let values = sweep.points.map { $0.value(id)?.value }
    guard let low = values.compactMap(\.self).min(), let high = values.compactMap(\.self).max()
    else {
      return nil
    }
    let (label, unit) = sweep.label(id)
    return .heat(
      Heat(
        label + " by " + sweep.axes.map(\.name).joined(separator: " and "),
        caption: unit.isEmpty ? "" : "In \(unit).", rowName: down.name,
        columnName: across?.name ?? "value", rows: down.values.map { "\($0)" },
        columns: across.map { $0.values.map { "\($0)" } } ?? [unit.isEmpty ? "value" : unit],
        values: down.values.indices.map { row in Array(values[row * width..<(row + 1) * width]) },
        low: low, high: high))
  }
}
