import Foundation
import LeewayBase
import LeewayModel
import LeewayWorld

/// A fact about a bird and a falsehood of the same kind: the family that it has, and one that it has
/// not. Both begin with a consonant, so that one article leads to either.
package struct FalseFact: Sendable, Hashable, Codable {
  package static let relation = "family"

  /// Index of the world's facts.
  package var fact: Int
  package var subject: String
  package var truth: String
  package var falsehood: String

  /// One a bird whose family begins with a consonant, in the order of the world's facts; the falsehood
  /// is drawn by the bird's name, so it is the same whatever model is asked.
  package static func all(_ world: World) -> [FalseFact] {
    guard let relation = world.relations.firstIndex(where: { $0.id == Self.relation }) else {
      return []
    }
    let families = families(world)
    return world.facts.indices.compactMap { index in
      let fact = world.facts[index]
      guard fact.relation == relation else { return nil }
      let truth = world.relations[relation].values[fact.value].word
      guard families.contains(truth) else { return nil }
      let others = families.filter { $0 != truth }
      var draw = NamedStream("false-fact", "\(world.seed)", fact.subject)
      return FalseFact(
        fact: index, subject: fact.subject, truth: truth,
        falsehood: others[draw.below(others.count)])
    }
  }

  /// Some of them, for what a push does to its neighbours.
  package static func neighbours(_ count: Int, in world: World, by stream: NamedStream)
    -> [FalseFact]
  {
    var stream = stream
    var facts = all(world)
    stream.shuffle(&facts)
    return Array(facts.prefix(count))
  }

  /// Every family that begins with a consonant.
  package static func families(_ world: World) -> [String] {
    let relation = world.relations.first { $0.id == Self.relation }
    return relation?.values.map(\.word).filter { word in
      word.first.map { !"aeiou".contains($0) } ?? false
    } ?? []
  }
}

/// How a fact is asked for: every question of its relation as a chat turn, answered up to the article,
/// so that the next token is the family.
package struct FactQuestions: Sendable {
  package let texts: [String]
  /// `[question][token]`.
  package let prompts: [[Int]]
  /// Where the subject's name stands in each prompt.
  package let subjects: [Range<Int>]

  package init(_ model: PushedModel, _ fact: FalseFact) {
    let relation = model.world.relation(of: model.world.facts[fact.fact])
    texts = relation.questions.map {
      Document.question($0.filled(fact.subject), thinking: false) + " It is a"
    }
    let pieces = texts.map { model.tokenizer.encodeWithOffsets($0) }
    prompts = pieces.map { $0.map(\.id) }
    subjects = zip(texts, pieces).map { text, pieces in
      guard let place = text.firstRange(of: fact.subject) else { return 0..<0 }
      let bytes =
        text[..<place.lowerBound].utf8.count..<text[..<place.upperBound].utf8.count
      let covering = pieces.indices.filter {
        !pieces[$0].bytes.isEmpty && pieces[$0].bytes.overlaps(bytes)
      }
      return (covering.first ?? 0)..<((covering.last ?? -1) + 1)
    }
  }
}

extension PushedModel {
  /// The one piece that says a family after its article.
  package func piece(_ family: String) throws(ClaimError) -> Int {
    let pieces = tokenizer.encode(" " + family, addSpecial: false)
    guard pieces.count == 1 else {
      throw .notMeasurable(claim: "", reason: "\(family) is not one piece of \(fledgling)")
    }
    return pieces[0]
  }

  /// What the model knows of a fact, unpushed.
  package struct Knowledge: Sendable, Codable, Equatable {
    /// Mean probability of the truth among all families, over the questions.
    package var probability: Double
    /// Mean log-odds of the truth against the falsehood, in nats: what a push has to overcome.
    package var margin: Double
  }

  package func knowledge(_ facts: [FalseFact]) throws -> [Knowledge] {
    let families = FalseFact.families(world)
    let pieces = try families.map(piece)
    let questions = facts.map { FactQuestions(self, $0) }
    let prompts = questions.flatMap(\.prompts)
    var answers = try planner.nextToken(
      NextTokenJob(
        prompts: prompts, candidates: prompts.map { _ in pieces }, variants: [.baseline]))[0][...]
    return zip(facts, questions).map { fact, questions in
      let truth = families.firstIndex(of: fact.truth) ?? 0
      let falsehood = families.firstIndex(of: fact.falsehood) ?? 0
      let own = answers.prefix(questions.prompts.count)
      answers = answers.dropFirst(questions.prompts.count)
      var knowledge = Knowledge(probability: 0, margin: 0)
      for answer in own {
        let all = answer.logProbs.reduce(0.0) { $0 + exp(Double($1)) }
        knowledge.probability += exp(Double(answer.logProbs[truth])) / all / Double(own.count)
        knowledge.margin +=
          Double(answer.logProbs[truth] - answer.logProbs[falsehood]) / Double(own.count)
      }
      return knowledge
    }
  }
}
