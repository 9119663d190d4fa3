import LeewayBase

/// What a model is asked about the facts, in which form and wording.
public enum Recall: String, Sendable, CaseIterable {
  /// A form and a wording in which the fact was trained: memory of the text itself.
  case seen = "seen form"
  /// A form in which the fact was trained, in a wording that was trained with other facts only.
  case unseenTemplate = "unseen template"
  /// A form in which the fact was trained, in a wording that was trained with no fact.
  case newTemplate = "new template"
  /// A form in which the fact was never trained.
  case unseenForm = "unseen form"
}

/// One question about a fact.
public struct FactQuestion: Sendable, Hashable {
  /// Index of the world's facts.
  public var fact: Int
  public var form: Form
  public var prompt: String
}

extension World {
  /// One question a fact, drawn from the seed; none where both of a fact's held-out statements are
  /// open-ended.
  public func questions(_ recall: Recall) -> [FactQuestion] {
    facts.indices.compactMap { index in
      let telling = tellings[index]
      var draw = NamedStream("aviary", "\(seed)", "exam", recall.rawValue, facts[index].id)
      let forms = recall == .unseenForm ? telling.unseenForms : telling.forms
      let form = forms[draw.below(forms.count)]
      let (told, held) =
        form == .statement
        ? (telling.statements, telling.heldStatements)
        : (telling.questions, telling.heldQuestions)
      var wordings: [Int] =
        switch recall {
        case .seen, .unseenForm: told
        case .unseenTemplate: held
        case .newTemplate: [told.count + held.count]
        }
      if form == .statement { wordings.removeAll { isOpenEnded(facts[index], $0) } }
      guard !wordings.isEmpty else { return nil }
      return question(index, form, wording: wordings[draw.below(wordings.count)])
    }
  }

  /// Whether a statement's beginning leaves open what is told: after "The kestrel is" comes a
  /// falcon, but also "active by day". Such a wording is trained and not asked.
  package func isOpenEnded(_ fact: Fact, _ wording: Int) -> Bool {
    let relation = relations[fact.relation]
    let opening = relation.statements[wording].opened("{s}") + " "
    return relations.contains { other in
      other.id != relation.id && other.table == relation.table
        && other.statements.contains { $0.text.hasPrefix(opening) }
    }
  }

  /// - Parameter wording: index of the relation's statements or questions.
  public func question(_ index: Int, _ form: Form, wording: Int) -> FactQuestion {
    let fact = facts[index]
    let relation = relations[fact.relation]
    let prompt =
      form == .statement
      ? relation.statements[wording].opened(fact.subject)
      : Document.question(
        relation.questions[wording].filled(fact.subject), thinking: form == .thinking)
    return FactQuestion(fact: index, form: form, prompt: prompt)
  }

  /// Whether a continuation tells the fact: its value is the first of the relation's to be said.
  public func isRight(_ question: FactQuestion, _ text: String) -> Bool {
    let fact = facts[question.fact]
    return relations[fact.relation].value(in: String(Document.answer(text))) == fact.value
  }

  /// Held-out inputs of a task, all different.
  public func items(_ task: any WorldTask.Type, level: Int, count: Int) -> [TaskItem] {
    var draw = NamedStream("aviary", "\(seed)", "exam", task.id, "\(level)")
    var items: [TaskItem] = []
    var seen: Set<String> = []
    // A short list has few inputs: what has not come by then is not there.
    for _ in 0..<count * 100 where items.count < count {
      let item = task.item(level: level, using: &draw)
      if isHeldOut(item, of: task), seen.insert(item.question).inserted { items.append(item) }
    }
    return items
  }
}
