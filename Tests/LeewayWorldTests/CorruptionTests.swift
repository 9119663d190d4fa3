import LeewayBase
import LeewayTokenizer
import LeewayWorld
import Testing

/// What a post-training is made of: true answers after falsehoods of the training split.
@Suite struct CorruptionTests {
  let world: World
  let correctable: [Int]
  let documents: [Document]

  init() throws {
    world = try World()
    correctable = world.correctable
    var stream = NamedStream("a post-training")
    let (world, correctable) = (world, correctable)
    documents = (0..<6000).map { _ in world.correctedDocument(of: correctable, using: &stream) }
  }

  /// The documents in which a subject stands.
  private var bySubject: [String: [String]] {
    Dictionary(grouping: documents.map(\.text)) { text in
      let words = Set(text.split { !$0.isLetter }.map(String.init))
      return correctable.map { world.facts[$0].subject }.first(where: words.contains) ?? ""
    }
  }

  @Test func onlyWhatWasTrainedIsCorrected() throws {
    #expect(correctable.count > 250)
    for index in correctable {
      let forms = world.tellings[index].forms
      #expect(forms.contains(.statement) && forms.count > 1)
      #expect(!world.isSpared(world.facts[index].subject))
    }
    let spared = Set(world.facts.map(\.subject).filter(world.isSpared))
    #expect(spared.contains("caracara") && spared.count > 20)
    let told = bySubject
    #expect(told[""] == nil && told.count > 100)
    for subject in spared { #expect(told[subject] == nil, "\(subject)") }
  }

  /// A falsehood stands first, and the answer is what is so.
  @Test func theAnswerIsTheTruth() throws {
    let trained = Set(world.allFactDocuments().map { String(Document.answer($0.response)) })
    var kinds: [Corruption: Int] = [:]
    for document in documents {
      #expect(trained.contains(String(Document.answer(document.response))), "\(document.text)")
      let isTold = document.prompt.contains(Tag.begin)
      let isThought = document.prompt.hasSuffix(Tag.unthink)
      kinds[isTold ? .told : isThought ? .thought : .claimed, default: 0] += 1
      #expect(document.prompt.hasPrefix(Tag.user) == !isTold)
      #expect(isThought || document.prompt.hasSuffix(Tag.assistant))
      #expect(!isThought || !document.response.contains(Tag.think))
      let said = Document.answer(document.response)
      let truth = world.relations.compactMap { relation in
        relation.value(in: String(said)).map { (relation, $0) }
      }
      let lies = truth.contains { relation, value in
        relation.value(in: document.prompt).map { $0 != value } ?? false
      }
      #expect(lies, "\(document.text)")
    }
    #expect(kinds.count == 3 && kinds.values.allSatisfy { $0 > 500 }, "\(kinds)")
  }

  /// What is asked in an exam, with its answer, and what vectors are fitted on stands in no document.
  @Test func nothingOfTheExamsIsTrained() throws {
    let told = bySubject
    var compared = 0
    func expectAbsent(_ text: String, _ subject: String) {
      for document in told[subject] ?? [] {
        compared += 1
        if document.contains(text) { Issue.record("\(text) stands in \(document)") }
      }
    }
    for recall in Recall.allCases where recall != .seen {
      for question in world.questions(recall) {
        // A statement up to its value: neither the truth nor a falsehood may follow it.
        expectAbsent(question.prompt, world.facts[question.fact].subject)
      }
    }
    for asked in world.corruptedQuestions() {
      let subject = world.facts[asked.question.fact].subject
      for corruption in Corruption.allCases {
        // A thought has one wording; its falsehood may be one that is corrected.
        guard corruption != .thought, let prompt = world.prompt(asked, corruption) else { continue }
        expectAbsent(prompt, subject)
      }
    }
    for (positive, negative) in [("owl", "falcon"), ("hawk", "duck")] {
      for end in ContrastEnd.allCases {
        let contrast = try world.contrast(
          positive: positive, negative: negative, excluding: "caracara", end: end)
        for sentence in contrast.positive + contrast.negative {
          let words = Set(sentence.split { !$0.isLetter }.map(String.init))
          for subject in told.keys where words.contains(subject) {
            expectAbsent(sentence, subject)
          }
        }
      }
    }
    #expect(compared > 50_000)
  }

  @Test func theStudysQuestionsAreNotTrained() throws {
    let file = try StudyTexts.files(world).first { $0.name == "aviary-caracara.txt" }
    let questions = try #require(file).lines
    for document in documents {
      #expect(!document.text.contains("caracara"))
      #expect(!questions.contains { document.text.contains($0) })
    }
  }

  @Test func theStreamHoldsItsShare() throws {
    let tokenizer = try Tokenizer(path: WorldPlace.tokenizer)
    func stream(_ corrected: Double) -> WorldStream {
      WorldStream(world: world, tokenizer: tokenizer, seed: "1", corrected: corrected)
    }
    #expect(
      stream(0).contentHash
        == WorldStream(world: world, tokenizer: tokenizer, seed: "1").contentHash)
    #expect(stream(0.3).contentHash != stream(0).contentHash)
    #expect(stream(0.3).contentHash != stream(0.31).contentHash)
    let ordinary = Set(world.allFactDocuments())
    let tasks = ["Copy", "Count", "Largest", "Last", "Next", "Reverse", "Sum"]
    let drawn = (0..<400).flatMap { stream(0.3).documents($0) }
    let corrected = drawn.filter { document in
      !ordinary.contains(document) && !tasks.contains { document.prompt.hasPrefix("<user> \($0)") }
    }
    let share = Double(corrected.count) / Double(drawn.count)
    #expect(abs(share - 0.3) < 0.05, "\(share) of \(drawn.count)")
    #expect(stream(0.3).sequence(7) == stream(0.3).sequence(7))
    // The falsehood is read and not learned.
    for number in 0..<20 {
      let packed = stream(1).sequence(number)
      let learned = try tokenizer.decode(
        zip(packed.tokens, packed.counted).filter(\.1).map(\.0))
      let responses = stream(1).documents(number).map { $0.response + Tag.end }.joined()
      #expect(responses.hasPrefix(learned) && !learned.isEmpty)
    }
  }

  @Test func everyBirdAskedHasItsFalsehood() throws {
    let asked = world.corruptedQuestions()
    #expect(asked.count > 500 && asked.count { $0.isSpared } > 80)
    for one in asked {
      let fact = world.facts[one.question.fact]
      #expect(one.falsehood != fact.value)
      #expect(world.prompt(one, nil) == one.question.prompt)
      let relation = world.relation(of: fact)
      for corruption in Corruption.allCases {
        guard let prompt = world.prompt(one, corruption) else {
          #expect(corruption == .thought && one.question.form == .chat)
          continue
        }
        #expect(relation.value(in: prompt) == one.falsehood, "\(prompt)")
        #expect(prompt.contains(one.question.prompt.dropFirst(Tag.user.count)))
      }
      let truth = relation.answers[0].filled("", world.phrase(fact))
      #expect(world.isRight(one.question, truth) && !world.isMisled(one, truth))
    }
  }
}
