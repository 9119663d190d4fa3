import LeewayStatistics
import LeewayStudy

/// The rigorous window and the seed's own columns, side by side, one row a site.
enum WindowSection {
  static func html(_ view: StudyView) -> String {
    let head = [
      "site", "onset", "ceiling", "octaves", "verdict", "area", "peak", "rank",
      "flip, any", "flip, majority", "last capable", "width",
    ]
    let groups =
      "<tr><th></th><th colspan=\"7\" class=\"group\">window, in dose</th>"
      + "<th colspan=\"4\" class=\"group seed\">seed’s columns, in multiples of the raw vector</th>"
      + "</tr>"
    let rows = view.sites.map { arm in
      row(arm, name: arm.site.description, style: arm.site == view.chosen?.site ? "chosen" : "")
    }
    var html = Markup.table("windows", groups: groups, head: head, rows: rows)
    if !view.controls.isEmpty {
      let rows = view.controls.map { arm in
        row(arm, name: "\(WindowWords.kind(arm.kind)) \(arm.index), \(arm.site)", style: "")
      }
      html +=
        "<details><summary>The \(rows.count) control arms in the same columns</summary>\n"
        + Markup.table("windows", groups: groups, head: head, rows: rows) + "</details>\n"
    }
    return Markup.section(
      "windows", "The window, and the seed’s own columns",
      lead:
        "Onset and ceiling are crossings of monotone fits, with 95 % intervals below; the seed’s columns are single points "
        + "of the raw grid. Peak is the largest, over doses, of the lesser of effect and capability.",
      html: html)
  }

  private static func row(_ arm: ArmResult, name: String, style: String)
    -> (style: String, cells: [String])
  {
    let window = arm.window
    let none = "no window was estimated for this arm"
    let seed = arm.seedColumns
    let never = seed == nil ? "the seed’s columns were not computed" : "never on this grid"
    let unbounded = window == nil ? none : "no crossing bounds it"
    var cells = [Markup.text(name)]
    cells.append(crossing(window?.onset, window?.onsetInterval, none))
    cells.append(crossing(window?.ceiling, window?.ceilingInterval, none))
    let range =
      WindowWords.octaves(window?.octavesInterval).map { Markup.number($0) }
      ?? (window == nil ? nil : Markup.missing("no bootstrap interval"))
    cells.append(
      Markup.number(window.flatMap(WindowWords.octaves), orMissing: unbounded)
        + (range.map { "<small>\($0)</small>" } ?? ""))
    cells.append(
      window.map {
        "<span class=\"verdict v-\($0.verdict.rawValue)\">"
          + Markup.text(WindowWords.short($0.verdict)) + "</span>"
      } ?? Markup.missing(none))
    cells.append(Markup.number(window.map { NumberText.fixed($0.area, 2) }, orMissing: none))
    cells.append(Markup.number(window.map { NumberText.percent($0.peakUseful) }, orMissing: none))
    cells.append(
      Markup.number(
        arm.rank.flatMap { rank in arm.ranked.map { "\(rank) of \($0 + 1)" } },
        orMissing: "not ranked against random arms"))
    cells.append(Markup.number(seed?.firstFlipAny.map { NumberText.dose($0) }, orMissing: never))
    cells.append(
      Markup.number(seed?.firstFlipMajority.map { NumberText.dose($0) }, orMissing: never))
    cells.append(Markup.number(seed?.lastCapable.map { NumberText.dose($0) }, orMissing: never))
    cells.append(
      Markup.number(
        seed?.linearWidth.map { NumberText.significant($0) },
        orMissing: seed == nil ? never : "one of its ends is missing"))
    return (style, cells)
  }

  private static func crossing(_ crossing: Crossing?, _ interval: Interval?, _ reason: String)
    -> String
  {
    guard let crossing else { return Markup.missing(reason) }
    let under = WindowWords.doses(interval).map { "<small>\(Markup.number($0))</small>" } ?? ""
    return Markup.number(WindowWords.crossing(crossing)) + under
  }
}
