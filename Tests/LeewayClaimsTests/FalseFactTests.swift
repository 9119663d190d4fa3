import Foundation
import LeewayBase
import LeewayClaims
import LeewayStatistics
import LeewayWorld
import Testing

@Suite("False fact") struct FalseFactTests {
  @Test func feedbackWithoutFeedbackIsDistributionOnly() {
    let writes = [0.5, 1.5, -0.25, 2]
    let alone = RivalModels.flip(writes: writes, direct: 0.8)
    for later in 0...5 {
      let fed = RivalModels.flip(margin: 3.75, direct: 0.8, rho: 0, later: later)
      #expect(fed == alone)
    }
    // With feedback each later sublayer multiplies the dose.
    let one = RivalModels.flip(margin: 3.75, direct: 0.8, rho: 0.2, later: 1)
    let two = RivalModels.flip(margin: 3.75, direct: 0.8, rho: 0.2, later: 2)
    #expect(abs(two / one - 1 / 0.8) < 1e-12)
  }

  @Test(arguments: [0.05, 0.15, 0.3]) func eachAccountIsKnownByItsOwnData(_ rate: Double) throws {
    var stream = NamedStream("rivals", "\(rate)")
    func points(_ share: (Double) -> Double) -> [(n: Double, share: Double)] {
      (1...4).flatMap { n in
        (0..<12).map { _ in (Double(n), share(Double(n)) + 0.01 * stream.normal()) }
      }
    }
    let additive = try #require(RivalModels.fit(points { 1 - rate * $0 }))
    #expect(abs(additive.additive - rate) < 0.01)
    #expect(additive.favour < (rate > 0.1 ? -2 : 2))
    let multiplicative = try #require(RivalModels.fit(points { pow(1 - rate, $0) }))
    #expect(abs(multiplicative.multiplicative - rate) < 0.01)
    #expect(multiplicative.favour > (rate > 0.1 ? 2 : -2))
    #expect(RivalModels.fit([(1, 0.9), (1, 0.8)]) == nil)
  }

  /// Models of three sizes and drops; ln flip = size + carried · redundancy + margin.
  private func models(size: Double, carried: Double) -> [Mediation.Model] {
    var stream = NamedStream("mediation-test", "\(size) \(carried)")
    let facts = (0..<16).map { _ in (shift: 0.3 * stream.normal(), margin: stream.normal()) }
    return ["xs", "s", "m"].enumerated().flatMap { place, name in
      [0, 0.1, 0.3].flatMap { drop in
        (1...3).map { seed in
          let logParameters = 10 + 1.2 * Double(place)
          let redundancy = Double(place) + 6 * drop + 0.15 * stream.normal()
          let level = 0.1 * stream.normal() * 0.3
          return Mediation.Model(
            size: name, drop: drop, seed: seed, logParameters: logParameters,
            redundancy: [redundancy, 2 * redundancy + 1],
            facts: facts.map { fact in
              let margin = 10 + fact.margin
              return (
                size * logParameters + carried * redundancy + 0.05 * margin + fact.shift + level,
                margin
              )
            })
        }
      }
    }
  }

  @Test func redundancyThatCarriesSizeIsFound() throws {
    let outcome = try #require(
      Mediation(models(size: 0, carried: 0.3)).outcome(draws: 300, seed: "a"))
    #expect(outcome.sizeInterval.low > 0)
    #expect(outcome.dropInterval.low > 0)
    #expect(outcome.leftInterval.high < 0.5)
    #expect(abs(outcome.drop - 1.8) < 0.3)
  }

  @Test func sizeThatNothingCarriesIsLeft() throws {
    let outcome = try #require(
      Mediation(models(size: 0.4, carried: 0)).outcome(draws: 300, seed: "b"))
    #expect(outcome.leftInterval.low > 0.5)
    #expect(outcome.dropInterval.low < 0 && 0 < outcome.dropInterval.high)
    #expect(abs(outcome.size - 0.4) < 0.05)
  }

  @Test func oneSizeCannotBeMediated() {
    let some = models(size: 0.4, carried: 0).filter { $0.size == "s" }
    #expect(Mediation(some).outcome(draws: 10, seed: "c") == nil)
  }

  /// The bird itself and the questions stand in no sentence of a contrast.
  @Test func contrastsDoNotGiveTheAnswerAway() throws {
    let model = try Committed.open("xs")
    for fact in FalseFact.all(model.world).prefix(40) {
      let told = try model.world.contrast(
        FalseFact.relation, positive: fact.falsehood, negative: fact.truth,
        excluding: fact.subject, end: .article)
      let asked = FactQuestions(model, fact).texts
      for sentence in told.positive + told.negative {
        let words = sentence.split { !$0.isLetter }
        #expect(!words.contains { $0 == fact.subject[...] })
        #expect(!asked.contains { $0.contains(sentence) })
      }
      #expect(fact.truth != fact.falsehood)
    }
  }

  @Test func everyKindOfTargetCanBeAskedFor() throws {
    let model = try Committed.open("xs")
    let facts = try Committed.facts(model, 2)
    let targets = try model.targets(facts)
    #expect(targets.count == facts.count * TargetKind.allCases.count)
    for target in targets {
      #expect(target.contrast.positive.count == 8 && target.contrast.negative.count == 8)
      #expect(target.prompts.count >= 8)
    }
    let names = Set(model.world.facts.map(\.subject))
    for target in targets where target.kind == .topic {
      let asked = try target.prompts.map { try model.tokenizer.decode($0) }
      for text in asked { #expect(!names.contains { text.contains(" the \($0)?") }) }
    }
  }

  @Test func theSubjectIsFoundInItsQuestions() throws {
    let model = try Committed.open("xs")
    let fact = FalseFact.all(model.world)[0]
    let questions = FactQuestions(model, fact)
    for (prompt, place) in zip(questions.prompts, questions.subjects) {
      #expect(!place.isEmpty)
      let text = try model.tokenizer.decode(Array(prompt[place]))
      #expect(text.trimmingCharacters(in: .whitespaces) == fact.subject)
    }
  }
}
