import LeewayStatistics

/// What a reader must know beside the numbers.
struct StudyNotes {
  let plan: PlanRecord
  let arms: [ArmResult]
  let trials: [ArmTrials]

  private var main: WindowEstimate? { arms.first?.window }

  var headline: String {
    switch main?.verdict {
    case .open: "open"
    case .shut: "shut"
    case .undecided: "undecided"
    case .noOnset: "no onset"
    case .noCeiling: "no ceiling"
    case .notAboveRandom: "not above random"
    case .unranked: "not ranked"
    case .notMeasurable, nil: "not measurable"
    }
  }

  func lines(failed: Int, total: Int) -> [String] {
    var notes: [String] = []
    if failed > 0 { notes.append("\(failed) of \(total) trials failed; they count as lost.") }
    for capability in trials.first?.capabilities ?? [] {
      if !capability.isMeasurable {
        notes.append(
          "The baseline lacks “\(capability.name)”: it is not measurable and sets no ceiling.")
      } else if !capability.counts {
        notes.append(
          "“\(capability.name)” sets no ceiling here: another model of the comparison lacks it.")
      }
    }
    if let start = arms.first?.points.first {
      if let known = start.entailment?.originalShare, known < 0.5 {
        notes.append(
          "At dose 0 fewer than half of the answers to entailment say what follows from the truth.")
      }
      if let known = start.spillover?.originalShare, known < 0.5 {
        notes.append(
          "At dose 0 the model knows the original answer of fewer than half of the other subjects.")
      }
    }
    if let point = arms.first?.points.first {
      if point.effect.share >= plan.study.effectAtLeast {
        notes.append("The model gives the target already at dose 0.")
      } else if point.originalShare < 0.5 {
        notes.append(
          "At dose 0 the model gives the original answer in fewer than half of the prompts.")
      }
    }
    let randoms = arms.count { $0.kind == .random }
    if randoms < 19 {
      notes.append(
        "\(randoms) random arms: at least 19 are needed to say that an effect is above chance.")
    }
    if let window = main, window.censored {
      notes.append("A crossing lies outside the doses that were run: the width is a bound.")
    }
    if let window = main, window.openIntervals > 1 {
      notes.append("The raw curves hold in \(window.openIntervals) separate intervals of dose.")
    }
    let unequal = arms.contains { arm in
      arm.points.contains { $0.additionsMade != $0.additionsExpected }
    }
    if unequal { notes.append("Interventions made and due differ: the engine has a fault.") }
    if !plan.choice.isEmpty {
      notes.append(
        "The site was chosen on \(plan.choosing.count) prompts and is reported on"
          + " \(plan.reporting.count) others.")
    }
    return notes
  }
}
