import LeewayStatistics
import LeewayStudy

/// One study on several models as text for a terminal: one row a model, its window on the common
/// dose axis, and what it says at its onset.
public enum FamilyTable {
  /// `columns` is the terminal's width, held from 60 up; `color` false gives plain ASCII.
  public static func text(_ family: Family, columns: Int, color: Bool) -> String {
    let ink = TerminalInk(color: color)
    let columns = max(60, columns)
    guard let first = family.members.first?.result else { return "no model was run\n" }
    var lines = [ink.bold(ink.clean(first.question, columns))]
    lines += ink.wrapped(family.subject, columns).map(ink.soft)
    lines.append("")
    lines += FamilyRows(family, columns: columns, ink: ink).lines
    lines.append(ink.soft(ink.clean(family.randomLine, columns)))
    lines += ink.wrapped(legend, columns).map(ink.soft)
    lines.append("")
    lines += atOnset(family, columns, ink)
    lines.append("")
    lines += tables(family, columns, ink)
    lines.append("")
    for note in notes(family) { lines += ink.wrapped("note: " + note, columns) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let legend =
    "doses are shares of the median residual norm; bars from onset to ceiling: # open, x shut, "
    + "~ neither shown, = the 95 % intervals of the two ends"

  /// Two lines a model: how many say it, and one of the texts that most agree with.
  private static func atOnset(_ family: Family, _ columns: Int, _ ink: TerminalInk) -> [String] {
    let width = family.members.map(\.name.count).max().map { min($0, 18) } ?? 0
    var lines: [String] = []
    for (member, view) in family.views {
      let name = TextTable.padded(ink.clean(member.name, width), width, left: true)
      if view.chosen?.window?.verdict == .notMeasurable {
        lines.append(ink.clean("\(name)  " + WindowWords.long(.notMeasurable), columns))
        continue
      }
      guard let arm = view.chosen, let point = view.atOnset(arm) else {
        lines.append(ink.clean("\(name)  never says it on this grid", columns))
        continue
      }
      let head =
        "\(name)  dose \(NumberText.dose(point.dose)) at \(arm.site): "
        + StudyTable.said(point, member.result)
      lines.append(ink.clean(head, columns))
      guard let sample = point.samples.first else { continue }
      let pad = String(repeating: " ", count: width + 2)
      let quote = ink.clean(sample.prompt + " |" + sample.text, columns - width - 2)
      lines.append(pad + ink.soft(quote))
    }
    return [ink.soft("what they say at the first dose from the onset on")] + lines
  }

  /// Belief or word at the left, the seed's own columns beside it; below where it is narrow.
  private static func tables(_ family: Family, _ columns: Int, _ ink: TerminalInk) -> [String] {
    let seed = TextTable(
      ["x raw vector", "any", "majority", "last", "width"],
      family.views.map { member, view in
        let seed = view.chosen?.seedColumns
        return [ink.clean(member.name, 18)]
          + [seed?.firstFlipAny, seed?.firstFlipMajority, seed?.lastCapable, seed?.linearWidth].map
        {
          $0.map { NumberText.significant($0) } ?? NumberText.missing
        }
      }, ink: ink)
    guard family.views.contains(where: { $0.view.asksBeside }) else { return seed.lines }
    let beside = TextTable(
      ["installs", "", "follows", "others"],
      family.views.map { member, view in
        let point = view.chosen.flatMap { view.atOnset($0) }
        func percent(_ shares: AnswerShares?) -> String {
          shares.map { NumberText.percent($0.target.share) } ?? NumberText.missing
        }
        return [
          ink.clean(member.name, 18),
          member.result.installed.map { BesideWords.installed($0) } ?? NumberText.missing,
          percent(point?.entailment), percent(point?.spillover),
        ]
      }, left: [0, 1], ink: ink)
    guard beside.width + 4 + seed.width <= columns else {
      return beside.lines + [""] + seed.lines
    }
    return zip(beside.plainLines, seed.plainLines).enumerated().map { place, pair in
      let line = TextTable.padded(pair.0, beside.width + 4, left: true) + pair.1
      return place == 0 ? ink.soft(line) : line
    }
  }

  /// What each model's own notes say, said once where several say it.
  static func notes(_ family: Family) -> [String] {
    var notes = [Family.caution]
    for member in family.members {
      for note in member.result.notes {
        let all = family.members.allSatisfy { $0.result.notes.contains(note) }
        let line = all ? note : "\(member.name): \(note)"
        if !notes.contains(line) { notes.append(line) }
      }
    }
    return notes
  }
}

/// The rows of windows, the bar taking what the numbers leave.
struct FamilyRows {
  let family: Family
  let columns: Int
  let ink: TerminalInk

  init(_ family: Family, columns: Int, ink: TerminalInk) {
    self.family = family
    self.columns = columns
    self.ink = ink
  }

  var lines: [String] {
    let leastBar = columns < 80 ? 8 : 16
    let beside = family.views.contains { $0.view.asksBeside }
    let heads =
      ["model", "params", "knows", "onset", "ceiling", "leeway, 95 %"]
      + (beside ? ["spills"] : []) + ["verdict"]
    let rows = family.views.map { cells($0.member, $0.view, beside) }
    // The bar stands before the leeway; the table is laid out without it.
    let table = TextTable(heads, rows, left: [0, heads.count - 1], ink: ink)
      .cut(columns - leastBar - 2, dropping: beside ? [2, 1, 6, 7] : [2, 1, 6])
    let bar = max(6, min(44, columns - table.width - 2))
    let place = table.heads.firstIndex { $0.hasPrefix("leeway") } ?? table.heads.count
    let doses = family.doses
    func line(_ cells: [String], _ middle: String) -> String {
      let padded = zip(cells.indices, table.widths).map { column, width in
        TextTable.padded(cells[column], width, left: table.left.contains(column))
      }
      let parts = padded[..<place] + [middle] + padded[place...]
      return parts.joined(separator: "  ")
    }
    var lines = [ink.soft(Self.trimmed(line(table.heads, axis(bar, doses))))]
    for (index, pair) in family.views.enumerated() {
      let window = pair.view.chosen?.window
      let text = WindowBar.text(window, doses: doses, width: bar, intervals: true)
      let inked = ink.bar(text, shut: text.contains("x"))
      lines.append(Self.trimmed(line(table.rows[index], inked)))
    }
    return lines
  }

  private static func trimmed(_ text: String) -> String {
    var line = Substring(text)
    while line.last == " " { line.removeLast() }
    return String(line)
  }

  private func axis(_ bar: Int, _ doses: [Double]) -> String {
    let scale = DoseScale(doses: doses, left: 0, right: Double(bar), gutter: 0)
    let (low, high) = (NumberText.dose(scale.low), NumberText.dose(scale.high))
    let gap = bar - low.count - high.count
    return gap > 0
      ? low + String(repeating: " ", count: gap) + high : TextTable.padded("dose", bar, left: true)
  }

  private func cells(_ member: Family.Member, _ view: StudyView, _ beside: Bool) -> [String] {
    let window = view.chosen?.window
    // Where nothing can be measured, a crossing of the raw curve would look like a result.
    let measured = window?.verdict == .notMeasurable ? nil : window
    let point = view.chosen.flatMap { view.atOnset($0) }
    var cells = [
      ink.clean(member.name, 18), Family.count(Family.size(member)),
      Family.knows(view).map { NumberText.fixed($0, 2) } ?? NumberText.missing,
      measured.map { WindowWords.crossing($0.onset) } ?? NumberText.missing,
      measured.map { WindowWords.crossing($0.ceiling) } ?? NumberText.missing,
      window.flatMap(WindowWords.leeway) ?? NumberText.missing,
    ]
    if beside {
      cells.append(
        point?.spillover.map { NumberText.fixed($0.target.share, 2) } ?? NumberText.missing)
    }
    cells.append(window.map { WindowWords.short($0.verdict) } ?? NumberText.missing)
    return cells
  }
}
