import Foundation
import LeewayStatistics
import LeewayStudy

/// The ceiling that each capability alone sets, and would set at each of three floors.
enum FloorSection {
  static func html(_ view: StudyView) -> String {
    guard let arm = view.chosen, let ceilings = arm.ceilings, !ceilings.isEmpty else { return "" }
    let floors = ceilings.map(\.floor).reduce(into: [Double]()) { list, floor in
      if !list.contains(floor) { list.append(floor) }
    }
    let rows = view.result.capabilities.indices.map { capability in
      let own = view.result.capabilities[capability]
      let first = view.breaksFirst.contains(capability)
      var cells = [
        Markup.text(own.name) + (first ? " <span class=\"bad\">breaks first</span>" : ""),
        own.part.map { Markup.text($0.rawValue) } ?? Markup.missing("the study does not say"),
        Markup.number(NumberText.percent(own.floor)),
        Markup.number(
          own.ceiling.map { WindowWords.crossing($0) },
          orMissing: own.leftOut == true
            ? "another model of the comparison lacks it" : "the baseline lacks the capability"),
      ]
      for floor in floors {
        let found = ceilings.first { $0.capability == capability && $0.floor == floor }
        cells.append(cell(found?.ceiling, arm.window?.onset))
      }
      return (style: "", cells: cells)
    }
    let head =
      ["capability", "part", "floor used", "ceiling"]
      + floors.map { "at " + NumberText.percent($0) }
    return Markup.section(
      "floors", "What breaks first, and how much hangs on the floor",
      lead: "The dose at which each capability alone would end the window: at the floor that was "
        + "used, and had it been another; below it the leeway in octaves. The lowest ceiling is the "
        + "window’s. Near: other facts of the same kind; far: unrelated tasks.",
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
