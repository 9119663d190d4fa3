import LeewayStatistics
import LeewayStudy

/// A finished study as text for a terminal: one row a site or kind of arm, the verdict, and what
/// the model said.
public enum StudyTable {
  /// `columns` is the terminal's width, held from 60 up; `color` false gives plain ASCII.
  public static func text(_ result: StudyResult, columns: Int, color: Bool) -> String {
    let ink = TerminalInk(color: color)
    let view = StudyView(result)
    let columns = max(60, columns)
    var lines = [ink.bold(ink.clean(result.question, columns))]
    lines.append(
      ink.soft(ink.clean("\(result.name), model \(result.provenance.modelPath)", columns)))
    lines.append("")
    lines += WindowRows(view, columns: columns, ink: ink).lines
    lines.append("")
    lines += ink.wrapped(legend, columns).map(ink.soft)
    lines.append("")
    lines += ink.wrapped(Headline.sentence(view), columns)
    if let sentence = BesideWords.sampled(view) { lines += ink.wrapped(sentence, columns) }
    if let sentence = BesideWords.sentence(view) { lines += ink.wrapped(sentence, columns) }
    for note in result.notes { lines += ink.wrapped("note: " + note, columns) }
    if result.failedTrials > 0 {
      lines.append("\(result.failedTrials) of \(result.totalTrials) trials failed")
    }
    lines += capabilities(view, columns, ink)
    lines += beside(view, columns, ink)
    lines += samples(view, columns, ink)
    return lines.joined(separator: "\n") + "\n"
  }

  private static let legend =
    "onset and ceiling are doses, shares of the median residual norm; bars: # open, x shut,"
    + " ~ neither shown; the row with < at its end was chosen; rank by area, 1 is best"

  /// Each capability with the ceiling that it alone would set.
  private static func capabilities(_ view: StudyView, _ columns: Int, _ ink: TerminalInk)
    -> [String]
  {
    let list = view.result.capabilities
    guard list.count > 1 else { return [] }
    let rows = list.enumerated().map { index, capability in
      let ceiling = capability.ceiling.map { WindowWords.crossing($0) }
      let none = capability.leftOut == true ? "left out" : "not measurable"
      return [
        ink.clean(capability.name, 28), capability.part?.rawValue ?? "",
        NumberText.significant(capability.baseline), NumberText.percent(capability.floor),
        (capability.measurable ? ceiling : nil) ?? none,
        view.breaksFirst.contains(index) ? "breaks first" : "",
      ]
    }
    let heads = ["capability", "part", "baseline", "floor", "ceiling", ""]
    let table = TextTable(heads, rows, left: [0, 1, 5], ink: ink)
    return [""] + table.fitting(columns, dropping: [2, 1, 3]).lines
  }

  /// Spillover and entailment under the vector and under pushes on the word alone.
  private static func beside(_ view: StudyView, _ columns: Int, _ ink: TerminalInk) -> [String] {
    guard let chosen = view.chosen else { return [] }
    let arms = [chosen] + view.tokenArms
    let asked = chosen.points.contains { $0.spillover != nil || $0.entailment != nil }
    guard asked || arms.count > 1 || view.result.prompted != nil else { return [] }
    var rows: [[String]] = []
    for arm in arms {
      let kind = WindowWords.kind(arm.kind)
      if arm.kind == .vector, let start = arm.points.first, start.dose == 0 {
        rows.append(row("nothing", start))
      }
      rows.append(row(kind + ", at onset", view.atOnset(arm)))
      if let ceiling = view.atCeiling(arm), ceiling.dose != arm.doseAtOnset {
        rows.append(row(kind + ", at ceiling", ceiling))
      }
    }
    if let prompted = view.result.prompted {
      let said = BesideWords.count(prompted.answers.target)
      rows.append(["text before", NumberText.missing, said, NumberText.missing, NumberText.missing])
    }
    let heads = ["push", "dose", "says it", "spillover, 95 %", "entailment, 95 %"]
    let kept = heads.indices.filter { column in
      column < 3 || rows.contains { $0[column] != NumberText.missing }
    }
    let table = TextTable(
      kept.map { heads[$0] }, rows.map { row in kept.map { row[$0] } }, ink: ink)
    return [""] + table.fitting(columns, dropping: [1, 2]).lines
  }

  private static func row(_ name: String, _ point: DosePoint?) -> [String] {
    guard let point else { return [name] + (0..<4).map { _ in NumberText.missing } }
    return [
      name, NumberText.dose(point.dose), BesideWords.count(point.effect),
      BesideWords.share(point.spillover?.target), BesideWords.share(point.entailment?.target),
    ]
  }

  /// At 0, at the first dose from the onset on, and at the first beyond the ceiling.
  private static func samples(_ view: StudyView, _ columns: Int, _ ink: TerminalInk) -> [String] {
    guard let arm = view.chosen else { return [] }
    let points = arm.points.filter { !$0.samples.isEmpty }
    var chosen: [(String, DosePoint?)] = [("baseline", points.first { $0.dose == 0 })]
    if case .at(let onset)? = arm.window?.onset {
      chosen.append(("at onset", points.first { $0.dose >= onset }))
    }
    if case .at(let ceiling)? = arm.window?.ceiling {
      chosen.append(("beyond the ceiling", points.first { $0.dose > ceiling }))
    }
    var lines: [String] = []
    for (name, point) in chosen {
      guard let point, let sample = point.samples.first else { continue }
      lines.append("")
      lines += ink.wrapped(
        "dose \(NumberText.dose(point.dose)), \(name): " + said(point, view.result), columns
      ).map(ink.soft)
      lines += ink.wrapped("> " + sample.prompt, columns - 2).prefix(2).map { "  " + ink.soft($0) }
      let text = sample.text.isEmpty ? "(empty answer)" : sample.text
      lines += ink.wrapped(text, columns - 2).prefix(4).map { "  " + $0 }
    }
    return lines
  }

  /// How many say what, so that one text is not taken for all.
  static func said(_ point: DosePoint, _ result: StudyResult) -> String {
    func share(_ share: Double) -> String {
      let count = BesideWords.count(
        Proportion(share: share, count: point.effect.count, interval: point.effect.interval))
      return String(count.prefix { $0 != " " })
    }
    guard !BesideWords.count(point.effect).contains("%") else {
      return "\(NumberText.percent(point.effect.share)) say “\(result.target)”, "
        + "\(NumberText.percent(point.originalShare)) “\(result.original)”"
    }
    return "\(BesideWords.count(point.effect)) say “\(result.target)”, "
      + "\(share(point.originalShare)) “\(result.original)”"
  }
}
