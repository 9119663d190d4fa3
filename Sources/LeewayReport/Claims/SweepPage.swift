import LeewayClaims

/// A claim's sweep as one HTML file: where its verdict turns, and what its values do on the way.
public enum SweepPage {
  /// What a sweep's files are called, without what follows the point.
  public static func name(_ claim: String, over parameters: [String]) -> String {
    "\(claim)-by-" + parameters.joined(separator: "-")
  }

  /// - Parameter ids: the values that are drawn.
  public static func html(_ sweep: ClaimSweep, values ids: [String]) -> String {
    PageFrame.html(
      title: SweepWords.title(sweep),
      body: head(sweep) + pictures(sweep, ids) + points(sweep, ids) + misses(sweep) + end(sweep),
      footer: ClaimPage.footer, css: ClaimStyle.chart + ClaimStyle.page)
  }

  private static func head(_ sweep: ClaimSweep) -> String {
    let said = SweepWords.verdicts(sweep)
    let meanings = sweep.axes.map { "\($0.name): \($0.meaning)" }.joined(separator: "; ")
    return """
      <header>
      <blockquote class="claimed">\(Markup.text(sweep.sentence))\
      <cite>the claim, in the words of the seed</cite></blockquote>
      <p class="eyebrow">\(Markup.text(SweepWords.title(sweep)))</p>
      <h1>\(Markup.text(sweep.title))</h1>
      <p class="answer">\(Markup.text(said.prefix(1).uppercased() + said.dropFirst())).</p>
      <p class="lead">\(Markup.text(meanings)).</p>
      </header>

      """
  }

  private static func pictures(_ sweep: ClaimSweep, _ ids: [String]) -> String {
    let pictures = SweepPictures.pictures(sweep, ids)
    guard !pictures.isEmpty else { return "" }
    return Markup.section(
      "pictures", pictures.count == 1 ? "The picture" : "Pictures",
      html: pictures.map(ClaimPicture.figure).joined())
  }

  private static func points(_ sweep: ClaimSweep, _ ids: [String]) -> String {
    let hasTargets = !sweep.checks.isEmpty
    let head =
      sweep.axes.map(\.name) + ["verdict"] + (hasTargets ? ["targets that hold"] : [])
      + ids.map { id in
        let (label, unit) = sweep.label(id)
        return unit.isEmpty ? label : "\(label), \(unit)"
      }
    let rows = sweep.points.map { point in
      (
        style: "",
        cells: point.at.map { Markup.text("\($0)") } + [verdict(point)]
          + (hasTargets ? [Markup.text(SweepWords.held(point) ?? "")] : [])
          + ids.map { value(point, $0) }
      )
    }
    return Markup.section(
      "points", "Point by point",
      html: Markup.table(
        "found", head: head.map(Markup.text), rows: rows, words: [sweep.axes.count]))
  }

  private static func verdict(_ point: ClaimSweep.Point) -> String {
    let style = point.verdict?.outcome.rawValue ?? "none"
    let why = point.verdict?.because ?? point.failure ?? ""
    return "<span class=\"o-\(style)\" title=\"\(Escaping.html(why))\">"
      + "\(SweepWords.verdict(point))</span>"
  }

  private static func value(_ point: ClaimSweep.Point, _ id: String) -> String {
    let found = point.value(id)
    let interval = found.flatMap { ClaimWords.interval($0.low, $0.high) }
    return Markup.number(
      found?.value.map { ClaimWords.number($0) }, orMissing: "could not be measured")
      + (interval.map { " <small>\(Markup.number($0))</small>" } ?? "")
  }

  private static func misses(_ sweep: ClaimSweep) -> String {
    let lines = SweepWords.misses(sweep).map { "Target failed: " + $0 } + SweepWords.failures(sweep)
    guard !lines.isEmpty else { return "" }
    return Markup.section(
      "notes", "What to know beside",
      html: "<ul class=\"notes\">\n"
        + lines.map { "<li>\(Markup.text($0))</li>\n" }.joined() + "</ul>\n")
  }

  private static func end(_ sweep: ClaimSweep) -> String {
    Markup.section(
      "command", "Measure it again",
      html: "<pre>\(Markup.text(SweepWords.command(sweep)))</pre>\n"
        + (sweep.engine.isEmpty
          ? "" : "<p class=\"lead\">Measured by \(Markup.text(sweep.engine)).</p>\n"))
  }
}
