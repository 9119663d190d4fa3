/// A label beside the thing it names, moved up or down just enough to be read.
package struct EdgeLabel: Sendable, Equatable {
  package var y: Double
  package var text: String
  package var style: String

  package init(y: Double, text: String, style: String) {
    self.y = y
    self.text = text
    self.style = style
  }

  /// The labels from top to bottom, at least `gap` apart, inside `range` where they fit.
  package static func spread(
    _ labels: [EdgeLabel], gap: Double, within range: ClosedRange<Double>
  ) -> [EdgeLabel] {
    var sorted = labels.enumerated().sorted {
      ($0.element.y, $0.offset) < ($1.element.y, $1.offset)
    }
    .map(\.element)
    var least = range.lowerBound
    for place in sorted.indices {
      sorted[place].y = max(sorted[place].y, least)
      least = sorted[place].y + gap
    }
    var most = range.upperBound
    for place in sorted.indices.reversed() {
      sorted[place].y = min(sorted[place].y, most)
      most = sorted[place].y - gap
    }
    return sorted
  }
}
