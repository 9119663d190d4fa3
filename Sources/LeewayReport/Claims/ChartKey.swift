import LeewayClaims

/// Names of series beside a sample of each, in rows above a plot.
struct ChartKey {
  private var items: [(x: Double, row: Int, series: Chart.Series, ink: String, place: Int)] = []
  private var rows = 0

  init(_ series: [Chart.Series], inks: [String], width: Double) {
    var at = 8.0
    for (place, one) in series.enumerated() {
      let length = 32 + 6.9 * Double(name(one).count) + 22
      if at > 8, at + length > width {
        at = 8
        rows += 1
      }
      items.append((at, rows, one, inks[place], place))
      at += length
    }
    if !items.isEmpty { rows += 1 }
  }

  var height: Double { rows == 0 ? 0 : 20 * Double(rows) + 10 }

  func draw(y top: Double, on drawing: inout Drawing) {
    for item in items {
      let y = top + 20 * Double(item.row)
      switch item.series.look {
      case .bars: drawing.rect(item.x + 8, y - 6, 12, 12, "s-bar \(item.ink)")
      case .dashed: drawing.line(item.x, y, item.x + 26, y, "s-line s-dashed \(item.ink)")
      case .line: drawing.line(item.x, y, item.x + 26, y, "s-line \(item.ink)")
      case .dots: break
      }
      if [.line, .dots].contains(item.series.look) {
        let size = item.series.look == .line ? 2.8 : 3.8
        if item.place % 5 == 0 {
          drawing.circle(item.x + 13, y, size, "s-mark \(item.ink)")
        } else {
          drawing.path(
            Mark.outline(item.place % 5 - 1, item.x + 13, y, size * 0.9), "s-mark \(item.ink)",
            closed: true)
        }
      }
      drawing.text(item.x + 32, y + 4, name(item.series), "small")
    }
  }

  private func name(_ series: Chart.Series) -> String {
    series.points.isEmpty ? series.name + " (nothing measured)" : series.name
  }
}
