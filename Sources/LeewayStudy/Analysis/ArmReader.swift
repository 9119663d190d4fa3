import LeewayStatistics

/// Reads an arm's trials from the ledger in the statistics' form.
struct ArmReader {
  let plan: PlanRecord
  let ledger: any Ledger
  /// Capabilities that are left out of every ceiling.
  var leftOut: Set<Int> = []

  func record(_ id: String) throws -> ConditionRecord {
    guard let record = try ledger.condition(id) else { throw StudyError.incomplete(missing: 1) }
    return record
  }

  func place(_ role: PlanRecord.Role, capability: Int? = nil) -> Int? {
    plan.measures.firstIndex { $0.role == role && $0.capability == capability }
  }

  /// `[prompt][seed]`; a failed trial counts as no effect.
  private func effect(_ trials: [Trial]) -> [[Double]] {
    var rows = [[Double]](repeating: [], count: plan.reporting.count)
    for trial in trials where rows.indices.contains(trial.item) {
      rows[trial.item].append(trial.value ?? 0)
    }
    return rows
  }

  func trials(_ arm: PlanRecord.Arm) throws -> ArmTrials {
    guard let answer = place(.answer) else { throw StudyError.incomplete(missing: 1) }
    let capabilities = try plan.study.capability.enumerated().map { index, spec in
      guard let place = place(.capability, capability: index),
        let scorer = Scorers.capabilities.first(where: { $0.id == spec.scorer })
      else { throw StudyError.incomplete(missing: 1) }
      let outcome = scorer.outcome(
        baseline: try record(plan.baseline[place]).trials,
        doses: try arm.points.map { try record($0.conditions[place]).trials }, spec: spec)
      var trials = CapabilityTrials(name: spec.name, floor: spec.floor, outcome: outcome)
      trials.counts = !leftOut.contains(index)
      return trials
    }
    return ArmTrials(
      doses: arm.points.map(\.dose),
      effect: try arm.points.map { effect(try record($0.conditions[answer]).trials) },
      baselineEffect: effect(try record(plan.baseline[answer]).trials),
      capabilities: capabilities)
  }

  /// The same arm with the answers of the texts that were drawn otherwise; nil where not asked.
  func sampled(_ arm: PlanRecord.Arm, _ trials: ArmTrials) throws -> ArmTrials? {
    guard let place = place(.sampled),
      arm.points.allSatisfy({ $0.conditions.indices.contains(place) })
    else { return nil }
    var other = trials
    other.effect = try arm.points.map { effect(try record($0.conditions[place]).trials) }
    other.baselineEffect = effect(try record(plan.baseline[place]).trials)
    return other
  }

  /// How questions beside the study's own were answered; nil where not asked.
  func shares(_ role: PlanRecord.Role, _ conditions: [String]) throws -> AnswerShares? {
    guard let place = place(role), conditions.indices.contains(place) else { return nil }
    let trials = try record(conditions[place]).trials
    func share(_ label: String) -> Double {
      Double(trials.count { $0.label == label }) / Double(max(trials.count, 1))
    }
    return AnswerShares(
      target: Proportion(share: share("target"), count: Set(trials.map(\.item)).count),
      originalShare: share("original"))
  }
}
