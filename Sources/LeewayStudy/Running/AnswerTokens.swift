import LeewayTokenizer

/// The tokens that tell target from original: under each prompt, the first token of each answer
/// behind what all answers share.
struct AnswerTokens: Sendable, Hashable {
  /// Each once, ascending; no token is in both.
  var target: [Int]
  var original: [Int]

  /// Nil when no token tells them apart.
  init?(_ study: Study, _ context: RunContext) {
    var found: (target: Set<Int>, original: Set<Int>) = ([], [])
    for prompt in study.prompts {
      let targets = study.answer.target.map { Self.tokens($0, after: prompt, study, context) }
      let originals = study.answer.original.map { Self.tokens($0, after: prompt, study, context) }
      let all = targets + originals
      guard let first = all.first else { continue }
      let shared = all.reduce(first.count) { count, tokens in
        min(count, zip(first, tokens).prefix { $0 == $1 }.count)
      }
      found.target.formUnion(targets.compactMap { $0.dropFirst(shared).first })
      found.original.formUnion(originals.compactMap { $0.dropFirst(shared).first })
    }
    target = found.target.subtracting(found.original).sorted()
    original = found.original.subtracting(found.target).sorted()
    if target.isEmpty || original.isEmpty { return nil }
  }

  /// Words of written answers stand behind a space; `next-token` has its own.
  private static func tokens(
    _ answer: String, after prompt: String, _ study: Study, _ context: RunContext
  ) -> [Int] {
    let spaced = prompt.last?.isWhitespace == true
    let text =
      study.answer.by == .nextToken
      ? answer : (spaced ? "" : " ") + WordMatch.trimmed(answer)
    return context.tokenizer.promptTokens(prompt + text, endTokens: context.endTokens)
  }
}
