import LeewayStatistics
import LeewayStudy

/// One study on several models as one HTML file: windows on a common axis, small multiples of dose
/// and response, and links to each model's own page. No script, no address outside the folder.
public enum FamilyPage {
  public static func html(_ family: Family) -> String {
    let first = family.members.first?.result
    let body = """
      <header>
      <p class="eyebrow">\(Markup.text(family.subject))</p>
      <h1>\(Markup.text(first?.question ?? "No model was run"))</h1>
      <p class="answer">\(Markup.text(sentence(family)))</p>
      <ul class="notes">
      \(FamilyTable.notes(family).map { "<li>\(Markup.text($0))</li>\n" }.joined())</ul>
      </header>
      \(windows(family))\(curves(family))\(said(family))\(seed(family))
      """
    return PageFrame.html(
      title: "\(first?.name ?? "family"): \(family.members.count) models", body: body)
  }

  /// The verdicts counted.
  private static func sentence(_ family: Family) -> String {
    let verdicts = family.views.compactMap { $0.view.chosen?.window?.verdict }
    let parts = WindowEstimate.Verdict.allCases.compactMap { verdict -> String? in
      let count = verdicts.count { $0 == verdict }
      return count > 0 ? "\(count) \(WindowWords.short(verdict))" : nil
    }
    let random = family.randomLine
    return "\(family.members.count) models: " + parts.joined(separator: ", ") + ". "
      + random.prefix(1).uppercased() + random.dropFirst() + "."
  }

  private static func link(_ member: Family.Member) -> String {
    "<a href=\"\(Escaping.html(member.page))\">\(Markup.text(member.name))</a>"
  }

  // MARK: Windows

  private static func windows(_ family: Family) -> String {
    let head = [
      "model", "parameters", "knows", "onset", "ceiling", "leeway", "verdict", "breaks first",
      "at the onset", "spillover", "entailment", "installs",
    ]
    let rows = family.views.map { member, view in
      (style: "", cells: cells(member, view))
    }
    return Markup.section(
      "windows", "The windows",
      lead: "From onset to ceiling, on one dose axis; whiskers are 95 % intervals of the two ends. "
        + "Parameters are without embeddings. A capability that some model lacks sets no ceiling.",
      html: Markup.figure(
        FamilyStrip.svg(family), caption: "Striped: it breaks before it works.")
        + Markup.table("family", head: head, rows: rows))
  }

  private static func cells(_ member: Family.Member, _ view: StudyView) -> [String] {
    let arm = view.chosen
    let window = arm?.window
    // Where nothing can be measured, a crossing of the raw curve would look like a result.
    let measured = window?.verdict == .notMeasurable ? nil : window
    let none = window == nil ? "no window was estimated" : WindowWords.long(.notMeasurable)
    let point = arm.flatMap { view.atOnset($0) }
    let onset = "no onset on this grid"
    let broken = view.breaksFirst.sorted().map { member.result.capabilities[$0].name }
    func under(_ text: String?) -> String {
      text.map { "<small>\(Markup.number($0))</small>" } ?? ""
    }
    return [
      link(member), Markup.number(NumberText.grouped(Family.size(member))),
      Markup.number(
        Family.knows(view).map { NumberText.percent($0) }, orMissing: "no baseline was run"),
      Markup.number(measured.map { WindowWords.crossing($0.onset) }, orMissing: none)
        + under(WindowWords.doses(measured?.onsetInterval)),
      Markup.number(measured.map { WindowWords.crossing($0.ceiling) }, orMissing: none)
        + under(WindowWords.doses(measured?.ceilingInterval)),
      Markup.number(
        measured.flatMap(WindowWords.octaves),
        orMissing: measured == nil ? none : "no crossing bounds it")
        + under(WindowWords.octaves(measured?.octavesInterval)),
      window.map {
        "<span class=\"verdict v-\($0.verdict.rawValue)\">"
          + Markup.text(WindowWords.short($0.verdict)) + "</span>"
      } ?? Markup.missing(none),
      broken.isEmpty
        ? Markup.missing("nothing breaks on this grid")
        : broken.map(Markup.text).joined(
          separator: "<br>"),
      Markup.number(point.map { BesideWords.count($0.effect) }, orMissing: onset),
      Markup.number(
        point?.spillover.map { NumberText.percent($0.target.share) },
        orMissing: point == nil ? onset : "not asked"),
      Markup.number(
        point?.entailment.map { NumberText.percent($0.target.share) },
        orMissing: point == nil ? onset : "not asked"),
      member.result.installed.map { Markup.text(BesideWords.installed($0)) }
        ?? Markup.missing(point == nil ? onset : "entailment was not asked"),
    ]
  }

  // MARK: Curves

  private static func curves(_ family: Family) -> String {
    let panels = family.views.compactMap { member, view -> (head: String, panel: Panel)? in
      guard let arm = view.chosen else { return nil }
      let under =
        "\(Markup.text(Family.count(Family.size(member)))), \(Markup.text("\(arm.site)"))"
        + (arm.window.flatMap(WindowWords.octaves).map { ", \(Markup.number($0)) octaves" } ?? "")
      return (
        link(member) + "<p>\(under)</p>",
        Panel(
          member.name, doses: family.doses, lines: lines(arm, view), window: arm.window,
          criterion: member.result.effectCriterion)
      )
    }
    var keys: [Panel.Line] = []
    for line in panels.flatMap(\.panel.lines) where !keys.contains(where: { $0.name == line.name })
    {
      keys.append(line)
    }
    return Markup.section(
      "curves", "Dose and response, model by model",
      lead: "All on the same axes, smallest model first: percent over the dose. "
        + "The shaded stretch is the window.",
      html: "<figure>\n\(Panel.grid(panels))\(Panel.key(keys))</figure>\n")
  }

  private static func lines(_ arm: ArmResult, _ view: StudyView) -> [Panel.Line] {
    let used = view.measurable.filter { view.result.capabilities[$0].leftOut != true }
    func least(_ point: DosePoint) -> Double? {
      used.compactMap { StudyView.capability($0, of: point)?.relative }.min()
    }
    func shares(_ value: (DosePoint) -> Double?) -> [(dose: Double, share: Double)] {
      arm.points.compactMap { point in value(point).map { (point.dose, $0) } }
    }
    let random = view.pooledRandom.map { (dose: $0.dose, share: $0.share) }
    let all = [
      Panel.Line("random directions, mean", "bias", random),
      Panel.Line("least capability kept", "capability", shares(least)),
      Panel.Line("what follows is said", "follow", shares { $0.entailment?.target.share }),
      Panel.Line("others become it too", "spill", shares { $0.spillover?.target.share }),
      Panel.Line(
        "says “\(view.result.target)”", "effect", shares(\.effect.share),
        bands: arm.points.map(\.effect.interval)),
    ]
    return all.filter { !$0.points.isEmpty }
  }

  // MARK: Words and the seed's columns

  private static func said(_ family: Family) -> String {
    let quotes = family.views.map { member, view -> String in
      guard let arm = view.chosen, let point = view.atOnset(arm) else {
        return "<h3>\(link(member))</h3>\n<p class=\"lead\">Never says it on this grid.</p>\n"
      }
      let head =
        "<h3>\(link(member)), dose \(Markup.number(NumberText.dose(point.dose))): "
        + Markup.text(StudyTable.said(point, member.result)) + "</h3>\n"
      return head + point.samples.prefix(1).map { SampleSection.sample($0, view) }.joined()
    }
    return Markup.section(
      "said", "What they say at the first dose from the onset on",
      lead: "A text with the most frequent answer of each model.", html: quotes.joined())
  }

  private static func seed(_ family: Family) -> String {
    let never = "never on this grid"
    let rows = family.views.map { member, view in
      let seed = view.chosen?.seedColumns
      let cells =
        [link(member)]
        + [seed?.firstFlipAny, seed?.firstFlipMajority, seed?.lastCapable, seed?.linearWidth].map {
          Markup.number($0.map { NumberText.significant($0) }, orMissing: never)
        }
      return (style: "", cells: cells)
    }
    return Markup.section(
      "seed", "The seed’s own columns",
      lead: "Single points of the raw grid, in multiples of the raw vector: another unit for every "
        + "model.",
      html: Markup.table(
        "seed-table",
        head: ["model", "first flip, any", "first flip, majority", "last capable", "width"],
        rows: rows))
  }
}
