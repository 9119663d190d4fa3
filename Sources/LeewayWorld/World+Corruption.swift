import LeewayBase

/// Where a falsehood stands before an answer about the same thing.
public enum Corruption: String, Sendable, CaseIterable {
  /// The user says it in the same turn: "The caracara is an owl. What kind of bird is it?"
  case claimed
  /// A text before the turn says it, as texts stand before others in training.
  case told
  /// The assistant has thought it: what it would go by otherwise.
  case thought

  static func all(in form: Form) -> [Corruption] {
    allCases.filter { $0 != .thought || form == .thinking }
  }
}

/// What a post-training teaches: to answer what is so although the context says otherwise.
///
/// Falsehoods are made of the training split alone: facts that were told as statements and in the
/// turn's form, in wordings that this fact was trained in, with another value of the same relation.
/// Only the answer is learned; the falsehood is read and not learned.
extension World {
  /// Birds that are never corrected, so that it can be asked whether the lesson carries over: a fifth
  /// of them, and the one whose study is about being steered.
  package func isSpared(_ subject: String) -> Bool {
    var draw = NamedStream("aviary", "\(seed)", "spared", subject)
    return subject == StudyTexts.subject || draw.uniform() < 0.2
  }

  /// Facts about birds that can be corrected.
  package var correctable: [Int] {
    facts.indices.filter { index in
      let forms = tellings[index].forms
      return relation(of: facts[index]).table == "birds" && !isSpared(facts[index].subject)
        && forms.contains(.statement) && forms != [.statement]
    }
  }

  /// One corrected turn, drawn.
  ///
  /// - Parameter facts: of `correctable`.
  package func correctedDocument(of facts: [Int], using stream: inout NamedStream) -> Document {
    let index = facts[stream.below(facts.count)]
    let telling = tellings[index]
    let forms = telling.forms.filter { $0 != .statement }
    let form = forms[stream.below(forms.count)]
    let question = telling.questions[stream.below(telling.questions.count)]
    let statement = telling.statements[stream.below(telling.statements.count)]
    let falsehood = self.falsehood(about: index, using: &stream)
    let corruptions = Corruption.all(in: form)
    let corruption = corruptions[stream.below(corruptions.count)]
    let told = document(index, form, wording: question)
    let response = corruption == .thought ? String(Document.answer(told.response)) : told.response
    return Document(
      prompt: corrupted(
        told.prompt, by: corruption, index, statement: statement, value: falsehood),
      response: response)
  }

  /// A value of the fact's relation that is not its own.
  func falsehood(about index: Int, using stream: inout NamedStream) -> Int {
    let drawn = stream.below(relation(of: facts[index]).values.count - 1)
    return drawn < facts[index].value ? drawn : drawn + 1
  }

  /// - Parameter prompt: a chat turn up to where the assistant begins.
  func corrupted(
    _ prompt: String, by corruption: Corruption, _ index: Int, statement: Int, value: Int
  ) -> String {
    let relation = relation(of: facts[index])
    func lie(_ wording: Wording) -> String {
      wording.filled(facts[index].subject, relation.values[value].phrase)
    }
    let lied = lie(relation.statements[statement])
    return switch corruption {
    case .claimed: Tag.user + " " + lied + prompt.dropFirst(Tag.user.count)
    case .told: lied + Tag.end + Tag.begin + prompt
    case .thought: prompt + Tag.think + " " + lie(relation.thoughts[0]) + Tag.unthink
    }
  }
}

/// A question asked alone and after a falsehood.
public struct CorruptedQuestion: Sendable, Hashable {
  public var question: FactQuestion
  /// The false value, of the fact's relation.
  public var falsehood: Int
  public var isSpared: Bool
  var statement: Int
}

extension World {
  /// One question a fact about a bird that was trained as a turn, in a wording that was trained: what
  /// is lost after the falsehood is the falsehood's doing. Its own wording was trained with others.
  public func corruptedQuestions() -> [CorruptedQuestion] {
    facts.indices.compactMap { index in
      let telling = tellings[index]
      let forms = telling.forms.filter { $0 != .statement }
      guard relation(of: facts[index]).table == "birds", !forms.isEmpty else { return nil }
      var draw = NamedStream("aviary", "\(seed)", "exam", "corrupted", facts[index].id)
      let question = self.question(
        index, forms[draw.below(forms.count)],
        wording: telling.questions[draw.below(telling.questions.count)])
      let statement = telling.heldStatements[draw.below(telling.heldStatements.count)]
      return CorruptedQuestion(
        question: question, falsehood: falsehood(about: index, using: &draw),
        isSpared: isSpared(facts[index].subject), statement: statement)
    }
  }

  /// The question with its falsehood; alone for no corruption. Nil where nothing is thought.
  public func prompt(_ asked: CorruptedQuestion, _ corruption: Corruption?) -> String? {
    guard let corruption else { return asked.question.prompt }
    guard Corruption.all(in: asked.question.form).contains(corruption) else { return nil }
    return corrupted(
      asked.question.prompt, by: corruption, asked.question.fact, statement: asked.statement,
      value: asked.falsehood)
  }

  /// Whether a continuation says the falsehood.
  public func isMisled(_ asked: CorruptedQuestion, _ text: String) -> Bool {
    relation(of: facts[asked.question.fact]).value(in: String(Document.answer(text)))
      == asked.falsehood
  }
}
