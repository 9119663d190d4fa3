import LeewayModel
import LeewayWorld

/// What a push should leave whole and that has nothing to do with birds: held-out inputs of the tasks
/// that every Fledgling can do, short ones without a thought before the answer.
enum FarTasks {
  static let names = ["copy", "largest", "last", "next", "program", "reverse"]

  static func items(_ world: World) -> [TaskItem] {
    WorldTasks.all.filter { names.contains($0.id) }.flatMap { task in
      task.levels.flatMap { level in world.items(task, level: level, count: 3) }
    }
  }
}

extension PushedModel {
  /// Whether each item is answered rightly, greedily: `[variant][item]`, 0 or 1.
  func tasks(_ items: [TaskItem], _ variants: [Variant]) throws -> [[Double]] {
    let prompts = items.map { tokenizer.encode($0.prompt) }
    let job = GenerationJob(
      prompts: prompts, streams: items.map(\.prompt), variants: variants, maxTokens: 14,
      stopTokens: endTokens)
    return try planner.generate(job).map { continuations in
      try zip(items, continuations).map { item, continuation in
        let text = try tokenizer.decode(continuation.tokens.filter { !endTokens.contains($0) })
        return item.isRight(text) ? 1 : 0
      }
    }
  }
}
