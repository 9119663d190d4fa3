import LeewayTokenizer

/// The tokens that tell target from original: under each prompt, the first token in which an answer
/// leaves every answer of the other kind.
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
      found.target.formUnion(targets.compactMap { Self.first($0, apartFrom: originals) })
      found.original.formUnion(originals.compactMap { Self.first($0, apartFrom: targets) })
    }
    target = found.target.subtracting(found.original).sorted()
    original = found.original.subtracting(found.target).sorted()
    if target.isEmpty || original.isEmpty { return nil }
  }

  private static func first(_ tokens: [Int], apartFrom others: [[Int]]) -> Int? {
    let shared = others.map { zip(tokens, $0).prefix { $0 == $1 }.count }.max() ?? 0
    return tokens.dropFirst(shared).first
  }

  /// An answer behind a prompt. Words of written answers stand behind a space, `next-token` has its
  /// own; where the tokeniser would join them with the prompt's last token, they stand alone, as a
  /// model that continues the prompt has to write them.
  private static func tokens(
    _ answer: String, after prompt: String, _ study: Study, _ context: RunContext
  ) -> [Int] {
    let spaced = prompt.last?.isWhitespace == true
    let text =
      study.answer.by == .nextToken
      ? answer : (spaced ? "" : " ") + WordMatch.trimmed(answer)
    let alone = context.promptTokens(prompt)
    let whole = context.promptTokens(prompt + text)
    return whole.starts(with: alone)
      ? Array(whole.dropFirst(alone.count))
      : context.tokenizer.encode(text, addSpecial: false)
  }
}
