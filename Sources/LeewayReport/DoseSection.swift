import LeewayStatistics
import LeewayStudy

/// The coordinates of every dose of the chosen arm, and all that was measured there.
enum DoseSection {
  static func html(_ view: StudyView) -> String {
    guard let arm = view.chosen, !arm.points.isEmpty else { return "" }
    var head = [
      "dose", "dose × √width", "strength", "angle", "shift", "p50", "p95", "effect", "95 %", "n",
      "original", "neither",
    ]
    head += view.result.capabilities.map { Markup.text($0.name) }
    head.append("additions")
    let rows = arm.points.map { row($0, view) }
    let vector = arm.vector
    let norms =
      "Median residual norm at \(arm.site): \(NumberText.significant(vector.residualMedian, 4)) "
      + "(mean \(NumberText.significant(vector.residualMean, 4)), p5 "
      + "\(NumberText.significant(vector.residualP5, 4)), p95 "
      + "\(NumberText.significant(vector.residualP95, 4))); raw norm of the vector "
      + "\(NumberText.significant(vector.rawNorm, 4)); positions: \(arm.positions.rawValue). "
      + "Angle in degrees; shift in nats per token; additions made of those due. "
      + "A circle marks a dose added by refinement."
    return Markup.section(
      "doses", "Four coordinates of every dose", lead: norms,
      html: Markup.table("doses", head: head, rows: rows))
  }

  private static func row(_ point: DosePoint, _ view: StudyView) -> (style: String, cells: [String])
  {
    let width = Double(view.result.provenance.width)
    let unsaid = "nothing was generated at this dose"
    let shift = { (value: Double?) in
      Markup.number(value.map { NumberText.fixed($0, 3) }, orMissing: unsaid)
    }
    var cells = [
      Markup.number(NumberText.dose(point.dose)) + (point.refined ? " <i>○</i>" : ""),
      Markup.number(NumberText.significant(point.dose * width.squareRoot())),
      Markup.number(NumberText.significant(point.strength)),
      Markup.number(NumberText.fixed(point.angle, 1), orMissing: "not a number") + "°",
      shift(point.shift), shift(point.shiftP50), shift(point.shiftP95),
      Markup.number(NumberText.percent(point.effect.share), orMissing: "not a number"),
      Markup.number(
        NumberText.percent(point.effect.interval.low) + " to "
          + NumberText.percent(point.effect.interval.high)),
      Markup.number(NumberText.grouped(point.effect.count)),
      Markup.number(NumberText.percent(point.originalShare), orMissing: "not a number"),
      Markup.number(NumberText.percent(point.neitherShare), orMissing: "not a number"),
    ]
    for (index, capability) in view.result.capabilities.enumerated() {
      guard capability.measurable else {
        cells.append(Markup.missing("not measurable: the baseline is too close to chance"))
        continue
      }
      let value = StudyView.capability(index, of: point)
      cells.append(
        Markup.number(
          value.map { NumberText.percent($0.relative) }, orMissing: "not scored at this dose"))
    }
    let whole = point.additionsMade == point.additionsExpected
    cells.append(
      Markup.number(NumberText.grouped(point.additionsMade))
        + (whole
          ? " <span class=\"ok\" title=\"as many as were due\">✓</span>"
          : " <span class=\"bad\">≠ \(Markup.number(NumberText.grouped(point.additionsExpected)))"
            + "</span>"))
    return (point.refined ? "refined" : "", cells)
  }
}
