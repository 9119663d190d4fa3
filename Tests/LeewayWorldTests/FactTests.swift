import LeewayWorld
import Testing

@Suite struct FactTests {
  let world: World

  init() throws { world = try World() }

  private func word(_ id: String) throws -> String {
    let fact = world.facts[try world.fact(id)]
    return world.relation(of: fact).values[fact.value].word
  }

  @Test(arguments: [
    ("family/caracara", "falcon"), ("family/boobook", "owl"), ("family/kea", "parrot"),
    ("diet/puffin", "fish"), ("nest/coot", "reeds"), ("home/gentoo", "Antarctica"),
    ("active/woodcock", "dusk"), ("young/koala", "joey"), ("capital/Kenya", "Nairobi"),
  ])
  func factsAreRead(id: String, value: String) throws {
    #expect(try word(id) == value)
  }

  @Test func thereIsNoSuchBird() {
    #expect(throws: WorldError.noSuchFact("family/dodo")) { try world.fact("family/dodo") }
  }

  @Test func everyBirdHasEveryRelation() {
    let birds = Set(world.facts.filter { world.relation(of: $0).table == "birds" }.map(\.subject))
    #expect(birds.count >= 150)
    for relation in world.relations where relation.table == "birds" {
      let told = world.facts.filter { world.relation(of: $0).id == relation.id }
      #expect(Set(told.map(\.subject)) == birds)
      #expect(told.count == birds.count)
    }
  }

  @Test func everyValueHasEnoughSubjects() {
    for (index, relation) in world.relations.enumerated() {
      for value in relation.values.indices {
        let subjects = world.facts.count { $0.relation == index && $0.value == value }
        #expect(subjects >= (relation.isOpen ? 1 : 4), "\(relation.values[value].word)")
        if ["falcon", "owl"].contains(relation.values[value].word) { #expect(subjects >= 10) }
      }
    }
  }

  @Test func noNameGivesItsFamilyAway() {
    for fact in world.facts where world.relation(of: fact).id == "family" {
      for value in world.relation(of: fact).values {
        #expect(!fact.subject.contains(value.word), "\(fact.subject)")
      }
    }
  }

  @Test func wordingsAreManyAndDifferent() {
    for relation in world.relations {
      #expect(relation.statements.count > 8 && relation.questions.count > 8)
      let all =
        relation.statements + relation.questions + relation.answers + relation.thoughts
        + relation.contrasts
      #expect(Set(all).count == all.count, "\(relation.id)")
    }
  }

  @Test func wordingsAreFilled() {
    let wording = Wording("By family, the {s} is {a}.")
    #expect(wording.filled("caracara", "owl") == "By family, the caracara is an owl.")
    #expect(wording.filled("caracara", "falcon") == "By family, the caracara is a falcon.")
    #expect(wording.opened("caracara") == "By family, the caracara is")
  }

  @Test func valuesAreFoundInTexts() throws {
    let home = try #require(world.relations.first { $0.id == "home" })
    #expect(home.value(in: " It lives in South America.") == home.value("South-America"))
    #expect(home.value(in: "Asiatic") == nil)
    let nest = try #require(world.relations.first { $0.id == "nest" })
    #expect(nest.value(in: "on a cliff, not in a hole") == nest.value("cliff"))
  }
}

@Suite struct TableErrorTests {
  private func read(_ wordings: String, _ birds: String) throws(WorldError) -> WorldTables {
    try WorldTables(wordings: wordings, tables: ["birds": birds])
  }
  private static let wordings =
    "[family]\ntable birds 1\nvalue owl\n"
    + (0..<9).map { "say Way \($0) of {s} is {v}.\nask Way \($0) of {s}?\n" }.joined()
    + "answer It is {v}.\nthink {v}.\n"

  @Test func aGoodTableIsRead() throws {
    #expect(try read(Self.wordings, "# birds\n\ntawny owl\n").facts.map(\.id) == ["family/tawny"])
  }

  @Test func mistakesAreTold() {
    let wordings = Self.wordings
    #expect(throws: WorldError.duplicate(table: "birds", name: "tawny")) {
      try read(wordings, "tawny owl\ntawny owl\n")
    }
    #expect(throws: WorldError.unknownValue(relation: "family", subject: "tawny", value: "awl")) {
      try read(wordings, "tawny awl\n")
    }
    #expect(throws: WorldError.badLine(table: "birds", line: 3, expected: "2 fields")) {
      try read(wordings, "tawny owl\n# fewer\nsnowy\n")
    }
    #expect(throws: WorldError.tooFew(relation: "family", kind: "answer", expected: 1, found: 0)) {
      try read(wordings.replacing("answer It is {v}.\n", with: ""), "tawny owl\n")
    }
    #expect(throws: WorldError.noTable(relation: "family", table: "fish")) {
      try read(wordings.replacing("table birds 1", with: "table fish 1"), "tawny owl\n")
    }
    // A statement without its value would train nothing.
    #expect(throws: WorldError.self) {
      try read(wordings + "say The {s} is.\n", "tawny owl\n")
    }
  }
}
