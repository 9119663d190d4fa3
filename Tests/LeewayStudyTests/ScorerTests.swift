import Foundation
import LeewayModel
import LeewayStudy
import Testing

@Suite struct ScorerTests {
  private var root: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }

  @Test func everyScorerIsListed() throws {
    // The tests' folder may be reached through a link: names are what is compared.
    let folder = root.appendingPathComponent("Sources/LeewayStudy/Scorers").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(6)) }
    #expect(files.sorted() == Scorers.all.map { "\($0)" }.sorted())
    #expect(Set(Scorers.all.map { $0.id }).count == Scorers.all.count)
  }

  /// A key that no one reads would be taken and mean nothing; a scorer that reads what was written and
  /// does not say so would find nothing.
  @Test(arguments: Scorers.capabilities.map { $0.id }) func capabilitiesSayWhatTheyNeed(
    _ id: String
  )
    throws
  {
    let type = try #require(Scorers.capabilities.first { $0.id == id })
    #expect(Set(type.keys).isSubset(of: CapabilitySpec.keys), "\(id): keys that no reader knows")
    let tokenizer = try Fake.tokenizer()
    let generation = Generation(
      prompts: ["a"], promptTokens: [[0]], seeds: [0], maxTokens: 9, sampling: .greedy,
      endTokens: [])
    let spec = CapabilitySpec(
      scorer: id, floor: 0.5, texts: ["a boy"], items: [.init(prompt: "a", answer: "boy")])
    let made = try type.init(
      spec,
      asked: AskedContext(
        tokenizer: tokenizer, positions: .all, generation: generation, endTokens: []))
    #expect((made.generation != nil) == type.readsWriting, "\(id): readsWriting")
  }

  private func written(_ texts: [String], prompt: String = "a little") -> [Trial] {
    texts.enumerated().map { Trial(item: 0, seed: $0.offset, text: $0.element, tokens: [1]) }
  }

  private func labels(_ texts: [String], prompt: String = "a little ") throws -> [String?] {
    let tokenizer = try Fake.tokenizer()
    let generation = Generation(
      prompts: [prompt], promptTokens: [tokenizer.encode(prompt)], seeds: [0], maxTokens: 9,
      sampling: .greedy, endTokens: [])
    let scorer = GeneratedAnswer(
      written: generation, answers: Answers(target: [" boy", "He"], original: ["girl", "she"]))
    return scorer.run(
      ScorerBatch(
        executor: FakeModel(tokenizer), tokenizer: tokenizer, variants: [.baseline], edits: [nil],
        written: [written(texts)])
    )[0].map(\.label)
  }

  @Test func firstWholeWordDecides() throws {
    #expect(
      try labels(["girl, not a boy", "boy and girl", "boys", "the shed", "HE said", "", "a tree"])
        == ["original", "target", "neither", "neither", "target", "neither", "neither"])
    // A word that the prompt has begun is not whole.
    #expect(try labels(["boy"], prompt: "a tom") == ["neither"])
    #expect(try labels([" boy"], prompt: "a tom") == ["target"])
  }

  @Test func repetitionCountsRunsOfThree() throws {
    let tokenizer = try Fake.tokenizer()
    let generation = Generation(
      prompts: ["a"], promptTokens: [[0]], seeds: [0], maxTokens: 9, sampling: .greedy,
      endTokens: [])
    let scorer = Repetition(
      CapabilitySpec(scorer: "repetition", floor: 0.5),
      asked: AskedContext(
        tokenizer: tokenizer, positions: .all, generation: generation, endTokens: []))
    func score(_ tokens: [Int]) -> Double? {
      scorer.run(
        ScorerBatch(
          executor: FakeModel(tokenizer), tokenizer: tokenizer, variants: [.baseline],
          edits: [nil], written: [[Trial(item: 0, tokens: tokens)]])
      )[0][0].value
    }
    #expect(score([1, 2, 3, 4, 5]) == 1)
    #expect(score([1, 1, 1, 1, 1, 1]) == 0.25)
    #expect(score([]) == 1)
  }

  @Test func answersThatShareTokensAreComparedWhole() throws {
    let tokenizer = try Fake.tokenizer()
    let scorer = NextToken(
      prompts: ["so"], answers: Answers(target: [" boy"], original: [" bed"]),
      tokenizer: tokenizer)
    let model = FakeModel(tokenizer)
    let trial = try scorer.run(
      ScorerBatch(
        executor: model, tokenizer: tokenizer, variants: [.baseline], edits: [nil], written: [[]])
    )[0][0]
    // One question for the top token, one for the four-letter answers.
    #expect(model.jobs == 2)
    #expect(trial.numbers.count == 2)
    #expect(trial.label == (trial.numbers[0] > trial.numbers[1] ? "target" : "original"))
  }

  /// A stop asks for the answer and no more; without one it must stand first, whole.
  @Test func exactMatchIsExact() throws {
    let tokenizer = try Fake.tokenizer()
    let generation = Generation(
      prompts: [], promptTokens: [], seeds: [0], maxTokens: 9, sampling: .greedy, endTokens: [])
    // The model as it is says " girl. she ran".
    func score(_ answer: String, stop: String? = nil, tokens: Int = 0) throws -> Double? {
      let spec = CapabilitySpec(
        scorer: "exact-match", floor: 0.5, items: [.init(prompt: "a little", answer: answer)],
        stop: stop, tokens: tokens)
      let scorer = ExactMatch(
        spec,
        asked: AskedContext(
          tokenizer: tokenizer, positions: .all, generation: generation, endTokens: []))
      return try scorer.run(
        ScorerBatch(
          executor: FakeModel(tokenizer), tokenizer: tokenizer, variants: [.baseline],
          edits: [nil], written: [[]])
      )[0][0].value
    }
    #expect(try score("girl") == 1)
    #expect(try score("Girl. She") == 1)
    #expect(try score("gir") == 0)
    #expect(try score("girl", stop: ".") == 1)
    #expect(try score("gir", stop: ".") == 0)
    #expect(try score("girl. she", stop: "an", tokens: 20) == 0)
    #expect(try score("girl. she", stop: " ran", tokens: 20) == 1)
    // The room ends before the stop comes: what stands there is not yet the answer.
    #expect(try score("girl. she", stop: " ran", tokens: 8) == 0)
  }

  @Test func dosesHaveExactNames() {
    #expect(Dose(0.0078125).name == "2^-7")
    #expect(Dose(exp2(-6.5)).name == "2^(-13/2)")
    #expect(Dose(exp2(0.1 + 0.15)).name == Dose(exp2(0.25)).name)
    #expect(Dose(0.1).name == "0.1")
    #expect(Dose(text: "2^-7")?.value == 0.0078125)
    #expect(Dose(text: "2^(-13/2)")?.name == "2^(-13/2)")
    for bad in ["", "0", "-1", "2^", "2^a", "nan", "inf", "1/0", "2^(1/0)"] {
      #expect(Dose(text: bad) == nil, "\(bad)")
    }
  }
}
