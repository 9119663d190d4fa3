import LeewayStatistics
import LeewayStudy

/// How much of the width's uncertainty is due to the vector: windows of refitted vectors.
enum RefitSection {
  static func html(_ view: StudyView) -> String {
    let title = "Had the vector been fitted on other prompts"
    guard !view.refits.isEmpty else {
      return Markup.section(
        "refits", title,
        html: "<p>No refits were run: the share of variance due to the vector is "
          + "\(Markup.missing("no refits")).</p>\n")
    }
    let share = view.chosen?.window?.vectorVarianceShare.map { NumberText.percent($0) }
    let text = Markup.number(share, orMissing: "the bootstrap did not split the variance")
    return Markup.section(
      "refits", title,
      html: "<p class=\"lead\">\(view.refits.count) refits on resampled contrasts, each run at the "
        + "doses around the crossings. Share of the width’s variance due to the vector: "
        + "<b>\(text)</b>.</p>\n"
        + Markup.figure(
          strip(view),
          caption: "Each line is one window, from onset to ceiling. An arrow: the "
            + "crossing lies off these doses. Dashes: it breaks before it works."))
  }

  private static func strip(_ view: StudyView) -> String {
    let arms = [view.chosen].compactMap { $0 } + view.refits
    let (left, right, row) = (150.0, 720.0, 20.0)
    let scale = DoseScale(
      doses: arms.flatMap { $0.points.map(\.dose) }, left: left, right: right, gutter: 0)
    let bottom = 10 + row * Double(arms.count)
    var drawing = Drawing(
      width: 900, height: bottom + 46, title: "Windows of the refits", kind: "strip")
    for tick in scale.ticks {
      drawing.line(scale.x(tick), 4, scale.x(tick), bottom, "grid")
      drawing.text(scale.x(tick), bottom + 17, NumberText.dose(tick), "tick middle")
    }
    drawing.text((left + right) / 2, bottom + 38, "dose", "name middle")
    for (place, arm) in arms.enumerated() {
      let y = 10 + row * (Double(place) + 0.5)
      let name = arm.kind == .refit ? "refit \(arm.index)" : WindowWords.kind(arm.kind)
      drawing.text(
        left - 14, y + 4, name, arm.kind == .refit ? "tick end" : "label effect-text end")
      let words = arm.window.flatMap(WindowWords.octaves).map { $0 + " octaves" }
      drawing.text(right + 16, y + 4, words ?? "no width", "small control-text")
      guard let window = arm.window, let span = WindowSpan(window, on: scale) else { continue }
      let style = arm.kind == .refit ? "range-refit" : "range-vector"
      drawing.line(
        span.start, y, span.end, y, style + (span.shut ? " dashed" : ""),
        tip: "\(name): \(words ?? "")")
      cap(span.start, y, open: span.opensLeft, back: 8, style, on: &drawing)
      cap(span.end, y, open: span.opensRight, back: -8, style, on: &drawing)
    }
    return drawing.svg
  }

  private static func cap(
    _ x: Double, _ y: Double, open: Bool, back: Double, _ style: String, on drawing: inout Drawing
  ) {
    if open {
      drawing.path([(x + back, y - 4), (x, y), (x + back, y + 4)], style, closed: false)
    } else {
      drawing.circle(x, y, 3.2, style + "-dot")
    }
  }
}
