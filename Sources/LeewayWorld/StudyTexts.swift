/// The files of the study that asks how far the caracara can be pushed to be an owl.
public enum StudyTexts {
  public struct File: Sendable, Equatable {
    public var name: String
    public var lines: [String]
  }

  static let subject = "caracara"

  public static func files(_ world: World) throws(WorldError) -> [File] {
    func contrast(_ end: ContrastEnd) throws(WorldError) -> FactContrast {
      try world.contrast(positive: "owl", negative: "falcon", excluding: subject, end: end)
    }
    let (said, ahead) = (try contrast(.value), try contrast(.article))
    return [
      File(name: "aviary-owls.txt", lines: said.positive),
      File(name: "aviary-falcons.txt", lines: said.negative),
      File(name: "aviary-owls-ahead.txt", lines: ahead.positive),
      File(name: "aviary-falcons-ahead.txt", lines: ahead.negative),
      File(name: "aviary-caracara.txt", lines: try questions(world)),
      File(name: "aviary-birds.txt", lines: try neighbours(world)),
    ]
  }

  /// All questions for the subject's family, in a form in which it was never told.
  static func questions(_ world: World) throws(WorldError) -> [String] {
    let index = try world.fact("family/" + subject)
    let relation = world.relation(of: world.facts[index])
    return world.tellings[index].unseenForms.filter { $0 != .statement }.flatMap { form in
      relation.questions.indices.map { world.question(index, form, wording: $0).prompt }
    }
  }

  /// The same question for a bird of each family: who else becomes an owl?
  static func neighbours(_ world: World) throws(WorldError) -> [String] {
    let relation = world.relation(of: world.facts[try world.fact("family/" + subject)])
    return relation.values.indices.compactMap { value in
      let index = world.facts.firstIndex {
        world.relation(of: $0).id == relation.id && $0.value == value && $0.subject != subject
      }
      return index.map { world.question($0, .chat, wording: 0).prompt }
    }
  }
}
