import LeewayModel
import LeewayStatistics
import LeewaySteering
import LeewayStudy
import LeewayTemplate
import Testing

/// Studies whose questions go through a chat template.
@Suite struct ChatStudyTests {
  private static let source = """
    {% for m in messages %}{{ 'S' if m.role == 'system' else 'U' }}: {{ m.content }} {% endfor %}
    {%- if enable_thinking %}T {% endif %}{{ 'A:' if add_generation_prompt }}
    """

  private func context(_ model: FakeModel, _ source: String = source) throws -> RunContext {
    var context = Fake.context(model)
    context.chat = .success(
      try ChatTemplate(source, name: "t", specialTokens: ["bos_token": "<s>"]))
    return context
  }

  private func runner(_ study: Study, _ context: RunContext, _ ledger: MemoryLedger) -> StudyRunner
  {
    StudyRunner(study: study, context: context, ledger: ledger)
  }

  private static func study() -> Study {
    var study = Fake.wholeStudy()
    study.sweep.sites = ["blocks.1.resid_post"]
    study.arms.promptBaseline = nil
    return study
  }

  /// The study whose prompts are written as the template writes them has the same conditions: it
  /// finds them all done.
  @Test(arguments: [
    (ChatSpec(), "", ""), (ChatSpec(system: "Be brief"), "S: Be brief ", ""),
    (ChatSpec(thinking: true), "", "T "),
  ])
  func equalsTheStudyOfItsPrompts(spec: ChatSpec, before: String, after: String) throws {
    func put(_ text: String) -> String { "\(before)U: \(text) \(after)A:" }
    var written = Self.study()
    var asked = written
    asked.chat = spec
    written.prompts = written.prompts.map(put)
    for index in written.spillover.indices {
      written.spillover[index].prompt = put(written.spillover[index].prompt)
    }
    for index in written.entailment.indices {
      written.entailment[index].prompt = put(written.entailment[index].prompt)
    }
    for place in written.capability.indices {
      for index in written.capability[place].items.indices {
        let prompt = written.capability[place].items[index].prompt
        written.capability[place].items[index].prompt = put(prompt)
      }
    }
    let ledger = MemoryLedger()
    let first = FakeModel(try Fake.tokenizer())
    let one = try runner(asked, try context(first), ledger).run()
    let count = ledger.count
    #expect(first.variants > 100)
    let second = FakeModel(try Fake.tokenizer())
    let two = try runner(written, try context(second), ledger).run()
    // Nothing is generated or scored again: what runs is the reading of the contrast.
    #expect(ledger.count == count)
    #expect(second.variants == 0)
    func shares(_ result: StudyResult) -> [[Double]] {
      result.arms.map { $0.points.map(\.effect.share) }
    }
    #expect(!one.arms.isEmpty && shares(one) == shares(two))
  }

  @Test func changesWhatIsAsked() throws {
    let ledger = MemoryLedger()
    _ = try runner(Self.study(), Fake.context(FakeModel(try Fake.tokenizer())), ledger).run()
    let count = ledger.count
    var asked = Self.study()
    asked.chat = ChatSpec()
    let model = FakeModel(try Fake.tokenizer())
    _ = try runner(asked, try context(model), ledger).run()
    #expect(ledger.count > count && model.variants > 100)
  }

  private func issue(_ context: RunContext) throws -> StudyIssue? {
    var study = Fake.study()
    study.chat = ChatSpec()
    do {
      _ = try StudyPlan.describe(study, context: context)
    } catch StudyError.invalid(_, let issues) {
      #expect(issues.count == 1)
      return issues.first
    }
    return nil
  }

  @Test func saysWhatATemplateLacks() throws {
    let model = FakeModel(try Fake.tokenizer())
    #expect(try issue(try context(model)) == nil)
    #expect(
      try issue(Fake.context(model))
        == StudyIssue(path: "chat", problem: .template(.missing(folder: ""))))
    let refused = TemplateError.fault(template: "t", line: 1, .refused(message: "no"))
    #expect(
      try issue(try context(model, "{{ raise_exception('no') }}"))
        == StudyIssue(path: "chat", problem: .template(refused)))
  }

  /// The mark that the tokenizer puts before every text stands once, whoever writes it.
  @Test func beginsOnce() throws {
    let model = FakeModel(try Fake.tokenizer(begins: true))
    var asked = Self.study()
    asked.chat = ChatSpec()
    var written = Self.study()
    written.prompts = written.prompts.map { "U: \($0) A:" }
    written.spillover = []
    written.entailment = []
    written.capability = written.capability.filter(\.items.isEmpty)
    asked.spillover = []
    asked.entailment = []
    asked.capability = written.capability
    let one = try StudyPlan.describe(
      asked, context: try context(model, "{{ bos_token }}" + Self.source))
    #expect(throws: StudyError.self) {
      try StudyPlan.describe(asked, context: try context(model))
    }
    let two = try StudyPlan.describe(written, context: Fake.context(model))
    #expect(one.tokens == two.tokens)
  }

  @Test func isReadFromAFile() throws {
    func chat(_ text: String) throws -> ChatSpec? {
      try StudyFile(text: Self.file + text, path: "s.yaml").study.chat
    }
    #expect(try chat("") == nil)
    #expect(try chat("chat: false\n") == nil)
    #expect(try chat("chat: true\n") == ChatSpec())
    #expect(
      try chat("chat: {system: Be brief, thinking: false}\n")
        == ChatSpec(system: "Be brief", thinking: false))
    for bad in ["chat: maybe\n", "chat: {sistem: x}\n", "chat: {thinking: 3}\n", "chat: []\n"] {
      #expect(throws: StudyError.self) { try chat(bad) }
    }
  }

  private static let file = """
    name: x
    question: y
    model: m
    vector: {contrast: {positive: [a], negative: [b]}}
    sweep: {sites: [blocks.0.resid_post], doses: [1]}
    prompts: [a]
    answer: {by: next-token, target: b, original: c}
    capability: [{scorer: perplexity-ratio, texts: [one two]}]

    """
}
