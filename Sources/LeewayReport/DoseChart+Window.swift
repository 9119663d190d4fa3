import LeewayStatistics
import LeewayStudy

extension DoseChart {
  /// The shaded stretch: plain when open, striped when it breaks before it flips, grey when random
  /// vectors do as well.
  func drawWindow(on drawing: inout Drawing) {
    guard let window = arm.window, let span = WindowSpan(window, on: scale) else { return }
    let height = Self.bottom - Self.top
    let tip =
      "window: \(WindowWords.short(window.verdict)), "
      + (WindowWords.octaves(window).map { $0 + " octaves" } ?? "width without a bound")
    let width = span.end - span.start
    if span.shut {
      drawing.striped(span.start, Self.top, width, height, "window-shut", tip: tip)
    } else {
      let plain = [.notAboveRandom, .undecided, .unranked].contains(window.verdict)
      drawing.rect(
        span.start, Self.top, width, height, plain ? "window-doubt" : "window-open", tip: tip)
    }
  }

  /// Onset and ceiling above the frame, each in its own lane with its interval.
  func drawCrossings(on drawing: inout Drawing) {
    guard let window = arm.window else {
      drawing.text(
        (scale.left + Self.right) / 2, Self.top - 24, "no window was estimated", "small middle")
      return
    }
    guard window.verdict != .notMeasurable else {
      drawing.text(
        (scale.left + Self.right) / 2, Self.top - 24,
        "not measurable: " + WindowWords.long(.notMeasurable), "small middle")
      return
    }
    // Lines before words, so that no line runs through a word.
    for (crossing, style, lane) in [
      (window.onset, "effect", Self.top - 42), (window.ceiling, "capability", Self.top - 18),
    ] {
      guard case .at(let dose) = crossing else { continue }
      drawing.line(
        scale.clamped(dose), lane, scale.clamped(dose), Self.bottom, style + "-drop")
    }
    crossing(
      window.onset, window.onsetInterval, name: "onset", style: "effect", lane: Self.top - 42,
      on: &drawing)
    crossing(
      window.ceiling, window.ceilingInterval, name: "ceiling", style: "capability",
      lane: Self.top - 18, on: &drawing)
  }

  private func crossing(
    _ crossing: Crossing, _ interval: Interval?, name: String, style: String, lane: Double,
    on drawing: inout Drawing
  ) {
    let label = name + " " + WindowWords.crossing(crossing)
    let range = WindowWords.doses(interval).map { " (\($0))" } ?? ""
    switch crossing {
    case .at(let dose):
      let x = scale.clamped(dose)
      var ends = (x, x)
      if let interval {
        ends = (scale.clamped(interval.low), scale.clamped(interval.high))
        drawing.line(ends.0, lane, ends.1, lane, style + "-bracket")
        for (end, cut) in [
          (ends.0, interval.low < scale.low), (ends.1, interval.high > scale.high),
        ] {
          // An interval that leaves the grid ends in a point, not in a bar.
          if cut {
            arrow(end, lane, toRight: end >= x, style, on: &drawing)
          } else {
            drawing.line(end, lane - 4, end, lane + 4, style + "-bracket")
          }
        }
      }
      drawing.circle(x, lane, 3.5, style + "-dot", tip: label + range)
      let toRight = ends.1 + 8 + 6 * Double((label + range).count) < Self.right + 160
      drawing.text(
        toRight ? ends.1 + 8 : ends.0 - 8, lane + 4, label + range,
        "small halo \(style)-text" + (toRight ? "" : " end"))
    case .above:
      arrow(Self.right, lane, toRight: true, style, on: &drawing)
      drawing.text(
        Self.right - 16, lane + 4, label + ", beyond the grid", "small \(style)-text end")
    case .below:
      arrow(scale.left, lane, toRight: false, style, on: &drawing)
      drawing.text(
        scale.left + 16, lane + 4, label + ", before the grid", "small \(style)-text")
    }
  }

  private func arrow(
    _ x: Double, _ y: Double, toRight: Bool, _ style: String, on drawing: inout Drawing
  ) {
    let back = toRight ? -9.0 : 9.0
    drawing.path([(x + back, y - 4.5), (x, y), (x + back, y + 4.5)], style + "-dot", closed: true)
  }
}
