import LeewayStatistics

/// A small dose-response chart, one of several that share their axes.
package struct Panel {
  package struct Line {
    package var name: String
    /// Class of the stroke: `effect`, `capability`, `token`, `bias`, `sampled`, `spill`, `follow`.
    package var style: String
    package var points: [(dose: Double, share: Double)]
    package var bands: [Interval]

    package init(
      _ name: String, _ style: String, _ points: [(dose: Double, share: Double)],
      bands: [Interval] = []
    ) {
      self.name = name
      self.style = style
      self.points = points
      self.bands = bands
    }
  }
  package var title: String
  package var doses: [Double]
  package var lines: [Line]
  package var window: WindowEstimate?
  package var criterion: Double?

  package init(
    _ title: String, doses: [Double], lines: [Line], window: WindowEstimate? = nil,
    criterion: Double? = nil
  ) {
    self.title = title
    self.doses = doses
    self.lines = lines
    self.window = window
    self.criterion = criterion
  }

  private static let (left, right, top, bottom) = (36.0, 322.0, 10.0, 168.0)

  package var svg: String {
    let scale = DoseScale(doses: doses, left: Self.left, right: Self.right, gutter: 26)
    var drawing = Drawing(width: 332, height: 196, title: title, kind: "panel")
    if let window, let span = WindowSpan(window, on: scale) {
      let (width, height) = (span.end - span.start, Self.bottom - Self.top)
      if span.shut {
        drawing.striped(span.start, Self.top, width, height, "window-shut", tip: "shut")
      } else {
        let sure = window.verdict == .open || window.verdict == .noCeiling
        drawing.rect(
          span.start, Self.top, width, height, sure ? "window-open" : "window-doubt",
          tip: WindowWords.short(window.verdict))
      }
    }
    for share in [0, 0.5, 1] {
      drawing.line(Self.left, y(share), Self.right, y(share), share == 0 ? "axis" : "grid")
      drawing.text(Self.left - 6, y(share) + 4, NumberText.fixed(share * 100, 0), "tick end")
    }
    if let criterion, criterion != 0.5 {
      drawing.line(Self.left, y(criterion), Self.right, y(criterion), "criterion")
    }
    // Room for the 0 in its gutter.
    let ticks = scale.ticks.filter { scale.x($0) > scale.zero + 34 }
    let step = max(1, (ticks.count + 4) / 5)
    for tick in stride(from: 0, to: ticks.count, by: step).map({ ticks[$0] }) {
      drawing.line(scale.x(tick), Self.bottom, scale.x(tick), Self.bottom + 4, "axis")
      drawing.text(scale.x(tick), Self.bottom + 18, NumberText.dose(tick), "tick middle")
    }
    drawing.text(scale.zero, Self.bottom + 18, "0", "tick middle")
    for line in lines { draw(line, scale, on: &drawing) }
    return drawing.svg
  }

  private func y(_ share: Double) -> Double {
    let inside = share.isFinite ? min(1.06, max(0, share)) : 0
    return Self.bottom - inside / 1.06 * (Self.bottom - Self.top)
  }

  private func draw(_ line: Line, _ scale: DoseScale, on drawing: inout Drawing) {
    let pushed = line.points.filter { $0.dose > 0 }
    if line.bands.count == line.points.count, pushed.count > 1 {
      let bands = zip(line.points, line.bands).filter { $0.0.dose > 0 }
      let upper = bands.map { (x: scale.x($0.0.dose), y: y($0.1.high)) }
      let lower = bands.map { (x: scale.x($0.0.dose), y: y($0.1.low)) }
      drawing.path(upper + lower.reversed(), "p-\(line.style)-band", closed: true)
    }
    drawing.path(
      pushed.map { (x: scale.x($0.dose), y: y($0.share)) }, "p-line p-\(line.style)",
      tip: line.name)
    for point in line.points {
      drawing.circle(
        scale.x(point.dose), y(point.share), 2.2, "p-dot p-\(line.style)-dot",
        tip: "\(line.name), dose \(NumberText.dose(point.dose)): \(NumberText.percent(point.share))"
      )
    }
  }

  /// Names of lines with a stroke before each, once for panels that share them.
  package static func key(_ lines: [Line]) -> String {
    let items = lines.map { line -> String in
      var drawing = Drawing(width: 30, height: 10, title: line.name, kind: "key")
      drawing.line(1, 5, 29, 5, "p-line p-\(line.style)")
      return "<li>\(drawing.svg)\(Markup.text(line.name))</li>\n"
    }
    return "<ul class=\"key\">\n\(items.joined())</ul>\n"
  }

  /// Panels in as many columns as there is room for.
  package static func grid(_ panels: [(head: String, panel: Panel)]) -> String {
    let cells = panels.map { head, panel in
      "<div class=\"panel-of\"><h3>\(head)</h3>\n\(panel.svg)</div>\n"
    }
    return "<div class=\"panels\">\n\(cells.joined())</div>\n"
  }
}
