import LeewayClaims

extension ChartDrawing {
  /// A line through what has a place on the axes; it is broken where a point has none.
  func drawLine(_ series: Chart.Series, _ ink: String, on drawing: inout Drawing) {
    let banded = series.points.filter { bounds($0) != nil && isOn($0) }
    if series.look == .line, banded.count > 1 {
      let upper = banded.map { (x: x.place($0.x), y: bounds($0)?.high ?? 0) }
      let lower = banded.map { (x: x.place($0.x), y: bounds($0)?.low ?? 0) }
      drawing.path(upper + lower.reversed(), "s-band \(ink)", closed: true)
    }
    for piece in series.points.split(whereSeparator: { !isOn($0) }) {
      drawing.path(
        piece.map { (x: x.place($0.x), y: y.place($0.y)) },
        "s-line \(ink)" + (series.look == .dashed ? " s-dashed" : ""), tip: series.name)
    }
  }

  /// One mark a point. Dots with intervals that would hide one another stand side by side.
  func drawMarks(_ place: Int, on drawing: inout Drawing) {
    let series = chart.series[place]
    let many = series.points.count > 60
    let size = many ? 1.8 : series.look == .line ? 2.8 : 3.8
    for (index, point) in series.points.enumerated() {
      let at = x.place(point.x) + aside(place, index)
      let isBanded = series.look == .line && series.points.count > 1 && isOn(point)
      if !isBanded, let bounds = bounds(point) {
        drawing.line(at, bounds.low, at, bounds.high, "s-whisker \(inks[place])")
      }
      let tip = tip(series, point)
      if place % 5 == 0 {
        drawing.circle(at, y.place(point.y), size, "s-mark \(inks[place])", tip: tip)
      } else {
        drawing.path(
          Mark.outline(place % 5 - 1, at, y.place(point.y), size * 0.9), "s-mark \(inks[place])",
          closed: true, tip: tip)
      }
    }
  }

  /// Bars of several series at one place stand side by side; they start at 0, or at the axis where it
  /// is logarithmic.
  func drawBars(on drawing: inout Drawing) {
    let bars = chart.series.indices.filter { chart.series[$0].look == .bars }
    guard !bars.isEmpty else { return }
    let places = Set(bars.flatMap { chart.series[$0].points.map { x.place($0.x) } }).sorted()
    let gap = zip(places, places.dropFirst()).map { $1 - $0 }.min() ?? 120
    let width = max(1, min(56, gap * 0.8 / Double(bars.count)))
    let base = y.isLog ? bottom : y.place(0)
    for (order, place) in bars.enumerated() {
      let series = chart.series[place]
      for point in series.points {
        let middle =
          x.place(point.x) + (Double(order) - Double(bars.count - 1) / 2) * width
        let end = y.place(point.y)
        drawing.rect(
          middle - width / 2 + 0.5, min(base, end), max(0.5, width - 1), max(0.5, abs(end - base)),
          "s-bar \(inks[place])", tip: tip(series, point))
        if let bounds = bounds(point) {
          drawing.line(middle, bounds.low, middle, bounds.high, "s-error")
        }
      }
    }
    drawing.line(left, base, right, base, "axis")
  }

  func drawRule(_ rule: Chart.Rule, on drawing: inout Drawing) {
    switch rule.on {
    case .y: drawing.line(left, y.place(rule.at), right, y.place(rule.at), "s-rule")
    case .x: drawing.line(x.place(rule.at), top, x.place(rule.at), bottom, "s-rule")
    }
  }

  /// Over everything, with a halo: a name that cannot be read names nothing.
  func drawRuleNames(on drawing: inout Drawing) {
    let across = chart.rules.filter { $0.on == .y && !$0.label.isEmpty }.map {
      EdgeLabel(y: y.place($0.at) - 6, text: $0.label, style: "small control-text halo")
    }
    for label in EdgeLabel.spread(across, gap: 14, within: top + 10...bottom - 3) {
      drawing.text(left + 6, label.y, label.text, label.style)
    }
    let upright = chart.rules.filter { $0.on == .x && !$0.label.isEmpty }
    for (place, rule) in upright.enumerated() {
      let at = x.place(rule.at)
      let toRight = at + 8 + 6.4 * Double(rule.label.count) < right
      drawing.text(
        toRight ? at + 5 : at - 5, top + 12 + 14 * Double(place % 4), rule.label,
        "small control-text halo" + (toRight ? "" : " end"))
    }
  }

  // MARK: Points

  private func isOn(_ point: Chart.Point) -> Bool { x.holds(point.x) && y.holds(point.y) }

  /// The interval in pixels; a bound that is missing is infinite and ends with the plot.
  private func bounds(_ point: Chart.Point) -> (low: Double, high: Double)? {
    func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
    let (low, high) = (finite(point.low), finite(point.high))
    guard low != nil || high != nil else { return nil }
    return (low.map(y.place) ?? bottom, high.map(y.place) ?? top)
  }

  /// How far a dot steps aside for dots with intervals at the same place.
  private func aside(_ place: Int, _ index: Int) -> Double {
    let own = chart.series[place].points[index]
    guard chart.series[place].look == .dots, bounds(own) != nil else { return 0 }
    var before = 0
    var all = 0
    for (other, series) in chart.series.enumerated() where series.look == .dots {
      for (spot, point) in series.points.enumerated()
      where point.x == own.x && bounds(point) != nil {
        all += 1
        if (other, spot) < (place, index) { before += 1 }
      }
    }
    return (Double(before) - Double(all - 1) / 2) * min(7, 60 / Double(max(all, 1)))
  }

  private func tip(_ series: Chart.Series, _ point: Chart.Point) -> String {
    let range = ClaimWords.interval(point.low, point.high).map { " (\($0))" } ?? ""
    return "\(series.name), \(NumberText.significant(point.x, 4)): "
      + NumberText.significant(point.y, 4) + range
  }
}
