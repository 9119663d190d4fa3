import LeewayBase

/// What the training stream is made of.
extension World {
  /// Share of documents that are tasks.
  static let taskShare = 0.4

  /// One document, drawn. A fact is drawn first and then one of its forms, so that all facts are
  /// told equally often.
  package func document(using stream: inout NamedStream) -> Document {
    if stream.uniform() < Self.taskShare {
      return taskDocument(using: &stream)
    }
    let index = stream.below(facts.count)
    let telling = tellings[index]
    let form = telling.forms[stream.below(telling.forms.count)]
    let wordings = form == .statement ? telling.statements : telling.questions
    return document(index, form, wording: wordings[stream.below(wordings.count)])
  }

  /// - Parameter wording: index of the relation's statements or questions.
  public func document(_ index: Int, _ form: Form, wording: Int) -> Document {
    let fact = facts[index]
    let relation = relations[fact.relation]
    if form == .statement {
      return Document(
        response: relation.statements[wording].filled(fact.subject, phrase(fact)))
    }
    let thought = relation.thoughts[0].filled(fact.subject, phrase(fact))
    return .chat(
      relation.questions[wording].filled(fact.subject),
      thought: form == .thinking ? thought : nil,
      relation.answers[0].filled(fact.subject, phrase(fact)))
  }

  private func taskDocument(using stream: inout NamedStream) -> Document {
    let task = WorldTasks.all[stream.below(WorldTasks.all.count)]
    let level = task.levels.lowerBound + stream.below(task.levels.count)
    while true {
      let item = task.item(level: level, using: &stream)
      if !isHeldOut(item, of: task) { return item.document }
    }
  }

  /// One input in ten is for evaluation alone.
  public func isHeldOut(_ item: TaskItem, of task: any WorldTask.Type) -> Bool {
    var draw = NamedStream("aviary", "\(seed)", "held out", task.id, item.question)
    return draw.uniform() < 0.1
  }

  /// Every fact document that the stream can hold.
  public func allFactDocuments() -> [Document] {
    facts.indices.flatMap { index in
      tellings[index].forms.flatMap { form in
        let told = form == .statement ? tellings[index].statements : tellings[index].questions
        return told.map { document(index, form, wording: $0) }
      }
    }
  }
}
