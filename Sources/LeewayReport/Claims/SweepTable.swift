import LeewayBase
import LeewayClaims

/// A sweep as text: for a terminal, and for a spreadsheet.
public enum SweepTable {
  /// - Parameter ids: the values that are shown; columns that have no room leave from the right.
  public static func text(_ sweep: ClaimSweep, values ids: [String], columns: Int, color: Bool)
    -> String
  {
    let ink = TerminalInk(color: color)
    let columns = max(60, columns)
    var lines = ink.wrapped(SweepWords.title(sweep), columns).map(ink.bold)
    lines += ink.wrapped(SweepWords.verdicts(sweep), columns).map(ink.accent)
    let hasTargets = !sweep.checks.isEmpty
    let heads =
      sweep.axes.map(\.name) + ["verdict"] + (hasTargets ? ["targets"] : [])
      + ids
    let rows = sweep.points.map { point in
      point.at.map { "\($0)" } + [SweepWords.verdict(point)]
        + (hasTargets ? [SweepWords.held(point) ?? ""] : [])
        + ids.map { id in
          point.value(id).flatMap { ClaimWords.value($0) } ?? NumberText.missing
        }
    }
    let fixed = sweep.axes.count + (hasTargets ? 2 : 1)
    let table = TextTable(
      heads, rows, left: [sweep.axes.count], ink: ink
    ).fitting(columns, dropping: Array((fixed + 1..<max(fixed + 1, heads.count)).reversed()))
    lines += [""] + table.lines + [""]
    for id in ids where table.heads.contains(id) {
      lines += ink.wrapped("\(id): \(sweep.label(id).label)", columns).map(ink.soft)
    }
    for miss in SweepWords.misses(sweep) {
      lines += ink.wrapped("TARGET FAILED: " + miss, columns).map(ink.warning)
    }
    for failure in SweepWords.failures(sweep) { lines += ink.wrapped(failure, columns) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One line a point: every value with its interval.
  public static func csv(_ sweep: ClaimSweep) -> String {
    let ids = sweep.valueIDs
    var lines = [
      sweep.axes.map(\.name) + ["verdict"] + ids.flatMap { [$0, $0 + "_low", $0 + "_high"] }
    ]
    for point in sweep.points {
      lines.append(
        point.at.map { "\($0)" } + [point.verdict?.outcome.rawValue ?? ""]
          + ids.flatMap { id in
            let value = point.value(id)
            return [value?.value, value?.low, value?.high].map { $0.map { "\($0)" } ?? "" }
          })
    }
    return CSVText.text(lines)
  }
}
