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
      harm (conflicts acted out before revision) and agreement with what the teacher says now. It \
      illustrates the structure of the argument, and assumes that growth needs a shown conflict.
      """,
    cost: .quick(seconds: 3),
    parameters: [
      .integer("concepts", 64, 2...4096, "H, a power of two is split evenly by each question"),
      .number("noise", 0.05, 0...0.49, "e, how often an answer is wrong"),
      .number("revision", 0.3, 0...1, "r, the chance to revise at a shown conflict"),
      .integer("conflicts", 12, 1...1000, "items on which teacher and reflection differ"),
      .integer("items", 64, 1...100_000, "all items"),
      .integer("rounds", 10, 1...1000, "n"),
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
}

private struct SimulatorTrap {
  let run: ClaimRun
  var noise: Double { run.number("noise") }
  var revision: Double { run.number("revision") }
  var rounds: Int { run.integer("rounds") }
  var conflicts: Double { run.number("conflicts") }

  init(_ run: ClaimRun) { self.run = run }

  func findings() throws -> Findings {
    try run.checkCancelled()
    guard conflicts <= run.number("items") else {
      throw ClaimError.noSolution(
        claim: run.claim, condition: "it needs conflicts <= items, as a conflict is about an item")
    }
    let learner = bayesian()
    let grown = 1 - pow(1 - revision, Double(rounds))
    // Acted conflicts before an item is revised, within the rounds: a geometric count, cut.
    let acted = (0..<rounds).reduce(0.0) { $0 + pow(1 - revision, Double($1)) }
    let sampled = sample()
    let share = conflicts / run.number("items")
    let certain = Information.answer(1, noise: noise)
    let perfect = learner.last?.information ?? 0
    let agreementNow = 1 - share * (1 - grown)
    let rows: [(String, Double, Double, Double)] = [
      ("simulator", 0, conflicts * Double(rounds), 1),
      ("follower", grown, conflicts * acted, 1), ("elicitor", grown, 0, 1),
    ]
    let told = String(
      format:
        "an answer is worth %.3g nats at first and %.2g to a perfect simulator; growth 0 against %.3f",
      learner.first?.information ?? 0, certain, grown)
    let verdict: Findings.Verdict =
      certain >= 1e-12
      ? .init(.refuted, because: "An answer still tells something: \(told).")
      : grown > 0
        ? .init(.supported, because: "Answers are priced in: \(told).")
        : .init(
          .undecided,
          because: "Answers are priced in, but this teacher never revises: \(told).")
    return Findings(
      verdict,
      values: [
        .init(
          "point-information", "what an answer tells a perfect simulator", certain, unit: "nats"),
        .init(
          "first-information", "what the first answer tells a learner in doubt",
          learner.first?.information, unit: "nats"),
        .init(
          "perfect-prediction-information", "what an answer without noise tells of what is sure",
          Information.answer(1, noise: 0), unit: "nats"),
        .init("last-information", "what the last followed answer told", perfect, unit: "nats"),
        .init("growth-simulator", "growth with a simulator", 0),
        .init("growth-follower", "growth with a follower", grown),
        .init("growth-elicitor", "growth with an elicitor", grown),
        .init("sampled-growth", "the same, sampled", sampled.growth),
        .init("harm-follower", "conflicts acted out by a follower", conflicts * acted),
        .init("sampled-harm", "the same, sampled", sampled.harm),
        .init("harm-elicitor", "conflicts acted out by an elicitor", 0),
        .init("agreement", "items on which teacher and reflection agree in the end", agreementNow),
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
          rows: rows.map {
            [.text($0.0), .number($0.1, 3), .number($0.2, 1), .number($0.3, 2)]
          })
      ],
      pictures: [worth, following(learner)],
      notes: [
        "An illustration of the argument's structure; growth is assumed to need a shown conflict."
      ])
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
