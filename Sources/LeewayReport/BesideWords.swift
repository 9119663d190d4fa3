import LeewayStatistics
import LeewayStudy

/// What stands beside a window (spillover, entailment, texts drawn otherwise) as people read it.
package enum BesideWords {
  /// `13 of 24` prompts where every prompt is answered once, a percentage where it is answered
  /// several times.
  package static func count(_ share: Proportion) -> String {
    let said = share.share * Double(share.count)
    guard abs(said - said.rounded()) < 1e-6 else {
      return NumberText.percent(share.share) + " of \(share.count)"
    }
    return "\(Int(said.rounded())) of \(share.count)"
  }

  /// `62 % [41, 79]`; a dash where it was not asked.
  package static func share(_ share: Proportion?) -> String {
    guard let share, share.share.isFinite else { return NumberText.missing }
    let (low, high) = (share.interval.low * 100, share.interval.high * 100)
    return NumberText.percent(share.share)
      + " [\(NumberText.fixed(low, 0)), \(NumberText.fixed(high, 0))]"
  }

  package static func installed(_ installed: Installed) -> String {
    switch installed {
    case .belief: "a belief"
    case .inPart: "a belief in part"
    case .word: "only a word"
    case .undecided: "undecided"
    case .notMeasurable: "not measurable"
    }
  }

  /// Where texts that were drawn otherwise give the target; nil where none were.
  package static func sampled(_ view: StudyView) -> String? {
    guard let arm = view.chosen, let onset = arm.sampledOnset else { return nil }
    let greedy = arm.window.map { WindowWords.crossing($0.onset) } ?? NumberText.missing
    return "In sampled texts the onset is \(WindowWords.crossing(onset)), in the study's own "
      + "\(greedy)."
  }

  /// The finding in one sentence; nil where nothing of the kind was asked.
  package static func sentence(_ view: StudyView) -> String? {
    guard let arm = view.chosen,
      arm.points.contains(where: { $0.entailment != nil || $0.spillover != nil })
    else { return nil }
    guard let onset = view.atOnset(arm) else {
      return
        "The vector never counts on this grid: there is no dose at which to ask what it installs."
    }
    var parts: [String] = []
    if let follows = onset.entailment {
      parts.append("\(share(follows.target)) of what follows is told as the falsehood has it")
    }
    if let spill = onset.spillover {
      parts.append("\(share(spill.target)) of other subjects become “\(view.result.target)” too")
    }
    let start = "At dose \(NumberText.dose(onset.dose)), the first from the onset on, "
    let end: String =
      switch view.result.installed {
      case .belief: ": it installs a belief."
      case .inPart: ": it installs the belief in part."
      case .word: ": it installs the word, not the belief."
      case .undecided: ": whether it is a belief or a word is undecided."
      case .notMeasurable:
        ": the model does not know what follows from the truth, so nothing can be said."
      case nil: "."
      }
    return start + parts.joined(separator: "; ") + end
  }
}
