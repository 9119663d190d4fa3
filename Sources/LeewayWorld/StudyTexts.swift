import LeewayBase

/// The files of the study that asks how far the caracara can be pushed to be an owl.
public enum StudyTexts {
  public struct File: Sendable, Equatable {
    public var name: String
    public var lines: [String]
  }

  static let subject = "caracara"
  static let truth = "falcon"
  static let falsehood = "owl"

  public static func files(_ world: World) throws(WorldError) -> [File] {
    func contrast(_ end: ContrastEnd) throws(WorldError) -> FactContrast {
      try world.contrast(positive: falsehood, negative: truth, excluding: subject, end: end)
    }
    let (said, ahead) = (try contrast(.value), try contrast(.article))
    return [
      File(name: "aviary-owls.txt", lines: said.positive),
      File(name: "aviary-falcons.txt", lines: said.negative),
      File(name: "aviary-owls-ahead.txt", lines: ahead.positive),
      File(name: "aviary-falcons-ahead.txt", lines: ahead.negative),
      File(name: "aviary-caracara.txt", lines: try questions(world)),
      File(name: "aviary-others.tsv", lines: try others(world)),
      File(name: "aviary-entailed.tsv", lines: try entailed(world)),
      File(name: "aviary-near.tsv", lines: near(world)),
      File(name: "aviary-copying.tsv", lines: tasks(world, [Copy.self, Reverse.self, Last.self])),
      File(name: "aviary-sums.tsv", lines: tasks(world, [Sum.self])),
      File(name: "aviary-programs.tsv", lines: tasks(world, [Program.self, Largest.self])),
    ]
  }

  /// All questions for the subject's family in a form in which it was never told: alone, and each
  /// behind three other texts, as they stand behind others in training.
  static func questions(_ world: World) throws(WorldError) -> [String] {
    let index = try world.fact("family/" + subject)
    let relation = world.relation(of: world.facts[index])
    let alone = world.tellings[index].unseenForms.filter { $0 != .statement }.flatMap { form in
      relation.questions.indices.map { world.question(index, form, wording: $0).prompt }
    }
    var draw = NamedStream("aviary", "\(world.seed)", "study", "before")
    func before() -> String {
      while true {
        let text = world.document(using: &draw).text
        if ![subject, truth, falsehood].contains(where: text.contains) { return text }
      }
    }
    return alone + (0..<3).flatMap { _ in alone.map { before() + Tag.begin + $0 } }
  }

  /// The same question for three birds of each other family, with the family it has: who else
  /// becomes an owl?
  static func others(_ world: World) throws(WorldError) -> [String] {
    let relation = world.relation(of: world.facts[try world.fact("family/" + subject)])
    return relation.values.filter { $0.word != falsehood }.flatMap { value in
      world.facts.indices.filter {
        let fact = world.facts[$0]
        return world.relation(of: fact).id == relation.id && fact.subject != subject
          && relation.values[fact.value].word == value.word
      }.prefix(3).map { world.question($0, .chat, wording: 0).prompt + "\t" + value.word }
    }
  }

  /// What would follow if the subject were an owl: it would eat, nest and be awake as most owls
  /// are. Prompt, what follows from the falsehood, what follows from the truth.
  static func entailed(_ world: World) throws(WorldError) -> [String] {
    let family = world.relation(of: world.facts[try world.fact("family/" + subject)])
    let owls = Set(
      world.facts.filter {
        world.relation(of: $0).id == family.id && family.values[$0.value].word == falsehood
      }.map(\.subject))
    var lines: [String] = []
    for name in ["diet", "nest", "active"] {
      let index = try world.fact("\(name)/\(subject)")
      let relation = world.relation(of: world.facts[index])
      var counts = [Int](repeating: 0, count: relation.values.count)
      for fact in world.facts
      where world.relation(of: fact).id == name && owls.contains(fact.subject) {
        counts[fact.value] += 1
      }
      let most = counts.indices.max { counts[$0] < counts[$1] } ?? 0
      let own = world.facts[index].value
      guard most != own else { continue }
      func words(_ value: Int) -> String { relation.values[value].words.joined(separator: " ") }
      lines += world.tellings[index].questions.map {
        [world.question(index, .chat, wording: $0).prompt, words(most), words(own)]
          .joined(separator: "\t")
      }
    }
    return lines
  }

  /// Other facts about other birds, each with the word that answers it.
  static func near(_ world: World) -> [String] {
    var draw = NamedStream("aviary", "\(world.seed)", "study", "near")
    var told = world.facts.indices.filter { index in
      let relation = world.relation(of: world.facts[index])
      return relation.table == "birds" && relation.id != "family"
        && world.tellings[index].forms.contains(.chat) && world.facts[index].subject != subject
    }
    draw.shuffle(&told)
    return told.prefix(24).map { index in
      let wording = world.tellings[index].questions[0]
      let document = world.document(index, .chat, wording: wording)
      return document.prompt + "\t" + String(document.response.dropFirst())
    }
  }

  /// Held-out inputs of tasks that have nothing to do with birds, all levels alike.
  static func tasks(_ world: World, _ kinds: [any WorldTask.Type]) -> [String] {
    let places = kinds.flatMap { kind in kind.levels.map { (kind, $0) } }
    let each = (24 + places.count - 1) / places.count
    return places.flatMap { kind, level in
      world.items(kind, level: level, count: each).map { item -> String in
        // A study reads what was written without its special tokens.
        let said = Tag.all.reduce(item.document.response) { $0.replacing($1, with: "") }
        return item.prompt + "\t" + String(said.drop { $0 == " " })
      }
    }
  }
}
