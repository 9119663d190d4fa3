import LeewayStatistics

/// A window as a stretch of the dose axis, in pixels.
package struct WindowSpan: Sendable, Equatable {
  package var start: Double
  package var end: Double
  /// It breaks before it flips: the stretch runs from ceiling to onset.
  package var shut: Bool
  /// The stretch goes on past the measured doses on this side.
  package var opensLeft: Bool
  package var opensRight: Bool

  /// Nil when nothing can be shaded: no onset on the grid, or nothing measurable.
  package init?(_ window: WindowEstimate, on scale: DoseScale) {
    guard window.verdict != .notMeasurable else { return nil }
    let onset: Double
    var onsetOpen = false
    switch window.onset {
    case .at(let dose): onset = scale.clamped(dose)
    case .below:
      onset = scale.left
      onsetOpen = true
    case .above: return nil
    }
    let ceiling: Double
    var ceilingLeft = false
    var ceilingRight = false
    switch window.ceiling {
    case .at(let dose): ceiling = scale.clamped(dose)
    case .above:
      ceiling = scale.right
      ceilingRight = true
    case .below:
      ceiling = scale.left
      ceilingLeft = true
    }
    // Both below the grid: which comes first is not known.
    if onsetOpen && ceilingLeft { return nil }
    shut = ceiling < onset
    start = min(onset, ceiling)
    end = max(onset, ceiling)
    opensLeft = onsetOpen || ceilingLeft
    opensRight = ceilingRight
  }
}
