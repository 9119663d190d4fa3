import LeewayStudy

extension DoseChart {
  func drawAxes(on drawing: inout Drawing) {
    for share in [0, 0.25, 0.5, 0.75, 1] {
      drawing.line(Self.left, y(share), Self.right, y(share), share == 0 ? "axis" : "grid")
      drawing.text(Self.left - 8, y(share) + 4, NumberText.percent(share), "tick end")
    }
    for tick in scale.ticks {
      let x = scale.x(tick)
      drawing.line(x, Self.bottom, x, Self.bottom + 5, "axis")
      drawing.text(x, Self.bottom + 20, NumberText.dose(tick), "tick middle")
    }
    if arm.points.contains(where: { $0.dose == 0 }) {
      drawing.text(scale.zero, Self.bottom + 20, "0", "tick middle")
      // The axis is broken between 0 and the smallest dose: log2 0 has no place on it.
      let x = scale.left - 8
      drawing.line(x - 4, Self.bottom + 5, x + 1, Self.bottom - 5, "axis")
      drawing.line(x + 1, Self.bottom + 5, x + 6, Self.bottom - 5, "axis")
    }
    drawing.text(
      (scale.left + Self.right) / 2, Self.bottom + 46,
      "dose: length added, as a share of the median residual norm (log₂ axis)",
      "name middle")
    drawThresholds(on: &drawing)
  }

  private func drawThresholds(on drawing: inout Drawing) {
    let criterion = view.result.effectCriterion
    drawing.line(
      Self.left, y(criterion), Self.right, y(criterion), "criterion",
      tip: "The effect counts from \(NumberText.percent(criterion))")
    var labels = [
      EdgeLabel(
        y: y(criterion) - 5, text: "criterion \(NumberText.percent(criterion))",
        style: "small effect-text")
    ]
    var floors: [Double] = []
    for index in view.measurable {
      let floor = view.result.capabilities[index].floor
      guard !floors.contains(floor) else { continue }
      floors.append(floor)
      drawing.line(
        Self.left, y(floor), Self.right, y(floor), "floor",
        tip: "Capability holds down to \(NumberText.percent(floor)) of its baseline")
      labels.append(
        EdgeLabel(
          y: y(floor) - 5, text: "floor \(NumberText.percent(floor))",
          style: "small capability-text"))
    }
    let spread = EdgeLabel.spread(labels, gap: 12, within: Self.top...Self.bottom)
    for label in spread {
      drawing.text(scale.left + 4, label.y, label.text, label.style + " halo")
    }
  }
}
