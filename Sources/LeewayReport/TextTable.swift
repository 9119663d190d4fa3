/// Columns of text under their heads, for a terminal.
struct TextTable {
  var heads: [String]
  var rows: [[String]]
  /// Columns that stand at the left; numbers stand at the right.
  var left: Set<Int> = [0]
  let ink: TerminalInk

  init(_ heads: [String], _ rows: [[String]], left: Set<Int> = [0], ink: TerminalInk) {
    self.heads = heads.map { ink.plain($0) }
    self.rows = rows.map { $0.map { ink.plain($0) } }
    self.left = left
    self.ink = ink
  }

  var widths: [Int] {
    heads.indices.map { column in ([heads] + rows).map { $0[column].count }.max() ?? 0 }
  }

  var width: Int { widths.reduce(0, +) + 2 * max(0, widths.count - 1) }

  /// Without those columns, first of the list first, that there is no room for; the first column is
  /// cut if that is not enough.
  func fitting(_ columns: Int, dropping order: [Int]) -> TextTable {
    var kept = Array(heads.indices)
    var table = self
    for column in order where table.width > columns {
      kept.removeAll { $0 == column }
      table = TextTable(
        kept.map { heads[$0] }, rows.map { row in kept.map { row[$0] } },
        left: Set(kept.indices.filter { left.contains(kept[$0]) }), ink: ink)
    }
    let over = table.width - columns
    guard over > 0, let first = table.widths.first else { return table }
    table.rows = table.rows.map { [String($0[0].prefix(max(4, first - over)))] + $0.dropFirst() }
    return table
  }

  /// The head first, softly; then one line a row. No line ends in space.
  var lines: [String] {
    let plain = plainLines
    return plain.prefix(1).map(ink.soft) + plain.dropFirst()
  }

  /// Without ink, so that letters can be counted.
  var plainLines: [String] { [line(heads)] + rows.map(line) }

  private func line(_ cells: [String]) -> String {
    let padded = zip(cells.indices, widths).map { column, width in
      Self.padded(cells[column], width, left: left.contains(column))
    }
    var line = Substring(padded.joined(separator: "  "))
    while line.last == " " { line.removeLast() }
    return String(line)
  }

  static func padded(_ text: String, _ width: Int, left: Bool) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return left ? text + space : space + text
  }
}
