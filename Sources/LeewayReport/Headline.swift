import LeewayStatistics
import LeewayStudy

/// The answer in one sentence with its numbers.
package enum Headline {
  package static func sentence(_ view: StudyView) -> String {
    let result = view.result
    guard let arm = view.chosen else { return "No arm was run: there is nothing to report." }
    let start = "Pushing \(arm.site) from “\(result.original)” to “\(result.target)” "
    guard let window = arm.window else {
      return start + "was run, but no window could be estimated."
    }
    if window.verdict == .notMeasurable {
      return start + "cannot be judged: " + WindowWords.long(.notMeasurable) + "."
    }
    let ends =
      breaksFirst(window)
      ? ceiling(window) + " and " + onset(window) : onset(window) + " and " + ceiling(window)
    return start + ends + ": " + width(window) + ", "
      + chance(arm, window) + "."
  }

  /// Told in the order in which it happens as the dose rises.
  private static func breaksFirst(_ window: WindowEstimate) -> Bool {
    guard case .at(let onset) = window.onset, case .at(let ceiling) = window.ceiling else {
      if case .below = window.ceiling, case .at = window.onset { return true }
      return false
    }
    return ceiling < onset
  }

  private static func onset(_ window: WindowEstimate) -> String {
    let range = WindowWords.doses(window.onsetInterval).map { " (\($0))" } ?? ""
    return switch window.onset {
    case .at(let dose): "works from dose \(NumberText.dose(dose))\(range)"
    case .below(let dose): "works already at the smallest dose, \(NumberText.dose(dose))"
    case .above(let dose): "never works up to dose \(NumberText.dose(dose))"
    }
  }

  private static func ceiling(_ window: WindowEstimate) -> String {
    let range = WindowWords.doses(window.ceilingInterval).map { " (\($0))" } ?? ""
    return switch window.ceiling {
    case .at(let dose): "breaks the model at dose \(NumberText.dose(dose))\(range)"
    case .below(let dose): "breaks the model already at the smallest dose, \(NumberText.dose(dose))"
    case .above(let dose): "breaks nothing up to dose \(NumberText.dose(dose))"
    }
  }

  private static func width(_ window: WindowEstimate) -> String {
    guard let octaves = WindowWords.octaves(window) else {
      return "the leeway has no bound on this grid"
    }
    let level = window.octavesInterval.map { NumberText.percent($0.level) + " interval " } ?? ""
    let range = WindowWords.octaves(window.octavesInterval).map { level + $0 } ?? "no interval"
    return "a leeway of \(octaves) octaves (\(range)), \(WindowWords.short(window.verdict))"
  }

  private static func chance(_ arm: ArmResult, _ window: WindowEstimate) -> String {
    guard window.verdict != .notAboveRandom else { return WindowWords.rank(arm) }
    return switch StudyView.aboveRandom(arm) {
    case true?: "above random (\(WindowWords.rank(arm)))"
    case false?: "not above random (\(WindowWords.rank(arm)))"
    case nil: "not tested against chance (\(WindowWords.rank(arm)); 19 are needed)"
    }
  }
}
