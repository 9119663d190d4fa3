import LeewayStudy

/// The dose-response chart with its reading aid.
enum ChartSection {
  static func html(_ view: StudyView) -> String {
    guard let arm = view.chosen, !arm.points.isEmpty else {
      return Markup.section("chart", "Dose and response", html: "<p>No dose was run.</p>\n")
    }
    let unmeasured = view.result.capabilities.filter { !$0.measurable }.map(\.name)
    var caption =
      "<b>\(Markup.text(view.result.effectName))</b> (filled circles; band: 95 % Wilson interval) "
      + "and capability relative to its baseline. Hollow marks were added by refinement."
    caption +=
      view.randoms.isEmpty
      ? " No random arms were run."
      : " Grey: \(view.randoms.count) random vectors of the same norm, dashed their mean."
    if arm.points.contains(where: { $0.sampled != nil }) {
      let onset = arm.sampledOnset.map { ", onset \(WindowWords.crossing($0))" } ?? ""
      caption += " Dashed: the same answers in sampled texts\(Markup.number(onset))."
    }
    caption +=
      " The shaded window runs from onset to ceiling; brackets above it are their intervals."
    if arm.window.flatMap({ WindowSpan($0, on: DoseChart(view, arm).scale) })?.shut == true {
      caption += " Stripes: it breaks before it works."
    }
    if !unmeasured.isEmpty {
      caption +=
        " Not measurable at the baseline and not drawn: "
        + Markup.text(unmeasured.joined(separator: ", ")) + "."
    }
    return Markup.section(
      "chart", "Dose and response",
      html: Markup.figure(DoseChart(view, arm).svg, caption: caption))
  }
}
