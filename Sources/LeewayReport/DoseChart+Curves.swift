import LeewayStatistics
import LeewayStudy

extension DoseChart {
  /// Thin grey lines, and their mean, thicker and dashed.
  func drawRandoms(on drawing: inout Drawing) {
    for random in view.randoms {
      let line = random.points.filter { $0.dose > 0 }.map {
        (x: scale.x($0.dose), y: y($0.effect.share))
      }
      drawing.path(line, "random", tip: "random arm \(random.index)")
    }
    let pooled = view.pooledRandom.filter { $0.dose > 0 }
    drawing.path(
      pooled.map { (x: scale.x($0.dose), y: y($0.share)) }, "random-mean",
      tip: "mean of \(view.randoms.count) random arms")
    for point in pooled {
      drawing.circle(
        scale.x(point.dose), y(point.share), 6, "hover",
        tip: "random arms at dose \(NumberText.dose(point.dose)): mean effect "
          + "\(NumberText.percent(point.share)) of \(point.arms) arms")
    }
  }

  /// The band is the Wilson interval at each dose; small hollow marks were added by refinement.
  func drawEffect(on drawing: inout Drawing) {
    let upper = pushed.map { (x: scale.x($0.dose), y: y($0.effect.interval.high)) }
    let lower = pushed.map { (x: scale.x($0.dose), y: y($0.effect.interval.low)) }
    if pushed.count > 1 {
      drawing.path(upper + lower.reversed(), "effect-band", closed: true)
    }
    drawing.path(pushed.map { (x: scale.x($0.dose), y: y($0.effect.share)) }, "effect-line")
    for point in arm.points {
      let x = scale.x(point.dose)
      if pushed.count == 1 || point.dose == 0 {
        let (low, high) = (point.effect.interval.low, point.effect.interval.high)
        drawing.line(x, y(low), x, y(high), "effect-whisker")
      }
      drawing.circle(
        x, y(point.effect.share), point.refined ? 2.6 : dense ? 2.6 : 4,
        point.refined ? "effect-refined" : "effect-mark", tip: tip(point))
    }
  }

  /// The same answers read off texts that were drawn otherwise: a thin dashed line.
  func drawSampled(on drawing: inout Drawing) {
    let points = pushed.compactMap { point in
      point.sampled.map { (dose: point.dose, share: $0.target.share) }
    }
    drawing.path(points.map { (x: scale.x($0.dose), y: y($0.share)) }, "sampled-line")
    for point in points {
      drawing.circle(
        scale.x(point.dose), y(point.share), 2.2, "sampled-mark",
        tip: "sampled texts, dose \(NumberText.dose(point.dose)): "
          + NumberText.percent(point.share))
    }
  }

  /// Each capability has its own mark and dash, so colour alone tells nothing apart.
  func drawCapability(_ index: Int, on drawing: inout Drawing) {
    let style = "capability c\(index % 4)"
    let line = pushed.compactMap { point in
      StudyView.capability(index, of: point).map {
        (x: scale.x(point.dose), y: y($0.relative))
      }
    }
    drawing.path(line, style + " line")
    for point in arm.points {
      guard let value = StudyView.capability(index, of: point), value.relative.isFinite else {
        continue
      }
      // A step aside for each, or whiskers of equal capabilities hide one another.
      let x = scale.x(point.dose)
      let aside = x + Double(index % 4) * 2.5
      if let interval = value.interval {
        drawing.line(aside, y(interval.low), aside, y(interval.high), style + " whisker")
      }
      let size = point.refined || dense ? 2.4 : 3.6
      drawing.path(
        Mark.outline(index, x, y(value.relative), size),
        style + (point.refined ? " refined" : " mark"), closed: true,
        tip: capabilityTip(index, point, value))
    }
  }

  /// Names at the right ends of the lines.
  func drawLabels(on drawing: inout Drawing) {
    var labels: [EdgeLabel] = []
    if let last = pushed.last {
      labels.append(
        EdgeLabel(
          y: y(last.effect.share) + 4, text: short("says “\(view.result.target)”"),
          style: "label effect-text"))
      for index in view.measurable {
        guard let value = StudyView.capability(index, of: last) else { continue }
        labels.append(
          EdgeLabel(
            y: y(value.relative) + 4,
            text: ["■ ", "◆ ", "▲ ", "▼ "][index % 4]
              + short(view.result.capabilities[index].name),
            style: "label capability-text"))
      }
    }
    if let last = pushed.last, let share = last.sampled?.target.share {
      labels.append(EdgeLabel(y: y(share) + 4, text: "sampled", style: "small effect-text"))
    }
    if let last = view.pooledRandom.last, last.dose > 0 {
      labels.append(
        EdgeLabel(
          y: y(last.share) + 4, text: "random ×\(view.randoms.count), mean",
          style: "label control-text"))
    }
    let range = Self.top...Self.bottom
    for label in EdgeLabel.spread(labels, gap: 17, within: range) {
      drawing.text(Self.right + 8, label.y, label.text, label.style)
    }
  }

  /// Many doses: smaller marks.
  private var dense: Bool { arm.points.count > 40 }

  private func short(_ text: String) -> String {
    text.count > 20 ? String(text.prefix(19)) + "…" : text
  }

  private func tip(_ point: DosePoint) -> String {
    let interval = point.effect.interval
    return "dose \(NumberText.dose(point.dose)): effect \(NumberText.percent(point.effect.share)) "
      + "(\(NumberText.percent(interval.low)) to \(NumberText.percent(interval.high))), "
      + "\(point.effect.count) prompts\(point.refined ? ", added by refinement" : "")"
  }

  private func capabilityTip(_ index: Int, _ point: DosePoint, _ value: CapabilityPoint) -> String {
    let range = value.interval.map {
      " (\(NumberText.percent($0.low)) to \(NumberText.percent($0.high)))"
    }
    return "dose \(NumberText.dose(point.dose)): \(view.result.capabilities[index].name) keeps "
      + "\(NumberText.percent(value.relative))\(range ?? ""), score "
      + NumberText.percent(value.score)
  }
}
