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

  /// The most that the first column may take; longer cells go on below, set in. Nil is no limit.
  private var firstLimit: Int?

  var widths: [Int] {
    heads.indices.map { column in
      let longest = ([heads] + rows).map { $0[column].count }.max() ?? 0
      return column == 0 ? min(longest, firstLimit ?? longest) : longest
    }
  }

  var width: Int { widths.reduce(0, +) + 2 * max(0, widths.count - 1) }

  /// No wider than `columns`, where that can be: the first column, whose words say what the row is, is
  /// wrapped, but not below 32 letters while a column can be left out instead, first of the list
  /// first.
  func fitting(_ columns: Int, dropping order: [Int]) -> TextTable {
    narrowed(columns, to: 32, dropping: order) { table, width in
      table.firstLimit = max(4, width)
    }
  }

  /// The same on one line a row: what is too long in the first column loses its middle, since names
  /// differ at their ends.
  func cut(_ columns: Int, dropping order: [Int]) -> TextTable {
    narrowed(columns, to: .max, dropping: order) { table, width in
      table.rows = table.rows.map { [ink.shortened($0[0], max(4, width))] + $0.dropFirst() }
    }
  }

  private func narrowed(
    _ columns: Int, to least: Int, dropping order: [Int], _ narrow: (inout TextTable, Int) -> Void
  ) -> TextTable {
    func over(_ table: TextTable) -> Int {
      let first = table.widths.first ?? 0
      return table.width - max(0, first - least) - columns
    }
    var kept = Array(heads.indices)
    var table = self
    for column in order where over(table) > 0 {
      kept.removeAll { $0 == column }
      table = TextTable(
        kept.map { heads[$0] }, rows.map { row in kept.map { row[$0] } },
        left: Set(kept.indices.filter { left.contains(kept[$0]) }), ink: ink)
    }
    if table.width > columns, let first = table.widths.first {
      narrow(&table, first - (table.width - columns))
    }
    return table
  }

  /// The head first, softly; then the rows. No line ends in space.
  var lines: [String] {
    let plain = plainLines
    return plain.prefix(1).map(ink.soft) + plain.dropFirst()
  }

  /// Without ink, so that letters can be counted.
  var plainLines: [String] { ([heads] + rows).flatMap(wrapped) }

  private func wrapped(_ cells: [String]) -> [String] {
    guard let limit = firstLimit, let first = cells.first, first.count > limit else {
      return [line(cells)]
    }
    let pieces = ink.wrapped(first, limit - 2)
    let head = Array(pieces.prefix(1)) + cells.dropFirst()
    return [line(head)] + pieces.dropFirst().map { "  " + $0 }
  }

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
