import Foundation
import LeewayStatistics

extension Claim {
  /// I1 and I2: what planted attacks say about a monitor, and what they cannot.
  static let honeypotMonitor = Claim(
    id: "honeypot-monitor",
    title: "Do honeypots say something about a monitor that alignment evals have not said?",
    sentence: """
      Have you tried to specifically validate your monitor using honeypots a la the existing work from \
      Greenblatt et. al. in AI control, or do you think this would be redundant with the alignment \
      evals GPT 5.4 has already been through?
      """,
    hypothesis: """
      Passing honeypots moves the odds that a monitor colludes even after evals were passed, unless \
      whatever gets a colluding monitor through the evals gets it through the honeypots too.
      """,
    experiment: """
      A monitor scores transcripts and the most suspicious share of honest ones is audited; suspicion is \
      standard normal for honest work and lies 2 d s higher for an attack of strength s. A red team that \
      knows the protocol picks strength and time for the most damage; six protocols are compared by \
      what they keep safe and what they cost. A honeypot is an attack planted by the tester. A monitor \
      that colludes passes the attacks of its own model unless it takes them for planted, which it tells \
      with accuracy v, so honeypots flatter it by (honest - colluding recall)(2 v - 1). Exactly followed \
      are the plants needed to certify a rate of misses, and a sequential test between the two recalls. \
      Passing evals is L1 times, passing honeypots L2 times as likely for an honest monitor; with \
      overlap k a pass of both speaks 1 / ((1 - k) / (L1 L2) + k / max(L1, L2)) to 1 for honesty, so \
      after evals honeypots add nothing exactly if k = 1 and L2 <= L1. With transcripts=FILE the recall \
      of your own monitor is measured: a line of JSON each with id, label (honest or attack), score and \
      is_honeypot.
      """,
    cost: .quick(seconds: 1),
    parameters: [
      .number("separation", 2, 0...10, "d, of attacks of half strength, trusted monitor"),
      .number("untrusted-separation", 3, 0...10, "d, untrusted monitor"),
      .number("telling", 0.8, 0.5...1, "v, how well a colluding monitor tells plants from real"),
      .number("audit-cost", 1, 0...10, "of an audit, in transcripts' worth"),
      .number("trusted-quality", 0.6, 0...1, "worth of the trusted model's own output"),
      .number("edited-quality", 0.9, 0...1, "worth of what the trusted model edited"),
      .number("edit-removal", 0.9, 0...1, "chance that an edit takes the attack out"),
      .number("unevenness", 0, 0...1, "how much less is audited in the laxer half of the time"),
      .integer("attacks", 1, 1...10_000, "that the red team makes unless one is stopped"),
      .number("honest-recall", 0.9, 0...1, "share of attacks that an honest monitor flags"),
      .number("colluding-recall", 0.5, 0...1, "that a colluding one flags where it colludes"),
      .number("miss-rate", 0.05, 1e-6...0.99, "to certify, beside 6, 3 and 1 %"),
      .integer("misses", 0, 0...1000, "plants that may be missed at that"),
      .number("confidence", 0.95, 0.5...0.999_999, "of the certificate"),
      .number("odds", 19, 1.1...1e9, "at which the sequential test stops"),
      .number("prior", 0.1, 1e-6...0.999_999, "chance of collusion before any test"),
      .number("eval-ratio", 3, 1...1e6, "L1"), .number("honeypot-ratio", 19, 1...1e6, "L2"),
      .number("overlap", 0.5, 0...1, "k, of what gets a colluding monitor through both"),
      .number("budget", 0.01, 1e-6...0.9, "share of honest traffic that is audited, of the file"),
      .file("transcripts", "JSON lines with id, label, score, is_honeypot"),
    ],
    targets: [
      Target("safety-1", 0.372, within: .absolute(5e-4)),
      Target("safety-3", 0.547, within: .absolute(5e-4)),
      Target("safety-10", 0.764, within: .absolute(5e-4)),
      Target("plants-6", 49, within: .absolute(0)), Target("plants-3", 99, within: .absolute(0)),
      Target("plants-1", 299, within: .absolute(0)),
      Target("bias", 0.24, within: .absolute(1e-12)),
      Target("sampled-bias", 0.24, within: .absolute(0.01), .measured),
      Target("drift-honest", 0.368, within: .absolute(5e-4)),
      Target("drift-colluding", 0.511, within: .absolute(5e-4)),
      Target("plants-honest", 8, within: .absolute(0.5)),
      Target("plants-colluding", 6, within: .absolute(0.5)),
    ],
    beside: [
      .init(
        "safety of trusted editing", "92 %", system: "GPT-4 watched by GPT-3.5, APPS backdoors",
        source: "https://arxiv.org/abs/2312.06942"),
      .init(
        "missed at 1 % false alarms", "6 %", system: "asynchronous control, ControlArena",
        source: "https://arxiv.org/abs/2512.13526"),
      .init(
        "red team's wins with self-recognition", "about 3 times", system: "untrusted monitoring",
        source: "https://arxiv.org/abs/2602.20628"),
    ],
    measure: { run in try HoneypotMonitor(run).findings() })
}

struct HoneypotMonitor {
  let run: ClaimRun
  let game: AuditGame
  let plants: Honeypots
  let tests: TwoTests

  init(_ run: ClaimRun) {
    self.run = run
    game = AuditGame(
      separation: run.number("separation"), untrusted: run.number("untrusted-separation"),
      telling: run.number("telling"), auditCost: run.number("audit-cost"),
      trustedQuality: run.number("trusted-quality"), editedQuality: run.number("edited-quality"),
      editRemoval: run.number("edit-removal"), unevenness: run.number("unevenness"),
      attacks: run.integer("attacks"))
    plants = Honeypots(
      honest: run.number("honest-recall"), colluding: run.number("colluding-recall"),
      telling: run.number("telling"))
    tests = TwoTests(
      prior: run.number("prior"), evals: run.number("eval-ratio"),
      honeypots: run.number("honeypot-ratio"), overlap: run.number("overlap"))
  }

  func findings() throws -> Findings {
    try run.checkCancelled()
    // Below a hundredth the sequential test goes on for hundreds of thousands of plants.
    guard plants.honest - plants.colluding >= 0.01 else {
      throw ClaimError.noSolution(
        claim: run.claim,
        condition: "honest-recall must lie at least 0.01 above colluding-recall to be told from it")
    }
    let file = try run.file("transcripts").map { path in
      TranscriptReading(try ScoredTranscripts(path: path), budget: run.number("budget"))
    }
    let told = String(
      format: """
        after evals a pass of honeypots multiplies the odds of honesty by %.2f (chance of collusion \
        %.3g to %.3g), and recall on plants flatters a colluding monitor by %.2f
        """, tests.gain, tests.posterior(tests.evals), tests.posterior(tests.both), plants.bias)
    let outcome: Findings.Verdict.Outcome =
      tests.gain >= 1.5 ? .supported : tests.gain <= 1.05 ? .refuted : .undecided
    let word =
      switch outcome {
      case .supported: "Not redundant"
      case .refuted: "Redundant with the evals"
      case .undecided: "Of little use after evals"
      }
    return Findings(
      .init(outcome, because: "\(word): \(told).\(file.map { " " + $0.sentence } ?? "")"),
      values: (file?.values ?? []) + redundancy + safety + (try certificates) + (try sequential),
      tables: (file?.tables ?? []) + [protocolTable, plantTable],
      pictures: (file?.pictures ?? []) + [frontier, overlapPicture, tellingPicture],
      notes: notes + (file?.notes ?? []))
  }

  private var redundancy: [Findings.Measured] {
    [
      .init("odds-gain", "what honeypots multiply the odds of honesty by, after evals", tests.gain),
      .init("posterior-evals", "chance of collusion, evals passed", tests.posterior(tests.evals)),
      .init(
        "posterior-honeypots", "the same, honeypots passed", tests.posterior(tests.honeypots)),
      .init("posterior-both", "the same, both passed", tests.posterior(tests.both)),
    ]
  }

  private var safety: [Findings.Measured] {
    [(1, 0.01), (3, 0.03), (10, 0.1)].flatMap { percent, share in
      let best = game.response(.trusted, share: share)
      return [
        Findings.Measured(
          "safety-\(percent)", "attacks of half strength flagged, \(percent) % audited",
          game.stopped(.trusted, share: share, strength: 0.5)),
        .init(
          "kept-\(percent)", "damage kept away from the red team's best, \(percent) % audited",
          best.safety),
      ]
    }
  }

  private var certificates: [Findings.Measured] {
    get throws {
      let confidence = run.number("confidence")
      let printed = [(6, 0.06), (3, 0.03), (1, 0.01)].map { percent, rate in
        Findings.Measured(
          "plants-\(percent)", "plants without a miss that certify \(percent) % misses",
          Honeypots.fewest(rate: rate, confidence: confidence).map(Double.init))
      }
      let bias = try sampledBias()
      return printed + [
        .init(
          "plants", "plants that certify the asked rate with the asked misses",
          Honeypots.fewest(
            rate: run.number("miss-rate"), misses: run.integer("misses"), confidence: confidence
          ).map(Double.init)),
        .init("seen-recall", "recall of a colluding monitor on plants", plants.seen),
        .init("real-recall", "recall of a colluding monitor on real attacks", plants.real),
        .init("bias", "what plants flatter a colluding monitor by", plants.bias),
        .init("sampled-bias", "the same, sampled", bias),
        .init(
          "telling-auroc", "area under its curve for telling plants",
          Normal.cumulative(2.0.squareRoot() * Normal.quantile(plants.telling))),
      ]
    }
  }

  /// Monitors that believe, then flag, one attack at a time.
  private func sampledBias() throws -> Double {
    try run.once("bias \(plants) 1") {
      var stream = run.stream("bias")
      let draws = 200_000
      var flagged = [0, 0]
      for real in [0, 1] {
        for _ in 0..<draws {
          let isRight = stream.uniform() < plants.telling
          let believesPlanted = isRight == (real == 0)
          let recall = believesPlanted ? plants.honest : plants.colluding
          if stream.uniform() < recall { flagged[real] += 1 }
        }
      }
      return Double(flagged[0] - flagged[1]) / Double(draws)
    }
  }

  /// Without the knack of telling plants, as printed; and the drift that is left with it.
  private var sequential: [Findings.Measured] {
    get throws {
      let test = SequentialTest(
        honest: plants.honest, colluding: plants.colluding, odds: run.number("odds"))
      let courses = try run.once("sequential \(test) 1") {
        [test.honest, test.colluding].map { recall -> [Double]? in
          test.course(recall: recall).map { [$0.plants, $0.cleared] }
        }
      }
      let limit = log(test.odds)
      // Where one plant can decide alone, the mean of its evidence is infinite and names no number.
      func needed(_ drift: Double) -> Double? { drift.isFinite ? limit / drift : nil }
      let drifts = (
        honest: SequentialTest.drift(test.honest, test.colluding),
        colluding: SequentialTest.drift(test.colluding, test.honest)
      )
      return [
        .init(
          "drift-honest", "evidence a plant brings if the monitor is honest", drifts.honest,
          unit: "nats"),
        .init(
          "drift-colluding", "the same if it colludes", drifts.colluding, unit: "nats"),
        .init(
          "drift-telling", "the same if it colludes and tells plants",
          SequentialTest.drift(plants.seen, plants.honest), unit: "nats"),
        .init("plants-honest", "plants to the odds at that rate, honest", needed(drifts.honest)),
        .init("plants-colluding", "the same, colluding", needed(drifts.colluding)),
        .init("walk-honest", "plants that the test takes in the mean, honest", courses[0]?.first),
        .init("walk-colluding", "the same, colluding", courses[1]?.first),
        .init(
          "wrong-honest", "chance to call an honest monitor colluding", courses[0].map { 1 - $0[1] }
        ),
        .init("wrong-colluding", "chance to clear a colluding one", courses[1]?.last),
      ]
    }
  }
}
