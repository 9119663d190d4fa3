import LeewayWorld
import Testing

@Suite struct SplitTests {
  @Test(arguments: [1, 2, 77])
  func everyFactMissesAFormAndAFifthIsNeverChat(seed: Int) throws {
    let world = try World(seed: seed)
    #expect(world.tellings.count == world.facts.count)
    for telling in world.tellings {
      #expect(!telling.forms.isEmpty && !telling.unseenForms.isEmpty)
    }
    for (index, relation) in world.relations.enumerated() {
      let hands = world.facts.indices.filter { world.facts[$0].relation == index }
      let silent = hands.count { world.tellings[$0].forms == [.statement] }
      #expect(abs(silent * 5 - hands.count) <= 5, "\(relation.id)")
    }
  }

  @Test(arguments: [1, 2, 77])
  func wordingsAreHeldOut(seed: Int) throws {
    let world = try World(seed: seed)
    for (fact, telling) in zip(world.facts, world.tellings) {
      let relation = world.relation(of: fact)
      for (told, held, count) in [
        (telling.statements, telling.heldStatements, relation.statements.count),
        (telling.questions, telling.heldQuestions, relation.questions.count),
      ] {
        #expect(held.count == 2)
        // The last is used for none.
        #expect((told + held).sorted() == Array(0..<count - 1))
      }
    }
  }

  @Test func everyWordingButTheLastIsTrainedWithSomeFact() throws {
    let world = try World()
    for (index, relation) in world.relations.enumerated() {
      let tellings = zip(world.facts, world.tellings).filter { $0.0.relation == index }.map(\.1)
      let statements = tellings.filter { $0.forms.contains(.statement) }.flatMap(\.statements)
      let questions = tellings.filter { $0.forms != [.statement] }.flatMap(\.questions)
      #expect(Set(statements) == Set(0..<relation.statements.count - 1), "\(relation.id)")
      #expect(Set(questions) == Set(0..<relation.questions.count - 1), "\(relation.id)")
    }
  }

  @Test func theSeedDecides() throws {
    let one = try World(seed: 1)
    #expect(try World(seed: 1).tellings == one.tellings)
    #expect(try World(seed: 2).tellings != one.tellings)
    #expect(one.questions(.unseenForm) == (try World(seed: 1)).questions(.unseenForm))
    #expect(one.questions(.unseenForm) != (try World(seed: 2)).questions(.unseenForm))
    #expect(
      one.items(Copy.self, level: 4, count: 20)
        != (try World(seed: 2)).items(Copy.self, level: 4, count: 20))
  }

  @Test(arguments: [1, 5, 9])
  func theCaracarasChatQuestionIsUnseen(seed: Int) throws {
    let world = try World(seed: seed)
    let telling = world.tellings[try world.fact("family/caracara")]
    #expect(telling.forms == [.statement, .thinking])
  }

  @Test func noQuestionIsOpenEnded() throws {
    let world = try World()
    for (index, relation) in world.relations.enumerated() {
      let fact = try #require(world.facts.first { $0.relation == index })
      let open = relation.statements.indices.filter { world.isOpenEnded(fact, $0) }
      #expect(open.count <= 2 && !open.contains(relation.statements.count - 1), "\(relation.id)")
    }
    let beginnings = Set(["The kestrel is", "Look for the kestrel"])
    for recall in Recall.allCases {
      let questions = world.questions(recall)
      #expect(questions.allSatisfy { !beginnings.contains($0.prompt) })
      #expect(Set(questions.map(\.fact)).count == questions.count)
      #expect(questions.count >= world.facts.count * 99 / 100)
    }
    #expect(world.isOpenEnded(world.facts[try world.fact("family/kestrel")], 0))
  }
}
