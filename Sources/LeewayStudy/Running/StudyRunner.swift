import LeewayModel
import LeewayStatistics
import LeewaySteering

/// Runs a study: fits, chooses the site, runs all arms, refines, refits, and reads the result off
/// the ledger. What the ledger holds is not run again.
public struct StudyRunner: Sendable {
  public let study: Study
  /// The study as written; kept with the result.
  public let text: String
  public let context: RunContext
  public let ledger: any Ledger
  public let cancellation: Cancellation
  public let progress: @Sendable (RunProgress) -> Void
  /// Sequences that go to the executor at once, at most.
  public let batchSequences: Int

  public init(
    study: Study, text: String = "", context: RunContext, ledger: any Ledger,
    cancellation: Cancellation = Cancellation(), batchSequences: Int = 1024,
    progress: @escaping @Sendable (RunProgress) -> Void = { _ in }
  ) {
    self.study = study
    self.text = text
    self.context = context
    self.ledger = ledger
    self.cancellation = cancellation
    self.batchSequences = batchSequences
    self.progress = progress
  }

  /// - Throws: `StudyError`, or what the executor, the tokenizer or the ledger throws.
  public func run() throws -> StudyResult {
    let resolved = try ResolvedStudy(study, context)
    progress(RunProgress(phase: .fitting, done: 0, total: 1, ran: 0))
    guard !cancellation.isCancelled else { throw StudyError.cancelled(done: 0, total: 1) }
    var maker = try ArmMaker(resolved)
    let vectors = try resolved.sites.map { try maker.vector($0) }
    var runner = ConditionRunner(
      context: context, ledger: ledger, cancellation: cancellation, progress: progress,
      batchSequences: batchSequences)
    let doses = study.sweep.doses.map { Dose($0) }

    var plan = try plan(resolved)
    if !resolved.choosing.isEmpty {
      try choose(&plan, resolved, vectors, doses, &runner)
    } else if let only = resolved.sites.first {
      plan.chosenSite = only
    }

    // The chosen site first: an interrupted run has then what matters most.
    let site = plan.chosenSite
    let ordered =
      vectors.filter { $0.vector.site == site } + vectors.filter { $0.vector.site != site }
    let arms = try ordered + maker.controls(site)
    try ledger.save(arms.map(\.vector))
    let tasks = try resolved.tasks(resolved.reporting, choosing: false)
    let further = resolved.furtherTasks()
    let prompted = resolved.promptedTasks()
    plan.measures = (tasks + further + prompted).map(\.measure)
    let scorers = tasks.map(\.scorer)
    let all = scorers + further.map(\.scorer)
    let points = arms.map { arm in doses.map { setting(arm, $0, resolved) } }
    let ids = try runner.ensure(
      [ConditionRunner.Block([nil], all + prompted.map(\.scorer))]
        + arms.indices.map { place in
          let isFull = place == 0 || arms[place].kind.isMeasuredFurther
          return ConditionRunner.Block(points[place], isFull ? all : scorers)
        }, phase: .reporting)
    plan.baseline = ids[0][0]
    for (place, arm) in arms.enumerated() {
      var record = planned(arm)
      for (index, dose) in doses.enumerated() {
        record.points.append(
          point(points[place][index], dose, ids[place + 1][index], refined: false))
      }
      plan.arms.append(record)
    }
    // What is reported should it end here; a finished plan of an earlier run says more.
    if try ledger.plan(plan.planHash) == nil { try ledger.save(plan) }
    try refine(&plan, resolved, arms[0], all, &runner)
    try refit(&plan, resolved, try maker.refits(site), scorers, &runner)
    try ledger.save(plan)
    return try StudyAnalysis(plan: plan, ledger: ledger).result()
  }

  private func plan(_ resolved: ResolvedStudy) throws -> PlanRecord {
    PlanRecord(
      planHash: try study.planHash(context.provenance), study: study, studyText: text,
      provenance: context.provenance, measures: [], reporting: resolved.reporting,
      choosing: resolved.choosing, seeds: resolved.seeds, chosenSite: Site(.residPost, layer: 0),
      choice: [], baseline: [], arms: [], notes: resolved.notes)
  }

  private func setting(_ arm: Arm, _ dose: Dose, _ resolved: ResolvedStudy) -> Setting {
    Setting(
      vector: arm.vector, vectorHash: arm.hash, steering: study.steering, made: resolved.steering,
      positions: study.sweep.positions, dose: dose, residualMedian: arm.norms.median)
  }

  private func planned(_ arm: Arm) -> PlanRecord.Arm {
    PlanRecord.Arm(
      kind: arm.kind, index: arm.index, site: arm.vector.site, positions: study.sweep.positions,
      vector: arm.record, points: [])
  }

  private func point(_ setting: Setting, _ dose: Dose, _ ids: [String], refined: Bool)
    -> PlanRecord.Point
  {
    PlanRecord.Point(
      dose: dose.value, strength: setting.strength, refined: refined, conditions: ids)
  }

  /// Runs the vector at every site on the choosing half; the largest area wins, then the lowest
  /// layer.
  private func choose(
    _ plan: inout PlanRecord, _ resolved: ResolvedStudy, _ vectors: [Arm], _ doses: [Dose],
    _ runner: inout ConditionRunner
  ) throws {
    let tasks = try resolved.tasks(resolved.choosing, choosing: true)
    let points = vectors.flatMap { arm in doses.map { setting(arm, $0, resolved) } }
    let ids = try runner.ensure([nil] + points, tasks.map(\.scorer), phase: .choosing)
    var trial = plan
    trial.measures = tasks.map(\.measure)
    trial.reporting = resolved.choosing
    trial.baseline = ids[0]
    var best: (area: Double, site: Site)?
    for (place, vector) in vectors.enumerated() {
      var arm = planned(vector)
      for (index, dose) in doses.enumerated() {
        let at = place * doses.count + index
        arm.points.append(point(points[at], dose, ids[at + 1], refined: false))
      }
      let trials = try ArmReader(plan: trial, ledger: ledger).trials(arm)
      let area = WindowAnalysis(criterion: study.effectAtLeast, draws: 0).estimate(trials).area
      plan.choice.append(PlanRecord.SiteScore(site: arm.site, area: area))
      if best.map({ area > $0.area }) ?? true { best = (area, arm.site) }
    }
    guard let best else { return }
    plan.chosenSite = best.site
    if best.area == 0 {
      plan.notes.append(
        "No site held effect and capability together on the choosing half: the first was taken.")
    }
  }

  /// Adds doses to the vector at the chosen site where its curves cross their criteria.
  private func refine(
    _ plan: inout PlanRecord, _ resolved: ResolvedStudy, _ arm: Arm, _ scorers: [any Scorer],
    _ runner: inout ConditionRunner
  ) throws {
    var added = 0
    for _ in 0..<study.sweep.refine.rounds {
      let trials = try ArmReader(plan: plan, ledger: ledger).trials(plan.arms[0])
      let present = Set(plan.arms[0].points.map(\.dose))
      let doses = study.sweep.refine.next(
        trials, criterion: study.effectAtLeast, added: added
      ).map { Dose($0) }.filter { !present.contains($0.value) }
      if doses.isEmpty { return }
      let settings = doses.map { setting(arm, $0, resolved) }
      let ids = try runner.ensure(settings, scorers, phase: .refining)
      for index in doses.indices {
        plan.arms[0].points.append(
          point(settings[index], doses[index], ids[index], refined: true))
      }
      plan.arms[0].points.sort { $0.dose < $1.dose }
      added += doses.count
    }
  }

  /// Runs vectors fitted on resampled contrasts at the doses around the crossings.
  private func refit(
    _ plan: inout PlanRecord, _ resolved: ResolvedStudy, _ arms: [Arm], _ scorers: [any Scorer],
    _ runner: inout ConditionRunner
  ) throws {
    guard !arms.isEmpty else { return }
    let reader = ArmReader(plan: plan, ledger: ledger)
    let main = plan.arms[0]
    let random = try plan.arms.filter { $0.kind == .random }.map { try reader.trials($0) }
    let window = WindowAnalysis(criterion: study.effectAtLeast, draws: 0)
      .estimate(try reader.trials(main), random: random)
    let measured = main.points.map(\.dose)
    var wanted: Set<Double> = []
    for crossing in [window.onset, window.ceiling] {
      switch crossing {
      case .at(let dose):
        wanted.formUnion(measured.filter { $0 < dose }.suffix(2))
        wanted.formUnion(measured.filter { $0 >= dose }.prefix(2))
      case .below: wanted.formUnion(measured.prefix(2))
      case .above: wanted.formUnion(measured.suffix(2))
      }
    }
    let doses = wanted.sorted().map { Dose($0) }
    try ledger.save(arms.map(\.vector))
    let settings = arms.flatMap { arm in doses.map { setting(arm, $0, resolved) } }
    let ids = try runner.ensure(settings, scorers, phase: .refitting)
    for (place, arm) in arms.enumerated() {
      var record = planned(arm)
      for (index, dose) in doses.enumerated() {
        let at = place * doses.count + index
        record.points.append(point(settings[at], dose, ids[at], refined: false))
      }
      plan.arms.append(record)
    }
  }
}
