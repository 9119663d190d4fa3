import LeewayStudy

/// Areas of all arms as dots, one lane a kind: is the vector alone at the right?
package enum ArmStrip {
  package struct Lane: Sendable {
    package var name: String
    package var kind: ArmKind
    package var areas: [(area: Double, name: String)]
    /// Arms that were not ranked: they have no area, which is not an area of 0.
    package var missing: Int
  }

  package static func lanes(_ arms: [ArmResult]) -> [Lane] {
    ArmKind.allCases.compactMap { kind in
      let members = arms.filter { $0.kind == kind }
      guard !members.isEmpty else { return nil }
      let areas = members.compactMap { arm in
        arm.rankedArea.map { (area: $0, name: "\(WindowWords.kind(kind)) \(arm.index)") }
      }.filter { $0.area.isFinite }
      return Lane(
        name: WindowWords.kind(kind), kind: kind, areas: areas.sorted { $0.area < $1.area },
        missing: members.count - areas.count)
    }
  }

  package static func svg(_ arms: [ArmResult]) -> String {
    let lanes = lanes(arms)
    let (left, right) = (176.0, 720.0)
    let height = 34.0
    let most = max(0.5, lanes.flatMap { $0.areas.map(\.area) }.max() ?? 0) * 1.04
    let bottom = 10 + height * Double(lanes.count)
    var drawing = Drawing(
      width: 900, height: bottom + 48, title: "Area of each arm in octaves", kind: "strip")
    let x = { (area: Double) in left + max(0, area) / most * (right - left) }
    let step = [0.1, 0.25, 0.5, 1, 2, 5, 10].first { most / $0 <= 7 } ?? 20
    for tick in stride(from: 0, through: most, by: step) {
      drawing.line(x(tick), 6, x(tick), bottom, tick == 0 ? "axis" : "grid")
      drawing.text(x(tick), bottom + 17, NumberText.significant(tick), "tick middle")
    }
    drawing.text((left + right) / 2, bottom + 40, "area, octaves", "name middle")
    for (place, lane) in lanes.enumerated() {
      let y = 10 + height * (Double(place) + 0.5)
      let vector = lane.kind == .vector || lane.kind == .refit
      drawing.text(
        left - 14, y + 4, lane.name, vector ? "label effect-text end" : "label control-text end")
      var last = -Double.infinity
      var stack = 0
      for dot in lane.areas {
        // Dots that would hide one another fan out above and below the lane's line.
        stack = x(dot.area) - last < 5 ? stack + 1 : 0
        if stack == 0 { last = x(dot.area) }
        let turn = Double((stack + 1) / 2) * (stack % 2 == 0 ? 4.0 : -4.0)
        let aside = min(13, max(-13, turn))
        drawing.circle(
          x(dot.area), y + aside, lane.kind == .vector ? 6 : 4,
          lane.kind == .vector ? "dot-vector" : lane.kind == .refit ? "dot-refit" : "dot-control",
          tip: "\(dot.name): \(NumberText.fixed(dot.area, 2)) octaves")
      }
      let count = lane.areas.count
      drawing.text(
        right + 16, y + 4,
        lane.missing == 0
          ? (count == 1 ? "1 arm" : "\(count) arms")
          : "\(count) of \(count + lane.missing) arms were ranked", "small control-text")
    }
    return drawing.svg
  }
}
