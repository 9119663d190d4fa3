/// Rows by columns, one number a cell: more ink is more.
package struct HeatMap {
  package struct Row: Sendable {
    package var name: String
    package var chosen: Bool
    /// One a column; nil where nothing was measured.
    package var values: [Double?]

    package init(name: String, chosen: Bool, values: [Double?]) {
      self.name = name
      self.chosen = chosen
      self.values = values
    }
  }
  var title: String
  /// The ink: `effect` or `capability`.
  var style: String
  var rowName = ""
  var columnName: String
  var columns: [String]
  var rows: [Row]
  /// Where a cell lies, for its tip: `blocks.3, dose 0.5`.
  var place: (_ row: String, _ column: String) -> String = { "\($0), \($1)" }
  /// How much ink a value has, from 0 to 1; outside it is as at the nearest end.
  var share: (Double) -> Double
  /// A value inside its cell, where there is room, and in its tip.
  var short: (Double) -> String
  var long: (Double) -> String
  var missing = "not measured"
  /// Of a cell, in pixels.
  var widest = 44.0
  /// Of all cells together.
  var room = 320.0

  /// Sites by doses: a map of where and how hard to push.
  package static func svg(title: String, style: String, doses: [Double], rows: [Row]) -> String {
    HeatMap(
      title: title, style: style, columnName: "dose", columns: doses.map(NumberText.dose),
      rows: rows, place: { "\($0), dose \($1)" }, share: { $0 },
      short: { NumberText.fixed($0 * 100, 0) }, long: { NumberText.percent($0) },
      missing: "not run at this dose"
    ).drawing.svg
  }

  var drawing: Drawing {
    let names = max(rows.map(\.name.count).max() ?? 0, rowName.count)
    let left = min(190, 18 + 6.6 * Double(names))
    let cell = max(5, min(widest, room / Double(max(1, columns.count))))
    let height = rows.count > 30 ? 13.0 : 22.0
    let right = left + cell * Double(columns.count)
    let top = rowName.isEmpty ? 6.0 : 26
    let bottom = top + height * Double(rows.count)
    var drawing = Drawing(width: right + 16, height: bottom + 42, title: title, kind: "map")
    if !rowName.isEmpty { drawing.text(left - 8, 16, rowName, "name end") }
    for (place, row) in rows.enumerated() {
      let y = top + height * Double(place)
      drawing.text(
        left - 8, y + height / 2 + 4, row.name, row.chosen ? "tick end strong" : "tick end")
      for (column, value) in row.values.enumerated() where column < columns.count {
        let x = left + cell * Double(column)
        draw(
          value, self.place(row.name, columns[column]), x, y, (width: cell, height: height),
          on: &drawing)
      }
      if row.chosen {
        drawing.rect(left - 1, y - 1, right - left + 2, height + 2, "cell-chosen")
      }
    }
    drawColumns(left: left, cell: cell, bottom: bottom, on: &drawing)
    return drawing
  }

  private func draw(
    _ value: Double?, _ place: String, _ x: Double, _ y: Double,
    _ size: (width: Double, height: Double), on drawing: inout Drawing
  ) {
    guard let value, value.isFinite else {
      let (x, y) = (x + size.width / 2, y + size.height / 2)
      drawing.line(x - 3, y, x + 3, y, "cell-missing", tip: "\(place): \(missing)")
      return
    }
    let inside = min(1, max(0, share(value)))
    drawing.rect(
      x + 0.5, y + 0.5, size.width - 1, size.height - 1, "cell \(style)-cell", opacity: inside,
      tip: "\(place): \(long(value))")
    let text = short(value)
    if size.width >= max(26, 6.6 * Double(text.count) + 6), size.height >= 20 {
      drawing.text(
        x + size.width / 2, y + size.height / 2 + 4, text,
        "cell-number middle" + (inside > 0.55 ? " on" : ""))
    }
  }

  private func drawColumns(
    left: Double, cell: Double, bottom: Double, on drawing: inout Drawing
  ) {
    let widest = 6.2 * Double(columns.map(\.count).max() ?? 1) + 6
    let step = max(1, Int((widest / cell).rounded(.up)))
    for column in stride(from: 0, to: columns.count, by: step) {
      drawing.text(
        left + cell * (Double(column) + 0.5), bottom + 16, columns[column], "tick middle")
    }
    drawing.text(
      left + cell * Double(columns.count) / 2, bottom + 35, columnName, "name middle")
  }
}
