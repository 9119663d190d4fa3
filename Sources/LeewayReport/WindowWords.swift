import LeewayStatistics
import LeewayStudy

/// Windows as people read them: one spelling for the page and for the terminal.
package enum WindowWords {
  /// `0.31`, `< 0.05` when below the grid, `> 2` when above it.
  package static func crossing(_ crossing: Crossing) -> String {
    switch crossing {
    case .at(let dose): NumberText.dose(dose)
    case .below(let dose): "< " + NumberText.dose(dose)
    case .above(let dose): "> " + NumberText.dose(dose)
    }
  }

  /// `0.27 to 0.36`; nil without an interval.
  package static func doses(_ interval: Interval?) -> String? {
    guard let interval, interval.low < interval.high else { return nil }
    return end(interval.low, NumberText.dose) + " to " + end(interval.high, NumberText.dose)
  }

  /// `+1.57`, with the sign of the bound when censored; nil when no crossing bounds it.
  package static func octaves(_ window: WindowEstimate) -> String? {
    guard let octaves = window.octaves else { return nil }
    return bound(window) + NumberText.signed(octaves, 2)
  }

  /// `+1.21 to +1.93`.
  package static func octaves(_ interval: Interval?) -> String? {
    guard let interval, interval.low < interval.high else { return nil }
    let signed = { NumberText.signed($0, 2) }
    return end(interval.low, signed) + " to " + end(interval.high, signed)
  }

  /// `+2.8 [2.1, 3.3]`, as short as it can be said; a bound where the width is censored.
  package static func leeway(_ window: WindowEstimate) -> String? {
    guard window.verdict != .notMeasurable, let octaves = window.octaves else { return nil }
    let place = bound(window) + NumberText.signed(octaves, 1)
    guard let interval = window.octavesInterval, interval.low < interval.high else { return place }
    let short = { NumberText.fixed($0, 1) }
    return place + " [\(end(interval.low, short)), \(end(interval.high, short))]"
  }

  /// An end without a crossing on the grid is infinite, which is a statement; not a number is none.
  private static func end(_ value: Double, _ text: (Double) -> String) -> String {
    value == .infinity ? "∞" : value == -.infinity ? "-∞" : text(value)
  }

  /// A width without an onset is at most this; one without a ceiling, or with an onset below the
  /// grid, at least.
  private static func bound(_ window: WindowEstimate) -> String {
    guard window.censored else { return "" }
    if case .above = window.onset { return "≤ " }
    if case .below = window.ceiling { return "≤ " }
    return "≥ "
  }

  /// Two or three words.
  package static func short(_ verdict: WindowEstimate.Verdict) -> String {
    switch verdict {
    case .open: "open"
    case .shut: "shut"
    case .undecided: "undecided"
    case .noOnset: "no onset"
    case .noCeiling: "no ceiling"
    case .notAboveRandom: "not above random"
    case .unranked: "not ranked"
    case .notMeasurable: "not measurable"
    }
  }

  /// What the verdict says, as half a sentence.
  package static func long(_ verdict: WindowEstimate.Verdict) -> String {
    switch verdict {
    case .open: "it works before it breaks"
    case .shut: "it breaks before it works"
    case .undecided: "the interval of the leeway holds 0"
    case .unranked: "too few random vectors ran here to tell it from chance"
    case .noOnset: "the effect never counts at the measured doses"
    case .noCeiling: "capability never falls at the measured doses"
    case .notAboveRandom: "random vectors of the same norm do as well"
    case .notMeasurable: "the baseline lacks the capability, or holds the effect already"
    }
  }

  /// `rank 1 of 20`, or why there is none.
  package static func rank(_ arm: ArmResult) -> String {
    guard let rank = arm.rank, let ranked = arm.ranked else { return "no random arms ran" }
    return "rank \(rank) of \(ranked + 1) with \(ranked) random arms"
  }

  package static func kind(_ kind: ArmKind) -> String {
    switch kind {
    case .vector: "vector"
    case .random: "random"
    case .onManifoldRandom: "on-manifold random"
    case .shuffled: "labels shuffled"
    case .reversed: "reversed"
    case .wrongLayer: "wrong layer"
    case .unrelated: "unrelated contrast"
    case .unembeddingDifference: "unembedding difference"
    case .logitBias: "logit bias"
    case .refit: "refit"
    }
  }
}
