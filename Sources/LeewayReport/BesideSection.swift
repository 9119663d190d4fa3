import LeewayStatistics
import LeewayStudy

/// Is it a belief or only a word: what stands beside the window, under the vector and under pushes
/// on the word alone.
enum BesideSection {
  static func html(_ view: StudyView) -> String {
    guard let chosen = view.chosen else { return "" }
    let arms = [chosen] + view.tokenArms
    let spills = chosen.points.contains { $0.spillover != nil }
    let follows = chosen.points.contains { $0.entailment != nil }
    guard spills || follows || arms.count > 1 || view.result.prompted != nil else { return "" }
    let doses = StudyView.ascending(arms.flatMap { $0.points.map(\.dose) })
    func panel(_ title: String, _ value: (DosePoint) -> Proportion?) -> Panel {
      let lines = arms.compactMap { arm -> Panel.Line? in
        let points = arm.points.compactMap { point in
          value(point).map { (dose: point.dose, share: $0.share, interval: $0.interval) }
        }
        guard !points.isEmpty else { return nil }
        return Panel.Line(
          WindowWords.kind(arm.kind), style(arm.kind), points.map { ($0.dose, $0.share) },
          bands: arm.kind == .vector ? points.map(\.interval) : [])
      }
      return Panel(title, doses: doses, lines: lines, window: chosen.window)
    }
    var panels: [(head: String, panel: Panel)] = [
      (
        "says “\(Markup.text(view.result.target))”",
        panel("says \(view.result.target)") { $0.effect }
      )
    ]
    if spills {
      panels.append(
        ("spillover: others become it too", panel("spillover") { $0.spillover?.target }))
    }
    if follows {
      panels.append(
        ("entailment: what follows is said", panel("entailment") { $0.entailment?.target }))
    }
    let lead =
      (BesideWords.sentence(view) ?? "Pushes on the word alone beside the vector.")
      + " None of this moves the window."
    return Markup.section(
      "beside", "A belief, or only a word?", lead: lead,
      html: "<figure>\n\(Panel.grid(panels))\(Panel.key(panels[0].panel.lines))"
        + "<figcaption>Percent of answers over the dose; the band is the vector’s 95 % Wilson "
        + "interval, shaded its window. A logit bias of dose 1 moves the margin between the words "
        + "by as many nats as the highest logit stands above the mean.</figcaption></figure>\n"
        + table(arms, view))
  }

  private static func style(_ kind: ArmKind) -> String {
    switch kind {
    case .unembeddingDifference: "token"
    case .logitBias: "bias"
    default: "effect"
    }
  }

  private static func table(_ arms: [ArmResult], _ view: StudyView) -> String {
    let head = [
      "push", "onset", "leeway", "at dose", "says it", "spillover", "entailment", "at dose",
      "says it", "spillover", "entailment",
    ]
    let groups =
      "<tr><th></th><th colspan=\"2\" class=\"group\">window</th>"
      + "<th colspan=\"4\" class=\"group\">at the onset</th>"
      + "<th colspan=\"4\" class=\"group seed\">at the ceiling</th></tr>"
    var rows = arms.map { arm in
      let cells =
        [
          Markup.text(WindowWords.kind(arm.kind)),
          Markup.number(arm.window.map { WindowWords.crossing($0.onset) }, orMissing: "no window"),
          Markup.number(arm.window.flatMap(WindowWords.octaves), orMissing: "no bound"),
        ] + self.cells(view.atOnset(arm), "no onset on this grid")
        + self.cells(view.atCeiling(arm), "the ceiling lies before the grid")
      return (style: arm.kind == .vector ? "chosen" : "", cells: cells)
    }
    if let prompted = view.result.prompted {
      let cells =
        ["prompt: “\(Markup.text(prompted.text))”"]
        + (0..<3).map { _ in Markup.missing("a text has no dose") }
        + [share(prompted.answers.target)]
        + (0..<6).map { _ in Markup.missing("not asked behind a text") }
      rows.append((style: "", cells: cells))
    }
    return Markup.table("beside", groups: groups, head: head, rows: rows)
  }

  private static func cells(_ point: DosePoint?, _ reason: String) -> [String] {
    guard let point else { return (0..<4).map { _ in Markup.missing(reason) } }
    return [
      Markup.number(NumberText.dose(point.dose)),
      share(point.effect), share(point.spillover?.target), share(point.entailment?.target),
    ]
  }

  private static func share(_ share: Proportion?) -> String {
    guard let share else { return Markup.missing("not asked") }
    let interval =
      NumberText.fixed(share.interval.low * 100, 0) + " to "
      + NumberText.percent(share.interval.high)
    return Markup.number(NumberText.percent(share.share))
      + "<small>\(Markup.number(interval))</small>"
  }
}
