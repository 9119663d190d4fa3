import LeewayStatistics
import LeewayStudy

/// Windows of all models as bars on one dose axis, with the intervals of their ends.
enum FamilyStrip {
  static func svg(_ family: Family) -> String {
    let names = family.members.map(\.name.count).max() ?? 0
    let left = min(220, max(90, 18 + 7.2 * Double(names)))
    let right = 760.0
    let row = 34.0
    let scale = DoseScale(doses: family.doses, left: left, right: right, gutter: 0)
    let bottom = 10 + row * Double(family.members.count)
    var drawing = Drawing(
      width: 900, height: bottom + 46, title: "Windows of all models", kind: "strip")
    for tick in scale.ticks {
      drawing.line(scale.x(tick), 4, scale.x(tick), bottom, "grid")
      drawing.text(scale.x(tick), bottom + 17, NumberText.dose(tick), "tick middle")
    }
    drawing.text((left + right) / 2, bottom + 38, "dose", "name middle")
    for (place, pair) in family.views.enumerated() {
      let y = 10 + row * (Double(place) + 0.5)
      drawing.text(left - 14, y + 4, pair.member.name, "label end")
      guard let window = pair.view.chosen?.window else {
        drawing.text(right + 16, y + 4, "no window", "small control-text")
        continue
      }
      drawing.text(
        right + 16, y + 4, WindowWords.leeway(window) ?? WindowWords.short(window.verdict),
        "small control-text")
      guard window.verdict != .notMeasurable else { continue }
      draw(window, y, scale, on: &drawing)
    }
    return drawing.svg
  }

  private static func draw(
    _ window: WindowEstimate, _ y: Double, _ scale: DoseScale, on drawing: inout Drawing
  ) {
    if let span = WindowSpan(window, on: scale) {
      let width = max(1, span.end - span.start)
      if span.shut {
        drawing.striped(span.start, y - 8, width, 16, "window-shut", tip: "shut")
      } else {
        let sure = window.verdict == .open || window.verdict == .noCeiling
        drawing.rect(span.start, y - 8, width, 16, sure ? "window-bar" : "window-doubt", rounded: 2)
      }
    }
    end(window.onset, window.onsetInterval, y - 4, "effect", scale, on: &drawing)
    end(window.ceiling, window.ceilingInterval, y + 4, "capability", scale, on: &drawing)
  }

  private static func end(
    _ crossing: Crossing, _ interval: Interval?, _ y: Double, _ style: String, _ scale: DoseScale,
    on drawing: inout Drawing
  ) {
    if let interval, interval.low < interval.high {
      drawing.line(
        scale.clamped(interval.low), y, scale.clamped(interval.high), y, style + "-bracket")
    }
    let name = style == "effect" ? "onset" : "ceiling"
    switch crossing {
    case .at(let dose):
      drawing.circle(
        scale.clamped(dose), y, 3.6, style + "-dot",
        tip: "\(name) \(WindowWords.crossing(crossing))")
    case .above:
      let x = scale.right
      drawing.path([(x - 8, y - 4), (x, y), (x - 8, y + 4)], style + "-dot", closed: true)
    case .below:
      let x = scale.left
      drawing.path([(x + 8, y - 4), (x, y), (x + 8, y + 4)], style + "-dot", closed: true)
    }
  }
}
