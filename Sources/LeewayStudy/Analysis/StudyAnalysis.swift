import LeewayStatistics

/// The result of a study from its plan and the ledger alone: no model, no clock.
public struct StudyAnalysis {
  let plan: PlanRecord
  let reader: ArmReader
  /// Bootstrap draws of the study's vector and of controls.
  let draws: Int
  let controlDraws: Int

  /// - Parameter leftOut: capabilities that set no ceiling although this model has them: those that
  ///   another model of a comparison lacks.
  public init(
    plan: PlanRecord, ledger: any Ledger, leftOut: Set<Int> = [], draws: Int = 2000,
    controlDraws: Int = 200
  ) {
    self.plan = plan
    self.draws = draws
    self.controlDraws = controlDraws
    reader = ArmReader(plan: plan, ledger: ledger, leftOut: leftOut)
  }

  /// - Throws: `StudyError.incomplete` when the ledger lacks conditions, or what the ledger throws.
  public func result() throws -> StudyResult {
    let study = plan.study
    let trials = try plan.arms.map { try reader.trials($0) }
    let random = zip(plan.arms, trials).filter { $0.0.kind == .random }.map(\.1)
    let refits = zip(plan.arms, trials).filter { $0.0.kind == .refit }.map(\.1)
    let writer = PointWriter(reader: reader)
    var arms: [ArmResult] = []
    var randomAreas: [Double] = []
    for (arm, own) in zip(plan.arms, trials) {
      let isMain = arm.kind == .vector && arm.site == plan.chosenSite
      // Random arms ran at the chosen site: they say nothing about others.
      let held = arm.site == plan.chosenSite || [.wrongLayer, .logitBias].contains(arm.kind)
      let against = held && arm.kind != .random && arm.kind != .refit ? random : []
      var result = ArmResult(
        kind: arm.kind, index: arm.index, site: arm.site, positions: arm.positions,
        vector: arm.vector, points: try writer.points(arm, own, isMain: isMain))
      if arm.kind == .refit {
        // Its doses lie around the vector's crossings: a window, but no interval and no rank.
        result.window = WindowAnalysis(criterion: study.effectAtLeast, draws: 0)
          .estimate(own, random: random)
      } else {
        let analysis = WindowAnalysis(
          criterion: study.effectAtLeast,
          draws: isMain ? draws : controlDraws, seed: "window/\(arm.kind.rawValue)/\(arm.index)")
        result.window = analysis.estimate(own, random: against, refits: isMain ? refits : [])
        if !against.isEmpty {
          let areas = analysis.areas(own, among: against)
          result.rank = 1 + areas.dropFirst().count { $0 >= areas[0] }
          result.ranked = against.count
          result.rankedArea = areas[0]
          if isMain { randomAreas = Array(areas.dropFirst()) }
        }
      }
      result.seedColumns = WindowAnalysis(criterion: study.effectAtLeast).seedColumns(own) { dose in
        writer.strength(arm, dose) / arm.vector.rawNorm
      }
      if isMain { result.ceilings = ceilings(own) }
      if let window = result.window {
        let doses = own.doses
        result.doseAtOnset = window.onset.reached(on: doses)
        result.doseAtCeiling = window.ceiling.kept(on: doses)
      }
      if let sampled = try reader.sampled(arm, own) {
        result.sampledOnset =
          WindowAnalysis(criterion: study.effectAtLeast, draws: 0)
          .estimate(sampled, random: against).onset
      }
      arms.append(result)
    }
    let places = arms.indices.filter { arms[$0].kind == .random }
    for (place, area) in zip(places, randomAreas) { arms[place].rankedArea = area }
    let notes = StudyNotes(plan: plan, arms: arms, trials: trials)
    let (failed, total) = try counts()
    return StudyResult(
      name: study.name, question: study.question, studyText: plan.studyText,
      resolvedJSON: try study.canonicalJSON, planHash: plan.planHash,
      provenance: plan.provenance,
      target: study.answer.target.first.map(WordMatch.trimmed) ?? "",
      original: study.answer.original.first.map(WordMatch.trimmed) ?? "",
      effectName: study.answer.by.rawValue, effectCriterion: study.effectAtLeast,
      capabilities: capabilities(trials.first), arms: arms, chosenSite: plan.chosenSite,
      headline: notes.headline, notes: plan.notes + notes.lines(failed: failed, total: total),
      failedTrials: failed, totalTrials: total, installed: installed(arms),
      prompted: try reader.shares(.prompted, plan.baseline).map {
        PromptedResult(text: study.arms.promptBaseline ?? "", answers: $0)
      })
  }

  /// - Parameter main: the vector at the chosen site.
  private func capabilities(_ main: ArmTrials?) -> [CapabilityRecord] {
    guard let main else { return [] }
    return main.capabilities.enumerated().map { index, capability in
      CapabilityRecord(
        name: capability.name, floor: capability.floor, baseline: capability.baselineScore,
        chance: capability.chance, measurable: capability.isMeasurable,
        part: plan.study.capability[index].part,
        ceiling: capability.counts
          ? WindowAnalysis().ceiling(main, capability: index, floor: capability.floor) : nil,
        leftOut: capability.isMeasurable && !capability.counts ? true : nil)
    }
  }

  /// What follows from the falsehood at the vector's onset, held against dose 0 and against a push
  /// on the word alone at its own onset.
  private func installed(_ arms: [ArmResult]) -> Installed? {
    func shares(_ arm: ArmResult?) -> AnswerShares? {
      arm.flatMap { arm in
        arm.doseAtOnset.flatMap { dose in arm.points.first { $0.dose == dose }?.entailment }
      }
    }
    guard let main = arms.first, let share = shares(main),
      let baseline = main.points.first?.entailment
    else { return nil }
    return Installed(
      share: share.target, baseline: baseline.target,
      word: shares(arms.first { $0.kind == .logitBias })?.target, known: baseline.originalShare,
      criterion: plan.study.effectAtLeast)
  }

  /// How much the ceiling hangs on the choice of its floor.
  private func ceilings(_ trials: ArmTrials) -> [FloorCeiling] {
    trials.capabilities.indices.flatMap { capability in
      [0.9, 0.75, 0.5].map { floor in
        FloorCeiling(
          capability: capability, floor: floor,
          ceiling: WindowAnalysis().ceiling(trials, capability: capability, floor: floor))
      }
    }
  }

  /// Trials of the plan's conditions, each condition once.
  private func counts() throws -> (failed: Int, total: Int) {
    let ids = Set(plan.baseline + plan.arms.flatMap { $0.points.flatMap(\.conditions) }).sorted()
    var (failed, total) = (0, 0)
    for id in ids {
      let record = try reader.record(id)
      total += record.trials.count
      failed += record.trials.count { $0.error != nil }
    }
    return (failed, total)
  }
}
