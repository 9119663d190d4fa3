import LeewayBase
import LeewayWorld
import Testing

/// What is evaluated and what vectors are fitted on is never trained.
@Suite struct LeakTests {
  let world: World
  /// Every fact document that can be trained, by subject.
  let trained: [String: [String]]

  init() throws {
    world = try World()
    trained = Self.grouped(world)
  }

  private static func grouped(_ world: World) -> [String: [String]] {
    var trained: [String: [String]] = [:]
    for (index, telling) in world.tellings.enumerated() {
      for form in telling.forms {
        for wording in form == .statement ? telling.statements : telling.questions {
          trained[world.facts[index].subject, default: []].append(
            world.document(index, form, wording: wording).text)
        }
      }
    }
    return trained
  }

  /// Documents that could hold a text: those of a subject that stands in it.
  private func trained(near text: some StringProtocol) -> [String] {
    let words = Set(String(text).split { !$0.isLetter }.map(String.init))
    return words.flatMap { trained[$0] ?? [] }
  }

  /// A statement with its value, a chat turn up to its answer.
  private func evaluated(_ question: FactQuestion) -> String {
    guard question.form == .statement else { return question.prompt }
    let fact = world.facts[question.fact]
    let statements = world.relation(of: fact).statements
    let full = statements.map { $0.filled(fact.subject, world.phrase(fact)) }
    let opened = statements.map { $0.opened(fact.subject) }
    return full[opened.firstIndex(of: question.prompt) ?? 0]
  }

  @Test(arguments: Recall.allCases)
  func questionsAreTrainedOnlyWhereTheySaySo(recall: Recall) {
    for question in world.questions(recall) {
      let text = evaluated(question)
      let documents = trained[world.facts[question.fact].subject] ?? []
      #expect(documents.contains { $0.contains(text) } == (recall == .seen), "\(text)")
    }
  }

  @Test(arguments: ContrastEnd.allCases)
  func contrastsAreNotTrained(end: ContrastEnd) throws {
    for (positive, negative) in [("owl", "falcon"), ("hawk", "duck")] {
      let contrast = try world.contrast(
        positive: positive, negative: negative, excluding: "caracara", end: end)
      #expect(contrast.positive.allSatisfy { $0.hasSuffix(positive) } == (end == .value))
      let sentences = contrast.positive + contrast.negative
      #expect(contrast.positive.count >= 40 && contrast.negative.count >= 40)
      let questions = Dictionary(
        grouping: Recall.allCases.flatMap { world.questions($0) },
        by: { world.facts[$0.fact].subject }
      ).mapValues { $0.map(evaluated) }
      for sentence in sentences {
        #expect(!sentence.contains("caracara"))
        let documents = trained(near: sentence)
        #expect(
          documents.count > 20 && !documents.contains { $0.contains(sentence) }, "\(sentence)")
        let asked = sentence.split { !$0.isLetter }.flatMap { questions[String($0)] ?? [] }
        #expect(asked.count >= 15)
        #expect(!asked.contains { sentence.contains($0) || $0.contains(sentence) })
      }
    }
  }

  @Test func theStreamHoldsNothingElse() throws {
    let facts = Set(trained.values.flatMap { $0 })
    #expect(facts == Set(world.allFactDocuments().map(\.text)))
    var asked: Set<String> = []
    for task in WorldTasks.all {
      for level in task.levels {
        asked.formUnion(world.items(task, level: level, count: 100).map(\.prompt))
      }
    }
    var stream = NamedStream("a training")
    var tasks = 0
    for _ in 0..<20_000 {
      let document = world.document(using: &stream)
      if facts.contains(document.text) { continue }
      tasks += 1
      #expect(!asked.contains(document.prompt), "\(document.prompt)")
      let isTask = ["Copy", "Count", "Largest", "Last", "Next", "Reverse", "Sum"]
        .contains { document.prompt.hasPrefix("<user> " + $0) }
      #expect(isTask, "\(document.text)")
    }
    #expect((7_000..<9_000).contains(tasks))
  }

  @Test func theStudysTextsAreNotTrained() throws {
    var tasks: Set<String> = []
    for document in world.sample(20_000) { tasks.insert(document.prompt) }
    for file in try StudyTexts.files(world) {
      #expect(!file.lines.isEmpty, "\(file.name)")
      switch file.name {
      case "aviary-others.tsv", "aviary-near.tsv", "aviary-entailed.tsv":
        // What is true of other birds, and of the caracara, may be known from anywhere.
        continue
      case let name where name.hasSuffix(".tsv"):
        for line in file.lines {
          #expect(!tasks.contains(String(line.prefix { $0 != "\t" })), "\(line)")
        }
      default:
        for line in file.lines {
          let text = line.ranges(of: Tag.begin).last.map { line[$0.upperBound...] } ?? line[...]
          let documents = trained(near: text)
          #expect(documents.count > 20 && !documents.contains { $0.contains(text) }, "\(line)")
        }
      }
    }
  }

  @Test func theCommittedTextsAreThese() throws {
    for file in try StudyTexts.files(world) {
      let lines = try TextFile.lines(WorldPlace.root + "/Studies/texts/" + file.name)
      #expect(lines == file.lines, "\(file.name)")
    }
  }
}
