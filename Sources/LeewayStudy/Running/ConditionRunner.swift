import LeewayModel

/// Runs what the ledger does not hold yet, in batches; each batch is kept as soon as it is done.
struct ConditionRunner {
  let context: RunContext
  let ledger: any Ledger
  let cancellation: Cancellation
  let progress: @Sendable (RunProgress) -> Void
  /// Sequences of a batch, at most (one condition always runs whole).
  let batchSequences: Int
  private(set) var ran = 0

  init(
    context: RunContext, ledger: any Ledger, cancellation: Cancellation,
    progress: @escaping @Sendable (RunProgress) -> Void, batchSequences: Int
  ) {
    self.context = context
    self.ledger = ledger
    self.cancellation = cancellation
    self.progress = progress
    self.batchSequences = batchSequences
  }

  /// All settings under all scorers, scorer by scorer in the given order.
  /// - Returns: the conditions' ids, `[setting][scorer]`.
  mutating func ensure(
    _ settings: [Setting?], _ scorers: [any Scorer], phase: RunProgress.Phase
  ) throws -> [[String]] {
    let conditions = scorers.map { scorer in
      settings.map { Condition($0, scorer, context.provenance) }
    }
    let ids = conditions.flatMap { $0.map(\.id) }
    var held = try ledger.known(ids)
    let total = Set(ids).count
    progress(RunProgress(phase: phase, done: held.count, total: total, ran: ran))
    for (scorer, wanted) in zip(scorers, conditions) {
      var queued: Set<String> = []
      let missing = wanted.filter { !held.contains($0.id) && queued.insert($0.id).inserted }
      let size = max(1, scorer.sequences > 0 ? batchSequences / scorer.sequences : 64)
      for first in stride(from: 0, to: missing.count, by: size) {
        guard !cancellation.isCancelled else {
          throw StudyError.cancelled(done: held.count, total: total)
        }
        let batch = Array(missing[first..<min(first + size, missing.count)])
        try ledger.append(try run(batch, scorer))
        held.formUnion(batch.map(\.id))
        ran += batch.count
        progress(RunProgress(phase: phase, done: held.count, total: total, ran: ran))
      }
    }
    return settings.indices.map { setting in conditions.map { $0[setting].id } }
  }

  private func run(_ conditions: [Condition], _ scorer: any Scorer) throws -> [ConditionRecord] {
    let meters = conditions.map { _ in HookMeter() }
    let written = try conditions.map { condition -> [Trial] in
      guard let generation = scorer.generation else { return [] }
      let id = Condition(condition.setting, generation, context.provenance).id
      guard let record = try ledger.condition(id) else { throw StudyError.incomplete(missing: 1) }
      return record.trials
    }
    let batch = ScorerBatch(
      executor: context.executor, tokenizer: context.tokenizer,
      variants: zip(conditions, meters).map { $0.setting?.variant($1) ?? .baseline },
      edits: conditions.map { condition in
        condition.setting.map { (site: $0.vector.site, edit: $0.edit()) }
      }, written: written)
    let trials = try scorer.run(batch)
    return conditions.indices.map { index in
      ConditionRecord(
        id: conditions[index].id, identity: conditions[index].identity,
        scorer: type(of: scorer).id, vectorHash: conditions[index].setting?.vectorHash,
        dose: conditions[index].setting?.dose.value ?? 0, trials: trials[index],
        additionsMade: meters[index].made, additionsExpected: meters[index].due)
    }
  }
}
