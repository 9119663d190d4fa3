import LeewayStatistics
import LeewayStudy

/// What the model said at each strength.
enum SampleSection {
  static func html(_ view: StudyView) -> String {
    let points = view.chosen?.points.filter { !$0.samples.isEmpty } ?? []
    guard let arm = view.chosen, !points.isEmpty else {
      return Markup.section(
        "samples", "What it said", html: "<p>No generations were stored.</p>\n")
    }
    let shown = telling(points, arm.window)
    let html = points.map { dose($0, view, open: shown.contains($0.dose)) }.joined()
    return Markup.section(
      "samples", "What it said",
      lead: "Bars: share of answers that name the target, the original, or neither.",
      html: html)
  }

  /// The doses that say most: none, at onset, at the ceiling, and the first beyond it.
  private static func telling(_ points: [DosePoint], _ window: WindowEstimate?) -> [Double] {
    var doses = points.filter { $0.dose == 0 }.map(\.dose)
    if let window, case .at(let onset) = window.onset {
      doses += points.filter { $0.dose >= onset }.prefix(1).map(\.dose)
    }
    if let window, case .at(let ceiling) = window.ceiling {
      doses += points.filter { $0.dose > ceiling }.prefix(1).map(\.dose)
    } else {
      doses += points.suffix(1).map(\.dose)
    }
    return doses
  }

  private static func dose(_ point: DosePoint, _ view: StudyView, open: Bool) -> String {
    var html = """
      <details class="dose"\(open ? " open" : "")>
      <summary><span class="at">dose \(NumberText.dose(point.dose))</span>\(bar(point, view))\
      </summary>

      """
    let few = 3
    html += point.samples.prefix(few).map { sample($0, view) }.joined()
    if point.samples.count > few {
      html += "<details class=\"more\"><summary>\(point.samples.count - few) more</summary>\n"
      html += point.samples.dropFirst(few).map { sample($0, view) }.joined()
      html += "</details>\n"
    }
    return html + "</details>\n"
  }

  private static func bar(_ point: DosePoint, _ view: StudyView) -> String {
    let parts = [
      ("target", point.effect.share, view.result.target),
      ("original", point.originalShare, view.result.original),
      ("neither", point.neitherShare, "neither"),
    ]
    var drawing = Drawing(
      width: 240, height: 14, title: "Shares of answers at dose \(NumberText.dose(point.dose))",
      kind: "bar")
    var x = 0.0
    for (style, share, name) in parts where share.isFinite && share > 0 {
      let width = min(1, share) * 240
      drawing.rect(
        x, 1, max(0.5, width - 1), 12, "bar-\(style)",
        tip: "\(name): \(NumberText.percent(share))")
      x += width
    }
    let words = parts.map { "\(NumberText.percent($0.1)) \($0.2)" }.joined(separator: ", ")
    return drawing.svg + "<span class=\"shares\">\(Markup.text(words))</span>"
  }

  static func sample(_ sample: Sample, _ view: StudyView) -> String {
    let pieces = Highlight.pieces(
      sample.text, target: view.result.target, original: view.result.original)
    var said = ""
    for piece in pieces {
      let text = Markup.text(piece.text)
      switch piece.ink {
      case .plain: said += text
      case .target: said += "<mark class=\"target\">\(text)</mark>"
      case .original: said += "<mark class=\"original\">\(text)</mark>"
      }
    }
    if said.isEmpty { said = "<span class=\"missing\">(empty answer)</span>" }
    let label = ["target", "original", "neither"].contains(sample.label) ? sample.label : "neither"
    return """
      <blockquote class="l-\(label)"><p class="prompt">\(Markup.text(sample.prompt)) \
      <span class="seed">seed \(sample.seed) · \(Markup.text(sample.label))</span></p>
      <p class="said">\(said)</p></blockquote>

      """
  }
}
