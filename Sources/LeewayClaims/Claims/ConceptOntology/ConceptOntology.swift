import Foundation
import LeewayBase

extension Claim {
  /// K1: a concept fails a learner that is too coarse for it, and a teacher whose learner is not.
  static let conceptOntology = Claim(
    id: "concept-ontology",
    title: "Can a learner fail your concept both by being too stupid and by being too smart?",
    sentence: """
      The AI might be too stupid; it might just not generate the category of things which you call \
      “sentient beings” as a concept in its own world model. [...] On the other hand, the AI might fail \
      because it’s too smart, relative to you.
      """,
    hypothesis: """
      A coarse learner harms because it cannot form the concept; one that forms the described concept \
      exactly harms just what is cared for without being of it; one that fits the list of what is cared \
      for needs a description that grows with every contradiction.
      """,
    experiment: """
      Items are all vectors of m fair bits. The described concept is a conjunction of d of them; the \
      felt list is the concept and n protected items (the babies) that are cared for and lack part of \
      it; on reflection the teacher would keep some of those. Five learners, each followed exactly: one \
      that has k attributes, each a copy of one of the concept's bits that is wrong at a rate (a half: \
      unrelated to it), and forms the best concept it can; one that does what is described; one that \
      matches the list by as few conjunctions as it can; one that simulates the teacher; one that shows \
      the teacher every conflict. Told are errors against concept, list and reflection, harm (errors \
      against the list, those on protected items weighing more), and the length of the description: the \
      least number of conjunctions, by Quine's method and a complete search.
      """,
    cost: .quick(seconds: 1),
    parameters: [
      .integer("bits", 6, 2...9, "m"), .integer("described", 2, 1...5, "d"),
      .integer("flipped", 4, 0...64, "n, protected items outside the concept"),
      .integer("shared", 1, 0...4, "of the concept's bits that protected items have"),
      .integer("kept", 2, 0...64, "protected items that the teacher keeps on reflection"),
      .number("protection", 10, 1...1e6, "what harm to a protected item weighs"),
      .integer("attributes", 2, 0...24, "k, of the coarse learner"),
      .number("flip", 0.1, 0...0.5, "how often an attribute copies wrongly"),
      .integer("terms", 3, 0...8, "conjunctions that the list matcher may use"),
      .integer("seed", 1, 0...1_000_000, "of protected items that are drawn at random"),
    ],
    targets: [
      Target("unrelated-accuracy", 0.75, within: .absolute(1e-12)),
      Target("accuracy", 0.905, within: .absolute(1e-12)),
      Target("follower-error", 4.0 / 64, within: .absolute(0)),
      Target("follower-harm", 40, within: .absolute(0)),
      Target("length", 5, within: .absolute(0)),
      Target("matcher-harm", 20, within: .absolute(0)),
      Target("simulator-error", 0, within: .absolute(0)),
    ],
    measure: { run in try ConceptOntology(run).findings() })
}

struct ConceptOntology {
  let run: ClaimRun
  let world: FeltWorld
  let list: Conjunctions
  let kept: Int
  /// Protected items that the teacher keeps on reflection.
  let spared: Set<Int>

  init(_ run: ClaimRun) throws(ClaimError) {
    self.run = run
    try run.checkCancelled()
    let (bits, described) = (run.integer("bits"), run.integer("described"))
    let flipped = FeltWorld.scattered(
      run.integer("flipped"), bits: bits, described: described, shared: run.integer("shared"))
    kept = run.integer("kept")
    guard let flipped, kept <= flipped.count else {
      throw .noSolution(
        claim: run.claim,
        condition: """
          it needs bits > described > shared, flipped <= 2^(bits - described - 1) items that lie apart, \
          and kept <= flipped
          """)
    }
    world = FeltWorld(
      bits: bits, described: described, flipped: flipped, protection: run.number("protection"))
    list = Conjunctions(bits: bits, members: world.list)
    spared = Set(world.flipped.sorted().prefix(kept))
  }

  /// What every learner comes to.
  private struct Learner {
    var name: String
    var claims: (Int) -> Double
    /// Nil where it has no description of its own.
    var length: Int?
    var questions = 0
  }

  func findings() throws -> Findings {
    let count = Double(world.items.count)
    let coarse = CoarseConcept(
      described: world.described, attributes: run.integer("attributes"), flip: run.number("flip"))
    let unrelated = CoarseConcept(
      described: world.described, attributes: run.integer("attributes"), flip: 0.5)
    let flipped = world.flipped.count
    let harm = (
      coarse: world.harm(coarse.claims), unrelated: world.harm(unrelated.claims),
      follower: world.harm { world.isDescribed($0) ? 1 : 0 }
    )
    let length = list.length
    let reached = run.integer("terms")
    let matcher = world.matcherHarm(list, terms: reached)
    let told = String(
      format: """
        harm is %.1f with the attributes given, %.1f with unrelated ones and %.1f by the concept as \
        described; the list itself takes a description of length %d
        """, harm.coarse.all, harm.unrelated.all, harm.follower.all, length)
    // Beside the protected, which are harmed by whoever does what is described.
    let isCoarse = harm.coarse.all - world.protection * harm.coarse.protected > 1e-9
    let verdict: Findings.Verdict =
      harm.follower.all == 0
      ? .init(
        .refuted,
        because: "Without a contradiction the smarter learner is only the better one: \(told).")
      : isCoarse
        ? .init(.supported, because: "Both fail: \(told).")
        : .init(
          .undecided,
          because: "These attributes tell the whole concept, so that none is too stupid: \(told).")
    return Findings(
      verdict,
      values: [
        .init("follower-harm", "harm by one that does what is described", harm.follower.all),
        .init(
          "follower-error", "its share of errors against the list", Double(flipped) / count),
        .init(
          "unrelated-accuracy", "best accuracy on the concept, unrelated attributes",
          unrelated.accuracy),
        .init("unrelated-harm", "harm by that learner", harm.unrelated.all),
        .init("accuracy", "best accuracy on the concept, copied attributes", coarse.accuracy),
        .init("coarse-harm", "harm by that learner", harm.coarse.all),
        .init("coarse-protected", "protected items that it harms", harm.coarse.protected),
        .init("length", "conjunctions that describe the list", Double(length)),
        .init("matcher-harm", "harm by a matcher with \(reached) conjunctions", matcher),
        .init(
          "simulator-error", "errors of a simulator against the list",
          errors(simulator, list.members.contains)),
        .init(
          "simulator-reflection", "its errors against what the teacher would keep",
          errors(simulator, isKept)),
      ],
      tables: [table(coarse, unrelated, length)],
      pictures: [capacity, harms, try lengths(), terms(length)],
      notes: [
        """
        Protected items lie so that no conjunction holds for two of them alone; drawn at random, some can \
        be told together, and the description is shorter.
        """,
        """
        A coarse concept can spare some protected items by accident: sharpening it towards what is \
        described harms more of these while it errs less in all.
        """,
        "Whether any being is sentient is no question that bits can answer.",
      ])
  }

  private func simulator(_ item: Int) -> Double { list.members.contains(item) ? 1 : 0 }

  /// Whether an item is cared for once the teacher has reflected.
  private func isKept(_ item: Int) -> Bool {
    world.isDescribed(item) || spared.contains(item)
  }

  /// Items on which a learner differs from a truth, by its chances.
  private func errors(_ claims: (Int) -> Double, _ truth: (Int) -> Bool) -> Double {
    world.items.reduce(0) { $0 + (truth($1) ? 1 - claims($1) : claims($1)) }
  }

  private func table(_ coarse: CoarseConcept, _ unrelated: CoarseConcept, _ length: Int)
    -> Findings.Table
  {
    let learners: [Learner] = [
      .init(name: "unrelated attributes", claims: unrelated.claims),
      .init(name: "copied attributes", claims: coarse.claims),
      .init(name: "does what is described", claims: { world.isDescribed($0) ? 1 : 0 }, length: 1),
      .init(name: "matches the list", claims: simulator, length: length),
      .init(name: "simulates the teacher", claims: simulator),
      .init(
        name: "shows conflicts", claims: { isKept($0) ? 1 : 0 }, questions: world.flipped.count),
    ]
    func told(_ learner: Learner, _ truth: (Int) -> Bool) -> Findings.Cell {
      .number(errors(learner.claims, truth), 2)
    }
    return .init(
      "What every learner comes to",
      caption: """
        Items of \(world.items.count) on which it errs, against the concept, the list, and what the \
        teacher keeps on reflection. Harm counts errors against the list by protection. Who shows \
        conflicts differs from the list only where the teacher has changed it, so that is no harm of its.
        """,
      columns: ["learner", "concept", "list", "reflection", "harm", "conjunctions", "questions"],
      rows: learners.map { learner in
        [
          .text(learner.name), told(learner, world.isDescribed),
          told(learner, list.members.contains), told(learner, isKept),
          .number(learner.questions > 0 ? 0 : world.harm(learner.claims).all, 2),
          .number(learner.length.map(Double.init), 0), .number(Double(learner.questions), 0),
        ]
      })
  }
}
