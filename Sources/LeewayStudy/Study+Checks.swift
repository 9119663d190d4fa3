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
    let names = capability.map(\.name)
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      add("capability[\(index)].name", .badValue(expected: "a name of its own", found: name))
    }
    for (index, spec) in capability.enumerated() where spec.stop?.isEmpty == true {
      add("capability[\(index)].stop", .badValue(expected: "text", found: ""))
    }
    if answer.alsoSampled != nil, answer.by != .generated {
      add("answer.also-sampled", .badValue(expected: "by: generated", found: answer.by.rawValue))
    }
    if let also = answer.alsoSampled, also.seeds.isEmpty || also.sampling.temperature == 0 {
      add(
        "answer.also-sampled",
        .badValue(
          expected: "a temperature above 0 and a seed",
          found: "temperature \(also.sampling.temperature), \(also.seeds.count) seeds"))
    }
    found += issues(of: spillover, "spillover") { _ in answer.target }
    found += issues(of: entailment, "entailment", targets: \.target)
    if arms.unrelated.map({ $0.positive.isEmpty || $0.negative.isEmpty }) == true {
      add("arms.unrelated", .empty)
    }
    if arms.unrelated == vector.contrast {
      add("arms.unrelated", .badValue(expected: "another contrast", found: "the study's own"))
    }
    if arms.promptBaseline?.allSatisfy(\.isWhitespace) == true {
      add("arms.prompt-baseline", .empty)
    }
    return found
  }

  /// Each question once, with words for both answers that differ.
  private func issues(
    of questions: [Question], _ path: String, targets: (Question) -> [String]
  ) -> [StudyIssue] {
    var found: [StudyIssue] = []
    var seen: Set<String> = []
    for (index, question) in questions.enumerated() {
      func add(_ key: String, _ problem: StudyIssue.Problem) {
        found.append(StudyIssue(path: "\(path)[\(index)]\(key)", problem: problem))
      }
      if question.prompt.isEmpty { add(".prompt", .empty) }
      if !seen.insert(question.prompt).inserted {
        add(".prompt", .badValue(expected: "each prompt once", found: question.prompt))
      }
      let target = targets(question).map { WordMatch.plain($0) }
      let original = question.original.map { WordMatch.plain($0) }
      if target.isEmpty || target.contains("") { add(".target", .empty) }
      if original.isEmpty || original.contains("") { add(".original", .empty) }
      let common = target.filter(Set(original).contains).filter { !$0.isEmpty }
      if !common.isEmpty { add(".original", .overlap(words: common)) }
    }
    return found
  }

  private static func repeated(_ texts: [String]) -> String {
    var seen: Set<String> = []
    return texts.first { !seen.insert($0).inserted } ?? ""
  }
}
