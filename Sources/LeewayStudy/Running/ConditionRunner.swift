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

  /// Settings under which the same is asked.
  struct Block {
    var settings: [Setting?]
    var scorers: [any Scorer]
    init(_ settings: [Setting?], _ scorers: [any Scorer]) {
      self.settings = settings
      self.scorers = scorers
    }
  }

  /// All settings under all scorers.
  /// - Returns: the conditions' ids, `[setting][scorer]`.
  mutating func ensure(
    _ settings: [Setting?], _ scorers: [any Scorer], phase: RunProgress.Phase
  ) throws -> [[String]] {
    try ensure([Block(settings, scorers)], phase: phase)[0]
  }

  /// All blocks, scorer by scorer: scorers of the same place in several blocks are the same, and
  /// are run together.
  /// - Returns: the conditions' ids, `[block][setting][scorer]`.
  mutating func ensure(_ blocks: [Block], phase: RunProgress.Phase) throws -> [[[String]]] {
    let conditions = blocks.map { block in
      block.settings.map { setting in
        block.scorers.map { Condition(setting, $0, context.provenance) }
      }
    }
    let ids = conditions.map { $0.map { $0.map(\.id) } }
    let flat = ids.flatMap { $0.flatMap { $0 } }
    var held = try ledger.known(flat)
    let total = Set(flat).count
    progress(RunProgress(phase: phase, done: held.count, total: total, ran: ran))
    let longest = blocks.max { $0.scorers.count < $1.scorers.count }?.scorers ?? []
    for (place, scorer) in longest.enumerated() {
      let wanted = conditions.flatMap { block in
        block.compactMap { $0.indices.contains(place) ? $0[place] : nil }
      }
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
    return ids
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
