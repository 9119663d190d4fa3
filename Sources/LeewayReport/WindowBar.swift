import LeewayStatistics

/// A window on the log2 dose axis in letters: `|--------#####--------|`.
///
/// `#` open, `x` shut (it breaks first), `~` open but not above random, not ranked or undecided; `<` and `>`
/// at an end that lies off the grid; `.` where there is nothing to judge; `=` where the interval of
/// an end lies, when intervals are asked for.
package enum WindowBar {
  package static func text(
    _ window: WindowEstimate?, doses: [Double], width: Int, intervals: Bool = false
  ) -> String {
    let cells = max(4, width - 2)
    guard let window, window.verdict != .notMeasurable else {
      return "|" + String(repeating: ".", count: cells) + "|"
    }
    let scale = DoseScale(doses: doses, left: 0, right: Double(cells), gutter: 0)
    var letters = [Character](repeating: "-", count: cells)
    guard let span = WindowSpan(window, on: scale) else {
      return "|" + String(letters) + "|"
    }
    let first = min(cells - 1, max(0, Int(span.start)))
    let last = min(cells - 1, max(first, Int(span.end.rounded(.up)) - 1))
    let fill: Character =
      span.shut ? "x" : window.verdict == .open || window.verdict == .noCeiling ? "#" : "~"
    for place in first...last { letters[place] = fill }
    for interval in intervals ? [window.onsetInterval, window.ceilingInterval] : [] {
      guard let interval, interval.low < interval.high else { continue }
      let low = min(cells - 1, max(0, Int(scale.clamped(interval.low))))
      let high = min(cells - 1, max(low, Int(scale.clamped(interval.high).rounded(.up)) - 1))
      for place in low...high { letters[place] = "=" }
    }
    if span.opensLeft { letters[0] = "<" }
    if span.opensRight { letters[cells - 1] = ">" }
    return "|" + String(letters) + "|"
  }
}
