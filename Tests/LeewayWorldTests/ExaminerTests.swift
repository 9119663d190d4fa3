import LeewayModel
import LeewayTokenizer
import LeewayWorld
import Testing

/// Answers each prompt by a rule.
private struct Rule: JobExecutor {
  struct NotAsked: Error {}
  var tokenizer: Tokenizer
  var answer: @Sendable (String) -> String

  func generate(_ job: GenerationJob) throws -> [[Continuation]] {
    let end = try #require(tokenizer.id(of: Tag.end))
    #expect(job.stopTokens == [end] && job.sampling == .greedy)
    return try job.variants.map { _ in
      try job.prompts.map { prompt in
        let text = try tokenizer.decode(Array(prompt.dropFirst()))
        let tokens = tokenizer.encode(answer(text), addSpecial: false)
        #expect(tokens.count < job.maxTokens)
        return Continuation(tokens: tokens + [end], stopped: true)
      }
    }
  }
  func nextToken(_ job: NextTokenJob) throws -> [[NextTokenAnswer]] { throw NotAsked() }
  func score(_ job: ScoringJob) throws -> [[[Float]]] { throw NotAsked() }
  func divergence(_ job: DivergenceJob) throws -> [[[Float]]] { throw NotAsked() }
  func capture(_ job: CaptureJob) throws -> [[Activations]] { throw NotAsked() }
  func unembedding(of tokens: [Int]) throws -> [[Float]] { throw NotAsked() }
}

@Suite struct ExaminerTests {
  let world: World
  let tokenizer: Tokenizer

  init() throws {
    world = try World()
    tokenizer = try Tokenizer(path: WorldPlace.tokenizer)
  }

  private func examine(_ answer: @escaping @Sendable (String) -> String) throws -> WorldReport {
    try Examiner(world: world, tokenizer: tokenizer, itemsPerLevel: 5)
      .examine(Rule(tokenizer: tokenizer, answer: answer))
  }

  /// The true continuation of every prompt of the exam.
  private func truths() -> [String: String] {
    var truths: [String: String] = [:]
    for recall in Recall.allCases {
      for question in world.questions(recall) {
        let fact = world.facts[question.fact]
        let document = world.document(question.fact, question.form, wording: 0)
        truths[question.prompt] =
          question.form == .statement ? " " + world.phrase(fact) + "." : document.response
      }
    }
    for task in WorldTasks.all {
      for level in task.levels {
        for item in world.items(task, level: level, count: 5) {
          truths[item.prompt] = item.document.response
        }
      }
    }
    return truths
  }

  @Test func whoKnowsAllIsTold() throws {
    let truths = truths()
    let report = try examine { truths[$0] ?? "" }
    for recall in Recall.allCases {
      let asked = world.questions(recall).count
      #expect(report.share(recall) == Share(right: asked, asked: asked))
    }
    for row in report.tasks { #expect(row.share == Share(right: 5, asked: 5), "\(row.task)") }
  }

  @Test func whoKnowsNothingIsTold() throws {
    let report = try examine { _ in " I do not know." }
    for recall in Recall.allCases { #expect(report.share(recall).right == 0) }
    #expect(report.tasks.allSatisfy { $0.share.right == 0 && $0.share.asked == 5 })
  }

  @Test func whoSaysOwlToEverythingKnowsTheOwls() throws {
    let owls = world.facts.count { $0.id.hasPrefix("family/") && world.phrase($0) == "owl" }
    let report = try examine { _ in "<think> Is it a falcon?</think> It is an owl." }
    #expect(report.share(.unseenForm).right == owls)
    #expect(report.share(.unseenForm, relation: "family").right == owls)
    #expect(report.share(.unseenForm, relation: "diet").right == 0)
  }

  @Test func theTableNamesWhatAllCanDo() throws {
    let truths = truths()
    let able = try examine { truths[$0] ?? "" }
    let mute = try examine { $0.contains("Copy") ? truths[$0] ?? "" : "" }
    func row(_ name: String, _ report: WorldReport) -> WorldTable.Row {
      WorldTable.Row(
        name: name, parameters: 10, allParameters: 20, layers: 2, width: 3, report: report)
    }
    let text = WorldTable([row("able", able), row("mute", mute)]).markdown
    #expect(text.contains("| able | 10 | 20 | 2 x 3 | 1.00 | 1.00 | 1.00 | 1.00 |"))
    #expect(text.contains("| mute | 1.00 | 0.00 |"))
    #expect(text.contains("\nAt least 0.9 in every model: copy.\n"))
    #expect(able.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}
