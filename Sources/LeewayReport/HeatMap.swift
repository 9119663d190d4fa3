import LeewayStudy

/// Sites by doses, one number a cell: a map of where and how hard to push.
package struct HeatMap {
  package struct Row: Sendable {
    package var name: String
    package var chosen: Bool
    /// One a column; nil where this site was not run at this dose.
    package var values: [Double?]

    package init(name: String, chosen: Bool, values: [Double?]) {
      self.name = name
      self.chosen = chosen
      self.values = values
    }
  }

  /// `style` names the ink: `effect` or `capability`.
  package static func svg(title: String, style: String, doses: [Double], rows: [Row]) -> String {
    let names = rows.map(\.name.count).max() ?? 0
    let left = min(190, 18 + 6.6 * Double(names))
    let cell = max(5, min(44, 320 / Double(max(1, doses.count))))
    let row = rows.count > 30 ? 13.0 : 22.0
    let right = left + cell * Double(doses.count)
    let bottom = 6 + row * Double(rows.count)
    var drawing = Drawing(width: right + 16, height: bottom + 42, title: title, kind: "map")
    for (place, line) in rows.enumerated() {
      let y = 6 + row * Double(place)
      drawing.text(
        left - 8, y + row / 2 + 4, line.name, line.chosen ? "tick end strong" : "tick end")
      for (column, value) in line.values.enumerated() {
        let x = left + cell * Double(column)
        let place = "\(line.name), dose \(NumberText.dose(doses[column]))"
        guard let value, value.isFinite else {
          drawing.line(
            x + cell / 2 - 3, y + row / 2, x + cell / 2 + 3, y + row / 2, "cell-missing",
            tip: place + ": not run at this dose")
          continue
        }
        let inside = min(1, max(0, value))
        drawing.rect(
          x + 0.5, y + 0.5, cell - 1, row - 1, "cell \(style)-cell", opacity: inside,
          tip: place + ": " + NumberText.percent(value))
        if cell >= 26, row >= 20 {
          drawing.text(
            x + cell / 2, y + row / 2 + 4, NumberText.fixed(value * 100, 0),
            "cell-number middle" + (inside > 0.55 ? " on" : ""))
        }
      }
      if line.chosen {
        drawing.rect(left - 1, y - 1, right - left + 2, row + 2, "cell-chosen")
      }
    }
    columns(doses, left: left, cell: cell, bottom: bottom, on: &drawing)
    return drawing.svg
  }

  private static func columns(
    _ doses: [Double], left: Double, cell: Double, bottom: Double, on drawing: inout Drawing
  ) {
    let widest = 6.2 * Double(doses.map { NumberText.dose($0).count }.max() ?? 1) + 6
    let step = max(1, Int((widest / cell).rounded(.up)))
    for column in stride(from: 0, to: doses.count, by: step) {
      drawing.text(
        left + cell * (Double(column) + 0.5), bottom + 16, NumberText.dose(doses[column]),
        "tick middle")
    }
    drawing.text(left + cell * Double(doses.count) / 2, bottom + 35, "dose", "name middle")
  }
}
