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
    for note in result.notes { lines += ink.wrapped("note: " + note, columns) }
    if result.failedTrials > 0 {
      lines.append("\(result.failedTrials) of \(result.totalTrials) trials failed")
    }
    lines += samples(view, columns, ink)
    return lines.joined(separator: "\n") + "\n"
  }

  private static let legend =
    "onset and ceiling are doses, shares of the median residual norm; bars: # open, x shut,"
    + " ~ neither shown; the row with < at its end was chosen; rank by area, 1 is best"

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
      lines.append(ink.soft("dose \(NumberText.dose(point.dose)), \(name)"))
      lines += ink.wrapped("> " + sample.prompt, columns - 2).prefix(2).map { "  " + ink.soft($0) }
      let said = sample.text.isEmpty ? "(empty answer)" : sample.text
      lines += ink.wrapped(said, columns - 2).prefix(4).map { "  " + $0 }
    }
    return lines
  }
}
