import LeewayClaims

/// Claims as text for a terminal: the list, one claim, and what was measured of it.
public enum ClaimTable {
  /// The ledger, one line a claim. `columns` is the terminal's width, held from 60 up; `color` false
  /// gives plain ASCII.
  public static func list(_ entries: [ClaimEntry], columns: Int, color: Bool) -> String {
    let ink = TerminalInk(color: color)
    let columns = max(60, columns)
    let heads = ["claim", "cost", "status", "verdict", "key number", "target"]
    let rows = entries.map { entry -> [String] in
      let key = entry.record?.key
      return [
        ink.clean(entry.claim.id, 24), ClaimWords.cost(entry.claim.cost),
        ClaimWords.status(entry.status),
        entry.record.map { ClaimWords.outcome($0.findings.verdict.outcome) } ?? NumberText.missing,
        ink.clean(
          key.flatMap { ClaimWords.value($0.value, beside: $0.check?.target) }
            ?? NumberText.missing, 26),
        ink.clean((key?.check).map { ClaimWords.target($0.target) } ?? NumberText.missing, 26),
      ]
    }
    var table = TextTable(heads, rows, left: [0, 2, 3], ink: ink)
      .fitting(columns, dropping: [5, 1, 2])
    // The sentence takes what the rest leaves, if that is enough to say something.
    let room = columns - table.width - 2
    if room >= 16 {
      let sentences = entries.map { ink.clean($0.claim.sentence, room) }
      table = TextTable(
        Self.second("sentence", in: table.heads),
        zip(sentences, table.rows).map { Self.second($0, in: $1) },
        left: Set(table.left.map { $0 + 1 }).union([0, 1]), ink: ink)
    }
    return text(table.lines)
  }

  private static func second(_ cell: String, in row: [String]) -> [String] {
    row.prefix(1) + [cell] + row.dropFirst()
  }

  /// What a claim says, how it is measured, and what it takes.
  public static func text(_ claim: Claim, columns: Int, color: Bool) -> String {
    let ink = TerminalInk(color: color)
    let columns = max(60, columns)
    var lines = ink.wrapped(claim.title, columns).map(ink.bold)
    lines += ink.wrapped("“\(claim.sentence)”", columns - 2).map { "  " + ink.accent($0) }
    for (head, words) in [
      ("if it is so", claim.hypothesis), ("measured by", claim.experiment),
      (
        "takes",
        ClaimWords.cost(claim.cost) + " on two processors"
          + (claim.cost.isQuick ? "" : "; not part of `run all` without --full")
      ),
    ] {
      lines += ["", ink.soft(head)] + ink.wrapped(words, columns)
    }
    if !claim.parameters.isEmpty {
      lines += ["", ink.soft("parameters: --set NAME=VALUE")]
      for parameter in claim.parameters {
        let name = "\(parameter.name)=\(parameter.standard)"
        lines += ink.wrapped(name, columns - 2).map { "  " + ink.bold($0) }
        lines += ink.wrapped("\(parameter.meaning): \(parameter.expected)", columns - 4).map {
          "    " + $0
        }
      }
    }
    if !claim.targets.isEmpty {
      lines += ["", ink.soft("targets at the default parameters")]
      for target in claim.targets {
        let words =
          "\(target.id): \(ClaimWords.target(target)) (\(ClaimWords.source(target.source)))"
        lines += ink.wrapped(words, columns - 2).map { "  " + $0 }
      }
    }
    return text(lines)
  }

  /// Verdict, numbers with their intervals, failed targets; tables and notes too where `wholly`.
  public static func text(_ record: ClaimRecord, wholly: Bool, columns: Int, color: Bool) -> String
  {
    let ink = TerminalInk(color: color)
    let columns = max(60, columns)
    let verdict = record.findings.verdict
    var lines = ink.wrapped(record.title, columns).map(ink.bold)
    let told = ink.wrapped(
      "\(ClaimWords.outcome(verdict.outcome)): \(verdict.because)", columns)
    lines += told.prefix(1).map(ink.accent) + told.dropFirst()
    if !record.isStandard {
      lines += ink.wrapped("measured by: " + ClaimWords.command(record), columns).map(ink.soft)
    }
    lines += values(record, columns, ink)
    for check in record.failed {
      lines += ink.wrapped("TARGET FAILED: " + ClaimWords.failure(check), columns).map(ink.warning)
    }
    if wholly {
      for table in record.findings.tables { lines += self.table(table, columns, ink) }
    }
    for note in record.findings.notes { lines += ink.wrapped("note: " + note, columns) }
    return text(lines)
  }

  private static func values(_ record: ClaimRecord, _ columns: Int, _ ink: TerminalInk) -> [String]
  {
    guard !record.findings.values.isEmpty else { return [] }
    let rows = record.findings.values.map { value -> [String] in
      let check = record.check(value)
      return [
        ink.clean(value.label, 200),
        value.value.map { ClaimWords.number($0, beside: check?.target) } ?? NumberText.missing,
        ClaimWords.interval(value.low, value.high) ?? "", ink.clean(value.unit, 24),
        check.map { ClaimWords.target($0.target) } ?? "",
        check.map { $0.holds ? "holds" : "FAILED" } ?? "",
      ]
    }
    let heads = ["", "value", "95 % interval", "unit", "target", ""]
    let kept = heads.indices.filter { column in
      column < 2 || rows.contains { !$0[column].isEmpty }
    }
    let table = TextTable(
      kept.map { heads[$0] }, rows.map { row in kept.map { row[$0] } },
      left: Set(kept.indices.filter { [0, 3, 5].contains(kept[$0]) }), ink: ink)
    let order = [3, 4, 2].compactMap { kept.firstIndex(of: $0) }
    return [""] + table.fitting(columns, dropping: order).lines + [""]
  }

  private static func table(_ table: Findings.Table, _ columns: Int, _ ink: TerminalInk) -> [String]
  {
    let rows = table.rows.map { row in
      table.columns.indices.map { column in
        let cell = row.indices.contains(column) ? row[column] : .missing
        // The first says what the row is.
        return ink.clean(ClaimWords.cell(cell) ?? NumberText.missing, column == 0 ? 200 : 32)
      }
    }
    let words = table.columns.indices.filter { column in
      !table.rows.contains { row in
        guard row.indices.contains(column), case .number = row[column] else { return false }
        return true
      }
    }
    let heads = table.columns.map { ink.clean($0, 24) }
    // Later columns leave first where it is narrow.
    let shown = TextTable(heads, rows, left: Set(words).union([0]), ink: ink)
      .fitting(columns, dropping: heads.indices.dropFirst().reversed())
    return [ink.soft(ink.clean(table.title, columns))] + shown.lines + [""]
  }

  private static func text(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }
}

extension ClaimTable {
  /// `about 40 min`.
  public static func cost(_ claim: Claim) -> String { ClaimWords.cost(claim.cost) }

  /// What a run of all left out, and what that would take; nil where nothing was.
  public static func skipped(_ claims: [Claim]) -> String? {
    guard !claims.isEmpty else { return nil }
    let costs = claims.map { "\($0.id) (\(cost($0)))" }.joined(separator: ", ")
    let seconds = claims.reduce(0) { $0 + $1.cost.seconds }
    let total = claims.count > 1 ? ", together about \(ClaimWords.duration(seconds))" : ""
    return "skipped: \(costs)\(total); run them by name or with: leeway claims run all --full"
  }
}
