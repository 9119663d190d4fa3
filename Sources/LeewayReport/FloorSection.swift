import Foundation
import LeewayStatistics
import LeewayStudy

/// The ceiling that each capability alone would set at each of three floors.
enum FloorSection {
  static func html(_ view: StudyView) -> String {
    guard let arm = view.chosen, let ceilings = arm.ceilings, !ceilings.isEmpty else { return "" }
    let floors = ceilings.map(\.floor).reduce(into: [Double]()) { list, floor in
      if !list.contains(floor) { list.append(floor) }
    }
    let rows = view.result.capabilities.indices.map { capability in
      let own = view.result.capabilities[capability]
      var cells = [
        Markup.text(own.name), Markup.number(NumberText.percent(own.floor)),
      ]
      for floor in floors {
        let found = ceilings.first { $0.capability == capability && $0.floor == floor }
        cells.append(cell(found?.ceiling, arm.window?.onset))
      }
      return (style: "", cells: cells)
    }
    let head = ["capability", "floor used"] + floors.map { "at " + NumberText.percent($0) }
    return Markup.section(
      "floors", "How much hangs on the floor",
      lead: "The dose at which each capability alone would end the window, had its floor been "
        + "another; below it the leeway in octaves. The lowest at the floors used is the ceiling.",
      html: Markup.table("floors", head: head, rows: rows))
  }

  private static func cell(_ ceiling: Crossing?, _ onset: Crossing?) -> String {
    guard let ceiling else { return Markup.missing("the baseline lacks the capability") }
    var html = Markup.number(WindowWords.crossing(ceiling))
    if case .at(let high) = ceiling, case .at(let low)? = onset {
      html += "<small>\(Markup.number(NumberText.signed(log2(high / low), 2)))</small>"
    }
    return html
  }
}
