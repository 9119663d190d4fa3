import Foundation
import LeewayBase

extension Claim {
  /// K2: a learner that predicts every answer learns nothing from one.
  static let simulatorTrap = Claim(
    id: "simulator-trap",
    title: "Can a learner that simulates its teacher perfectly still be corrected?",
    sentence: """
      If the AI learns to perfectly simulate you, it can always predict your answers, and you can never \
      change its mind, because every answer you give is already priced into the simulation.
      """,
    hypothesis: """
      What an answer tells a learner falls to nothing exactly as its prediction becomes perfect; a \
      learner that follows or simulates the teacher then gains no growth that one which shows conflicts \
      would.
      """,
    experiment: """
      A learner is unsure between H concepts and hears the teacher's yes or no, wrong with probability e. \
      What an answer is worth is the information it carries, I = H(answer) - H(e), nats; it is followed \
      exactly while answers come in, for a learner that keeps its doubt and for one that has put all its \
      belief on its simulation. Then a teacher who revises an item with probability r whenever a conflict \
      about it is shown, or acted out, is followed for n rounds by three learners: one that simulates, one \
      that does what the teacher says now, one that shows conflicts first. Told are growth (revised share), \
      harm (conflicts acted out before revision) and agreement with what the teacher says now. Last, the \
      simulator is told the contrary of what it believes, answer after answer: if n of them change its \
      mind, the sentence is refuted for it. A doubt of 0 is the perfect simulation that the sentence \
      speaks of. It illustrates the structure of the argument, and assumes that growth needs a shown \
      conflict.
      """,
    cost: .quick(seconds: 3),
    parameters: [
      .integer("concepts", 64, 2...4096, "H, a power of two is split evenly by each question"),
      .number("noise", 0.05, 0...0.49, "e, how often an answer is wrong"),
      .number("revision", 0.3, 0...1, "r, the chance to revise at a shown conflict"),
      .integer("conflicts", 12, 1...1000, "items on which teacher and reflection differ"),
      .integer("items", 64, 1...100_000, "all items"),
      .integer("rounds", 10, 1...1000, "n"),
      .number("doubt", 0, 0...0.5, "belief that a simulator keeps off its simulation"),
      .integer("seed", 1, 0...1_000_000, "of the followed learners"),
    ],
    targets: [
      Target("point-information", 0, within: .absolute(1e-12)),
      Target("growth-simulator", 0, within: .absolute(0)),
      Target("growth-elicitor", 1 - 0.0282475249, within: .absolute(1e-9)),
      Target("harm-elicitor", 0, within: .absolute(0)),
      Target("sampled-growth", 1 - 0.0282475249, within: .absolute(0.02), .measured),
      Target("perfect-prediction-information", 0, within: .absolute(1e-12)),
    ],
    measure: { run in try SimulatorTrap(run).findings() })
}

package enum Information {
  /// Entropy of a yes with probability p, nats.
  package static func entropy(_ p: Double) -> Double { entropy(p, 1 - p) }

  private static func entropy(_ yes: Double, _ no: Double) -> Double {
    yes <= 0 || no <= 0 ? 0 : -yes * log(yes) - no * log(no)
  }

  /// What an answer, wrong with probability `noise`, tells of whether the truth is yes, believed with p.
  package static func answer(_ p: Double, noise: Double) -> Double {
    // Both chances as sums of products: for what is sure they are those of the noise, bit for bit.
    let (yes, no) = (p * (1 - noise) + (1 - p) * noise, p * noise + (1 - p) * (1 - noise))
    return max(0, entropy(yes, no) - entropy(noise, 1 - noise))
  }

  /// Contrary answers that bring a belief up from `doubt` to one half, by Bayes' rule; nil where as many
  /// as `most` do not.
  package static func answersToTurn(doubt: Double, noise: Double, within most: Int) -> Int? {
    guard doubt > 0 else { return nil }
    var odds = log(doubt) - log1p(-doubt)
    for answer in 0..<most {
      odds += log1p(-noise) - log(noise)
      if odds >= 0 { return answer + 1 }
    }
    return nil
  }
}

private struct SimulatorTrap {
  let run: ClaimRun
  var noise: Double { run.number("noise") }
  var revision: Double { run.number("revision") }
  var rounds: Int { run.integer("rounds") }
  var conflicts: Double { run.number("conflicts") }

  init(_ run: ClaimRun) { self.run = run }

  /// How a learner meets a conflict in each round until the teacher has revised it.
  private struct Learner {
    var name: String
    /// The teacher sees it, and may revise.
    var isSeen: Bool
    var isActed: Bool
  }

  private static let learners = [
    // In the teacher's stead: nobody is asked.
    Learner(name: "simulator", isSeen: false, isActed: true),
    Learner(name: "follower", isSeen: true, isActed: true),
    Learner(name: "elicitor", isSeen: true, isActed: false),
  ]

  private func growth(_ learner: Learner) -> Double {
    1 - pow(1 - (learner.isSeen ? revision : 0), Double(rounds))
  }

  /// Conflicts acted out before they are revised, within the rounds: a geometric count, cut.
  private func harm(_ learner: Learner) -> Double {
    guard learner.isActed else { return 0 }
    let stays = 1 - (learner.isSeen ? revision : 0)
    return conflicts * (0..<rounds).reduce(0.0) { $0 + pow(stays, Double($1)) }
  }

  func findings() throws -> Findings {
    try run.checkCancelled()
    guard conflicts <= run.number("items") else {
      throw ClaimError.noSolution(
        claim: run.claim, condition: "it needs conflicts <= items, as a conflict is about an item")
    }
    let learner = bayesian()
    let sampled = sample()
    let share = conflicts / run.number("items")
    let certain = Information.answer(1 - run.number("doubt"), noise: noise)
    let turn = Information.answersToTurn(
      doubt: run.number("doubt"), noise: noise, within: rounds)
    let (simulator, follower, elicitor) = (Self.learners[0], Self.learners[1], Self.learners[2])
    return Findings(
      verdict(first: learner.first?.information ?? 0, certain: certain, turn: turn),
      values: [
        .init("point-information", "what an answer tells a simulator", certain, unit: "nats"),
        .init(
          "first-information", "what the first answer tells a learner in doubt",
          learner.first?.information, unit: "nats"),
        .init(
          "perfect-prediction-information", "what an answer without noise tells of what is sure",
          Information.answer(1, noise: 0), unit: "nats"),
        .init(
          "last-information", "what the last followed answer told", learner.last?.information,
          unit: "nats"),
        .init(
          "turning-answers", "contrary answers that change a simulator's mind, within the rounds",
          turn.map(Double.init)),
        .init("growth-simulator", "growth with a simulator", growth(simulator)),
        .init("growth-follower", "growth with a follower", growth(follower)),
        .init("growth-elicitor", "growth with an elicitor", growth(elicitor)),
        .init("sampled-growth", "the same, sampled", sampled.growth),
        .init("harm-follower", "conflicts acted out by a follower", harm(follower)),
        .init("sampled-harm", "the same, sampled", sampled.harm),
        .init("harm-elicitor", "conflicts acted out by an elicitor", harm(elicitor)),
        .init(
          "agreement", "items on which teacher and reflection agree in the end",
          1 - share * (1 - growth(elicitor))),
      ],
      tables: [
        .init(
          "Growth, harm, agreement",
          caption: """
            Growth: share of conflicts that the teacher has revised. Harm: conflicts acted out, all items \
            and rounds; a simulator acts in the teacher's stead, so that none is seen. Agreement: with \
            what the teacher says at the time.
            """,
          columns: ["learner", "growth", "harm", "agreement"],
          rows: Self.learners.map {
            [.text($0.name), .number(growth($0), 3), .number(harm($0), 1), .number(1, places: 2)]
          })
      ],
      pictures: [worth, following(learner)],
      notes: [
        "An illustration of the argument's structure; growth is assumed to need a shown conflict."
      ])
  }

  private func verdict(first: Double, certain: Double, turn: Int?) -> Findings.Verdict {
    let told = String(
      format:
        "an answer is worth %.3g nats at first and %.2g to a simulator; growth %.3g against %.3f",
      first, certain, growth(Self.learners[0]), growth(Self.learners[2]))
    if let turn {
      return .init(
        .refuted,
        because: """
          \(turn) contrary answer\(turn == 1 ? "" : "s") change the mind of a simulator that keeps \
          \(Claim.Value.number(run.number("doubt"))) of its belief off its simulation: \(told).
          """)
    }
    if certain >= 1e-12 {
      return .init(
        .undecided,
        because: """
          An answer still tells something, but \(rounds) contrary ones do not change its mind: \(told).
          """)
    }
    return growth(Self.learners[2]) > 0
      ? .init(.supported, because: "Answers are priced in: \(told).")
      : .init(
        .undecided, because: "Answers are priced in, but this teacher never revises: \(told).")
  }

  struct Step: Sendable {
    var prediction: Double
    var information: Double
  }

  /// Each question splits what is left of the concepts; belief follows Bayes' rule. Per answer: how
  /// surely the learner predicts it, and what it tells, expected over answers.
  private func bayesian() -> [Step] {
    var stream = run.stream("concepts", "\(run.integer("seed"))")
    let count = run.integer("concepts")
    let truth = stream.below(count)
    var belief = [Double](repeating: 1 / Double(count), count: count)
    var steps: [Step] = []
    let bits = max(1, Int(log2(Double(count)).rounded(.up)))
    for question in 0..<6 * bits {
      func yes(_ concept: Int) -> Bool { concept >> (question % bits) & 1 == 1 }
      let p = belief.indices.reduce(0) { $0 + (yes($1) ? belief[$1] : 0) }
      let said = p * (1 - noise) + (1 - p) * noise
      steps.append(
        Step(prediction: max(said, 1 - said), information: Information.answer(p, noise: noise)))
      let answer = (stream.uniform() < noise) != yes(truth)
      for concept in belief.indices {
        belief[concept] *= yes(concept) == answer ? 1 - noise : noise
      }
      let sum = belief.reduce(0, +)
      for concept in belief.indices { belief[concept] /= sum }
    }
    return steps
  }

  /// A follower's teacher: each conflict is acted out until it is revised.
  private func sample() -> (growth: Double, harm: Double) {
    var stream = run.stream("teachers", "\(run.integer("seed"))")
    // Four hundred teachers' conflicts, or as many as do not take long.
    let drawn = min(400 * run.integer("conflicts"), 20_000)
    var (revised, acted) = (0.0, 0.0)
    for _ in 0..<drawn {
      for _ in 0..<rounds {
        acted += 1
        if stream.uniform() < revision {
          revised += 1
          break
        }
      }
    }
    return (revised / Double(drawn), conflicts * acted / Double(drawn))
  }

  private var worth: Picture {
    let points = (0...100).map { place -> Chart.Point in
      let p = 0.5 + 0.5 * Double(place) / 100
      return .init(p, Information.answer(p, noise: noise))
    }
    return .chart(
      Chart(
        "What an answer is worth, by how surely it is predicted",
        x: .init("belief in the likelier answer", low: 0.5, high: 1),
        y: .init("nats", low: 0), series: [.init("information", .line, points)]))
  }

  private func following(_ steps: [Step]) -> Picture {
    .chart(
      Chart(
        "A learner that keeps its doubt, answer by answer",
        x: .init("answers heard"), y: .init("nats, and a probability", low: 0),
        series: [
          .init(
            "worth of the next, nats", .line,
            steps.enumerated().map { .init(Double($0), $1.information) }),
          .init(
            "surety of its prediction", .dashed,
            steps.enumerated().map { .init(Double($0), $1.prediction) }),
        ]))
  }
}
