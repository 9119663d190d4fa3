import LeewayClaims

/// A claim's chart: lines, dots, bars over two axes, intervals as whiskers or bands, rules across.
/// Each series has its colour and its mark.
package struct ChartDrawing {
  let chart: Chart
  package let x: ChartScale
  package let y: ChartScale
  let inks: [String]
  /// Names stand at the right ends of the lines; in a key above the plot otherwise.
  let isLabelled: Bool
  let key: ChartKey
  let xTicks: [Double]
  let yTicks: [Double]
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  package private(set) var drawing: Drawing

  static let width = 900.0
  private static let plotHeight = 330.0
  /// Longer names would take the plot's room.
  private static let longestLabel = 22

  package init(_ chart: Chart) {
    var chart = chart
    // What was read from a file may hold what no chart can.
    for place in chart.series.indices {
      chart.series[place].points.removeAll { !$0.x.isFinite || !$0.y.isFinite }
    }
    chart.rules.removeAll { !$0.at.isFinite }
    self.chart = chart
    let series = chart.series
    let points = series.flatMap(\.points)
    inks = ChartInk.classes(series)
    let names = series.map(\.name)
    isLabelled =
      series.allSatisfy { [.line, .dashed].contains($0.look) && !$0.points.isEmpty }
      && names.allSatisfy { $0.count <= Self.longestLabel } && names.count <= 12
    let longest = names.map(\.count).max() ?? 0
    right = isLabelled ? Self.width - 22 - 7.6 * Double(longest) : Self.width - 18
    key = ChartKey(isLabelled ? [] : series, inks: inks, width: Self.width - 16)
    top = 42 + key.height
    bottom = top + Self.plotHeight
    let bars = series.contains { $0.look == .bars }
    y = ChartScale(
      chart.y,
      values: points.flatMap { [$0.y, $0.low, $0.high].compactMap(\.self) }
        + chart.rules.filter { $0.on == .y }.map(\.at)
        + (bars && chart.y.scale == .linear ? [0] : []),
      from: bottom, to: top)
    let yTicks = y.ticks(6)
    self.yTicks = yTicks
    let widest = yTicks.map { ChartScale.label($0, among: yTicks).count }.max() ?? 1
    left = 24 + 7.2 * Double(widest)
    let edge = bars ? 26.0 : 0
    x = ChartScale(
      chart.x, values: points.map(\.x) + chart.rules.filter { $0.on == .x }.map(\.at),
      from: left + edge, to: right - edge)
    xTicks = Self.fitting(x)
    drawing = Drawing(
      width: Self.width, height: bottom + 56, title: chart.title, kind: "chart")
    draw()
  }

  package var svg: String { drawing.svg }

  /// As many ticks as their labels leave room for.
  private static func fitting(_ scale: ChartScale) -> [Double] {
    for count in [10, 7, 5, 3] {
      let ticks = scale.ticks(count)
      let widest = ticks.map { ChartScale.label($0, among: ticks).count }.max() ?? 1
      let room = zip(ticks, ticks.dropFirst()).map { abs(scale.place($1) - scale.place($0)) }.min()
      if (room ?? .infinity) >= 7.2 * Double(widest) + 10 { return ticks }
    }
    return scale.ticks(2)
  }

  private mutating func draw() {
    drawAxes(on: &drawing)
    guard chart.series.contains(where: { !$0.points.isEmpty }) else {
      drawing.text((left + right) / 2, (top + bottom) / 2, "nothing was measured", "name middle")
      return
    }
    for rule in chart.rules { drawRule(rule, on: &drawing) }
    drawBars(on: &drawing)
    for (place, series) in chart.series.enumerated() where series.look == .dashed {
      drawLine(series, inks[place], on: &drawing)
    }
    for (place, series) in chart.series.enumerated() where series.look == .line {
      drawLine(series, inks[place], on: &drawing)
      drawMarks(place, on: &drawing)
    }
    for (place, series) in chart.series.enumerated() where series.look == .dots {
      drawMarks(place, on: &drawing)
    }
    drawRuleNames(on: &drawing)
    if isLabelled { drawNames(on: &drawing) } else { key.draw(y: 42, on: &drawing) }
  }

  private func drawAxes(on drawing: inout Drawing) {
    drawing.text(8, 20, chart.y.label, "name")
    for tick in yTicks {
      drawing.line(left, y.place(tick), right, y.place(tick), "grid")
      drawing.text(
        left - 8, y.place(tick) + 4, ChartScale.label(tick, among: yTicks), "tick end")
    }
    drawing.line(left, bottom, right, bottom, "axis")
    for tick in xTicks {
      let place = x.place(tick)
      drawing.line(place, bottom, place, bottom + 5, "axis")
      drawing.text(place, bottom + 20, ChartScale.label(tick, among: xTicks), "tick middle")
    }
    let points = chart.series.flatMap(\.points)
    if let apart = x.apart {
      drawing.text(apart, bottom + 20, Self.apart(points.map(\.x)), "tick middle")
      // The axis is broken: the logarithm of 0 has no place on it.
      for step in [0.0, 5] {
        let place = x.start - 11 + step
        drawing.line(place - 3, bottom + 5, place + 2, bottom - 5, "axis")
      }
    }
    if let apart = y.apart {
      drawing.text(left - 8, apart + 4, Self.apart(points.map(\.y)), "tick end")
      drawing.line(left, apart, right, apart, "grid dashed")
    }
    drawing.text((left + right) / 2, bottom + 46, chart.x.label, "name middle")
  }

  private static func apart(_ values: [Double]) -> String {
    values.contains { $0 < 0 } ? "≤ 0" : "0"
  }

  /// Names at the right ends of the lines.
  private func drawNames(on drawing: inout Drawing) {
    let labels = chart.series.enumerated().compactMap { place, series in
      series.points.max { $0.x < $1.x }.map { last in
        EdgeLabel(y: y.place(last.y) + 4, text: series.name, style: "label s-text \(inks[place])")
      }
    }
    for label in EdgeLabel.spread(labels, gap: 17, within: top + 4...bottom + 4) {
      drawing.text(right + 8, label.y, label.text, label.style)
    }
  }
}

/// Colours of series, as classes.
package enum ChartInk {
  package static let count = 6

  /// A dashed series belongs to the one before it when their names begin with the same word, and has
  /// its colour; the first other dashed one is grey: it stands behind.
  package static func classes(_ series: [Chart.Series]) -> [String] {
    var used = 0
    var hasGrey = false
    var classes: [String] = []
    func word(_ name: String) -> Substring { name.prefix { $0 != " " } }
    for (place, one) in series.enumerated() {
      if one.look == .dashed {
        let before = place > 0 ? series[place - 1] : nil
        if let before, before.look != .dashed, word(before.name) == word(one.name) {
          classes.append(classes[place - 1])
          continue
        }
        if !hasGrey {
          hasGrey = true
          classes.append("s-grey")
          continue
        }
      }
      classes.append("s\(used % count)")
      used += 1
    }
    return classes
  }
}
