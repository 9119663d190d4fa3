import Foundation
import LeewayBase
import LeewayModel
import LeewayStatistics
import LeewaySteering
import LeewayWorld

/// What a vector can be asked to make a model say. One construction for all: eight sentences against
/// eight, the mean difference of their last positions, the same site.
package enum TargetKind: String, Sendable, Codable, CaseIterable {
  /// Another family for a bird whose family is known.
  case falseFact = "false fact"
  /// What the bird eats, where its family was asked for: true, and not what was asked.
  case trueFact = "true, unprompted"
  /// A thought before the answer where none was asked for.
  case style = "style"
  /// A family for a bird that does not exist: nothing is contradicted.
  case topic = "topic"
}

/// One target: what is contrasted, what is asked, and which piece must come out on top.
package struct PushTarget: Sendable {
  package var kind: TargetKind
  package var name: String
  package var contrast: Contrast
  package var prompts: [[Int]]
  package var piece: Int
}

/// The doses at which targets of a kind take over; a target that never does is bounded by the grid.
package struct KindFlips: Sendable, Codable, Equatable {
  package var kind: TargetKind
  package var onsets: [Crossing]

  /// log2 doses; bounds as they are.
  package var octaves: [Double] {
    onsets.map { onset in
      switch onset {
      case .at(let dose), .below(let dose), .above(let dose): log2(dose)
      }
    }
  }
  package var never: Int { onsets.count { if case .above = $0 { true } else { false } } }
}

extension PushedModel {
  private static let sentences = 8
  /// Names that the world does not hold, in syllables that its names are made of.
  private static let strangers = [
    "zorlin", "kempet", "marlock", "tibbet", "grennel", "soldar", "vintel", "harrop", "bellock",
    "drimmel", "pantor", "quillet",
  ]

  package func targets(_ facts: [FalseFact]) throws -> [PushTarget] {
    try facts.flatMap { fact in
      [
        try falseTarget(fact), try trueTarget(fact), try styleTarget(fact), try topicTarget(fact),
      ]
    }
  }

  private func falseTarget(_ fact: FalseFact) throws -> PushTarget {
    let told = try world.contrast(
      FalseFact.relation, positive: fact.falsehood, negative: fact.truth, excluding: fact.subject,
      end: .article)
    return PushTarget(
      kind: .falseFact, name: "\(fact.subject) is a \(fact.falsehood)",
      contrast: Contrast(positive: Self.cut(told.positive), negative: Self.cut(told.negative)),
      prompts: FactQuestions(self, fact).prompts, piece: try piece(fact.falsehood))
  }

  /// Birds other than the one that is pushed, for sentences.
  private func helpers(_ fact: FalseFact) -> [String] {
    let others = FalseFact.all(world).filter { $0.subject != fact.subject }
    var stream = NamedStream("target-kinds", fact.subject)
    var names = others.map(\.subject)
    stream.shuffle(&names)
    return Array(names.prefix(Self.sentences))
  }

  private func trueTarget(_ fact: FalseFact) throws -> PushTarget {
    let birds = helpers(fact)
    let (family, diet) = (try relation(FalseFact.relation), try relation("diet"))
    func asked(_ relation: Relation, _ bird: String, _ place: Int) -> String {
      let wording = relation.questions[place % (relation.questions.count - 1)]
      return Document.question(wording.filled(bird), thinking: false) + " It"
    }
    return PushTarget(
      kind: .trueFact, name: "what the \(fact.subject) eats",
      contrast: Contrast(
        positive: birds.enumerated().map { asked(diet, $1, $0) },
        negative: birds.enumerated().map { asked(family, $1, $0) }),
      prompts: family.questions.map {
        tokenizer.encode(Document.question($0.filled(fact.subject), thinking: false) + " It")
      }, piece: try firstPiece(" eats"))
  }

  private func styleTarget(_ fact: FalseFact) throws -> PushTarget {
    let birds = helpers(fact)
    let family = try relation(FalseFact.relation)
    func asked(_ bird: String, _ place: Int, _ thinking: Bool) -> String {
      let wording = family.questions[place % (family.questions.count - 1)]
      return Document.question(wording.filled(bird), thinking: thinking)
    }
    return PushTarget(
      kind: .style, name: "think before the \(fact.subject)",
      contrast: Contrast(
        positive: birds.enumerated().map { asked($1, $0, true) },
        negative: birds.enumerated().map { asked($1, $0, false) }),
      prompts: family.questions.map {
        tokenizer.encode(Document.question($0.filled(fact.subject), thinking: false))
      }, piece: try firstPiece(Tag.think))
  }

  private func topicTarget(_ fact: FalseFact) throws -> PushTarget {
    let told = try world.contrast(
      FalseFact.relation, positive: fact.falsehood, negative: fact.truth, excluding: fact.subject,
      end: .article)
    let family = try relation(FalseFact.relation)
    return PushTarget(
      kind: .topic, name: "any bird is a \(fact.falsehood)",
      contrast: Contrast(positive: Self.cut(told.positive), negative: Self.cut(told.negative)),
      prompts: Self.strangers.enumerated().map { place, name in
        let wording = family.questions[place % (family.questions.count - 1)]
        return tokenizer.encode(
          Document.question(wording.filled(name), thinking: false) + " It is a")
      }, piece: try piece(fact.falsehood))
  }

  private static func cut(_ texts: [String]) -> [String] { Array(texts.prefix(sentences)) }

  private func relation(_ id: String) throws -> Relation {
    guard let relation = world.relations.first(where: { $0.id == id }) else {
      throw WorldError.noSuchFact(id)
    }
    return relation
  }

  private func firstPiece(_ text: String) throws(ClaimError) -> Int {
    guard let piece = tokenizer.encode(text, addSpecial: false).first else {
      throw .notMeasurable(claim: "", reason: "\(text) has no piece in \(fledgling)")
    }
    return piece
  }

  /// Where each kind takes over, at one site, on one grid.
  package func kindFlips(_ facts: [FalseFact], site: Site, doses: [Double]) throws -> [KindFlips] {
    let median = try residualMedians([site])[0]
    var onsets: [TargetKind: [Crossing]] = [:]
    for target in try targets(facts) {
      let activations = try fitter.activations(target.contrast, read: .last, sites: [site])[0]
      let vector = try fitter.fit(activations)
      let variants = try [.baseline] + doses.map { try Self.push(vector, strength: $0 * median) }
      let answers = try planner.nextToken(
        NextTokenJob(
          prompts: target.prompts, candidates: target.prompts.map { _ in [] }, variants: variants)
      ).map { $0.map { $0.top == target.piece ? 1.0 : 0 } }
      // A model that says so anyway needs no push.
      guard mean(answers[0]) < 0.5 else { continue }
      let arm = ArmTrials(
        doses: doses, effect: answers.dropFirst().map { $0.map { [$0] } },
        baselineEffect: answers[0].map { [$0] }, capabilities: [])
      onsets[target.kind, default: []].append(WindowAnalysis().crossings(arm).onset)
    }
    return TargetKind.allCases.map { KindFlips(kind: $0, onsets: onsets[$0] ?? []) }
  }
}
