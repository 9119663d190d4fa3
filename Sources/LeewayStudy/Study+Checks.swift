extension Study {
  /// Mistakes that need no model to be seen.
  public func issues() -> [StudyIssue] {
    var found: [StudyIssue] = []
    func add(_ path: String, _ problem: StudyIssue.Problem) {
      found.append(StudyIssue(path: path, problem: problem))
    }
    if name.isEmpty { add("name", .empty) }
    if name.contains("/") || name.hasPrefix(".") {
      add("name", .badValue(expected: "a name for the folder runs/NAME, no path", found: name))
    }
    if prompts.isEmpty { add("prompts", .empty) }
    if Set(prompts).count < prompts.count {
      let found = "\"\(Self.repeated(prompts))\" twice"
      add("prompts", .badValue(expected: "each prompt once", found: found))
    }
    if prompts.contains(where: \.isEmpty) { add("prompts", .badValue(expected: "text", found: "")) }
    if vector.contrast.positive.isEmpty { add("vector.contrast.positive", .empty) }
    if vector.contrast.negative.isEmpty { add("vector.contrast.negative", .empty) }
    if vector.contrast.positive.sorted() == vector.contrast.negative.sorted(),
      !vector.contrast.positive.isEmpty
    {
      add(
        "vector.contrast",
        .badValue(expected: "two different halves", found: "the same texts twice"))
    }
    if sweep.sites.isEmpty { add("sweep.sites", .empty) }
    if sweep.doses.isEmpty { add("sweep.doses", .empty) }
    if sweep.doses.contains(where: { $0 <= 0 || !$0.isFinite }) {
      add("sweep.doses", .badValue(expected: "doses above 0", found: "\(sweep.doses)"))
    }
    if Set(sweep.seeds).count < sweep.seeds.count {
      add("sweep.seeds", .badValue(expected: "each seed once", found: "\(sweep.seeds)"))
    }
    if answer.by == .nextToken, sweep.positions == .response {
      // The next token is read at the prompt's end, before anything is steered.
      add(
        "sweep.positions",
        .badValue(expected: "all, prompt or last where answers are next tokens", found: "response"))
    }
    if answer.target.isEmpty { add("answer.target", .empty) }
    if answer.original.isEmpty { add("answer.original", .empty) }
    func plain(_ words: [String]) -> [String] { words.map { WordMatch.plain($0) } }
    let common = plain(answer.target).filter(Set(plain(answer.original)).contains)
    if !common.isEmpty { add("answer.target", .overlap(words: common)) }
    if (answer.target + answer.original).contains(where: { WordMatch.plain($0).isEmpty }) {
      add("answer", .badValue(expected: "words", found: "an empty one"))
    }
    if capability.isEmpty { add("capability", .empty) }
    return found
  }

  private static func repeated(_ texts: [String]) -> String {
    var seen: Set<String> = []
    return texts.first { !seen.insert($0).inserted } ?? ""
  }
}
