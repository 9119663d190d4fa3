import LeewayStudy

/// Layers by doses: effect, and each capability.
enum MapSection {
  static func html(_ view: StudyView) -> String {
    let doses = StudyView.ascending(
      view.sites.flatMap { arm in arm.points.filter { !$0.refined }.map(\.dose) })
    guard !view.sites.isEmpty, !doses.isEmpty else {
      return Markup.section("map", "Where to push", html: "<p>No site was run.</p>\n")
    }
    var html = "<div class=\"maps\">\n"
    html += map(view, doses, view.result.effectName, "effect") { $0.effect.share }
    for (index, capability) in view.result.capabilities.enumerated() where capability.measurable {
      html += map(view, doses, capability.name + ", kept", "capability") {
        StudyView.capability(index, of: $0)?.relative
      }
    }
    return Markup.section(
      "map", "Where to push",
      lead: "The vector at every site, in percent; more ink is more. The framed site was chosen on "
        + "one half of the prompts and is reported on the other. Refined doses are left out.",
      html: html + "</div>\n")
  }

  private static func map(
    _ view: StudyView, _ doses: [Double], _ title: String, _ style: String,
    value: (DosePoint) -> Double?
  ) -> String {
    let rows = view.sites.map { arm in
      HeatMap.Row(
        name: arm.site.description, chosen: arm.site == view.chosen?.site,
        values: doses.map { dose in arm.points.first { $0.dose == dose }.flatMap(value) })
    }
    let svg = HeatMap.svg(title: title, style: style, doses: doses, rows: rows)
    return "<div class=\"map-of\"><h3 class=\"\(style)-word\">\(Markup.text(title))</h3>\n"
      + "<div class=\"scroll\">\n\(svg)</div></div>\n"
  }
}
