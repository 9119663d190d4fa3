import LeewayClaims

/// Pictures of a claim as drawings.
public enum ClaimPicture {
  /// The claim's first picture as an SVG file of its own; nil where it has none.
  public static func svg(_ record: ClaimRecord) -> String? {
    record.findings.pictures.first.map { drawing($0).file(css: ChartStyle.file + ClaimStyle.chart) }
  }

  static func drawing(_ picture: Picture) -> Drawing {
    switch picture {
    case .chart(let chart): ChartDrawing(chart).drawing
    case .heat(let heat): map(heat).drawing
    }
  }

  private static func map(_ heat: Heat) -> HeatMap {
    let span = heat.high - heat.low
    return HeatMap(
      title: heat.title, style: "effect", rowName: heat.rowName, columnName: heat.columnName,
      columns: heat.columns,
      rows: zip(heat.rows, heat.values).map { HeatMap.Row(name: $0, chosen: false, values: $1) },
      place: { "\(heat.rowName) \($0), \(heat.columnName) \($1)" },
      // Where all values are one, none has more ink than another.
      share: { span == 0 ? 0.5 : ($0 - heat.low) / span },
      short: { NumberText.typeset(NumberText.significant($0, 2)) },
      long: { NumberText.typeset(NumberText.significant($0, 4)) }, widest: 76, room: 680)
  }

  /// The figure on a page, under its title.
  static func figure(_ picture: Picture) -> String {
    let caption: String
    switch picture {
    case .chart(let chart): caption = chart.caption
    case .heat(let heat):
      let range =
        "Palest \(NumberText.significant(heat.low)), fullest \(NumberText.significant(heat.high))."
      caption = heat.caption + (heat.caption.isEmpty ? "" : " ") + NumberText.typeset(range)
    }
    return "<h3>\(Markup.text(picture.title))</h3>\n"
      + Markup.figure(drawing(picture).svg, caption: Markup.text(caption))
  }
}
