import LeewayModel
import LeewayTokenizer

/// Asks a model all that the world asks, greedily.
public struct Examiner: Sendable {
  public var world: World
  public var tokenizer: Tokenizer
  /// Held-out inputs a level of a task.
  public var itemsPerLevel: Int

  public init(world: World, tokenizer: Tokenizer, itemsPerLevel: Int = 100) {
    self.world = world
    self.tokenizer = tokenizer
    self.itemsPerLevel = itemsPerLevel
  }

  public func examine(_ executor: any JobExecutor, variant: Variant = .baseline) throws
    -> WorldReport
  {
    var report = WorldReport()
    for recall in Recall.allCases {
      let questions = world.questions(recall)
      let texts = try answers(executor, questions.map(\.prompt), variant)
      for (question, text) in zip(questions, texts) {
        report.add(
          recall, relation: world.relation(of: world.facts[question.fact]).id,
          form: question.form, right: world.isRight(question, text))
      }
    }
    for task in WorldTasks.all {
      for level in task.levels {
        let items = world.items(task, level: level, count: itemsPerLevel)
        let texts = try answers(executor, items.map(\.prompt), variant)
        let right = zip(items, texts).count { $0.isRight($1) }
        report.tasks.append(
          .init(task: task.id, level: level, share: Share(right: right, asked: items.count)))
      }
    }
    return report
  }

  /// Asks about birds alone and after a falsehood.
  public func examineCorrupted(_ executor: any JobExecutor, variant: Variant = .baseline) throws
    -> [WorldReport.CorruptedRow]
  {
    let questions = world.corruptedQuestions()
    var rows: [WorldReport.CorruptedRow] = []
    for corruption in [nil] + Corruption.allCases.map({ Optional($0) }) {
      let asked = questions.filter { world.prompt($0, corruption) != nil }
      let prompts = asked.compactMap { world.prompt($0, corruption) }
      let texts = try answers(executor, prompts, variant)
      for isSpared in [false, true] {
        let answered = zip(asked, texts).filter { $0.0.isSpared == isSpared }
        rows.append(
          .init(
            corruption: corruption, isSpared: isSpared,
            truth: Share(
              right: answered.count { world.isRight($0.question, $1) }, asked: answered.count),
            falsehood: Share(
              right: answered.count { world.isMisled($0, $1) }, asked: answered.count)))
      }
    }
    return rows
  }

  /// Greedy continuations as texts, tags told, the end left out.
  public func answers(_ executor: any JobExecutor, _ prompts: [String], _ variant: Variant) throws
    -> [String]
  {
    let end = tokenizer.id(of: Tag.end).map { [$0] } ?? []
    let job = GenerationJob(
      prompts: prompts.map { tokenizer.encode($0) }, streams: prompts, variants: [variant],
      maxTokens: 40, stopTokens: Set(end))
    return try executor.generate(job)[0].map { continuation in
      try tokenizer.decode(continuation.tokens.filter { !end.contains($0) })
    }
  }
}
