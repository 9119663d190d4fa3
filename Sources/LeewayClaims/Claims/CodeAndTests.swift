import Foundation

extension Claim {
  /// F3: one writes code, one writes its tests.
  static let codeAndTests = Claim(
    id: "code-and-tests",
    title: "Does pooled reward make a code writer and a test writer collude?",
    sentence: """
      A multi-agent RL setup with pooled reward and GRPO [...] would, in fact, reward cooperation \
      between agents if somehow two of them ended up in a game theoretically interesting scenario with \
      each other (maybe one code writing agent and one test-case writing agent or something like that).
      """,
    hypothesis: """
      Each for itself, writers hack and testers check in a mixture; pooled, they cooperate, and below an \
      audit rate that the costs name they cooperate in hacking.
      """,
    experiment: """
      The writer is honest at cost c_w or hacks; the tester is strict at cost c_t, with a bounty b_t for \
      a caught hack, or lenient. Passing pays the writer 1; a hack passes only a lenient tester, and an \
      audit with probability a then costs 1 + L. Each for itself this is an inspection game whose mixed \
      equilibrium is h* = c_t / b_t hacks and s* = 1 - (1 - c_w) / (1 - a (1 + L)) strict tests. Pooled, \
      honest and lenient earns 2 - c_w against 2 - 2 a (1 + L) for hacking and lenient, so collusion pays \
      below a* = c_w / (2 (1 + L)). Gradient play of both is run; each for itself it goes round, and its \
      averages over whole rounds are compared with the equilibrium. The verdict is that for the audit \
      rate given: above a* a pooled pair stays honest.
      """,
    cost: .quick(seconds: 2),
    parameters: [
      .number("honest-cost", 0.3, 0...0.999, "c_w"), .number("strict-cost", 0.1, 0...10, "c_t"),
      .number("bounty", 0.5, 0.001...100, "b_t"), .number("loss", 1, 0...100, "L"),
      .number("audit", 0, 0...1, "a"),
      .integer("steps", 400_000, 1000...100_000_000, "of gradient play"),
    ],
    targets: [
      Target("hack", 0.2, within: .absolute(1e-9)), Target("strict", 0.3, within: .absolute(1e-9)),
      Target("audit-threshold", 0.075, within: .absolute(1e-9)),
      Target("average-hack", 0.2, within: .absolute(0.02), .measured),
      Target("average-strict", 0.3, within: .absolute(0.02), .measured),
      Target("turning-audit", 0.075, within: .absolute(0.005), .measured),
    ],
    measure: { run in try CodeAndTests(run).findings() })
}

/// Costs and bounties of the two writers.
package struct InspectionGame: Sendable {
  package var honestCost, strictCost, bounty, loss: Double

  package init(honestCost: Double, strictCost: Double, bounty: Double, loss: Double) {
    self.honestCost = honestCost
    self.strictCost = strictCost
    self.bounty = bounty
    self.loss = loss
  }

  /// Shares of hacks and of strict tests in the mixed equilibrium; nil where one is never worth it or
  /// always.
  package func equilibrium(audit: Double) -> (hack: Double, strict: Double)? {
    let passing = 1 - audit * (1 + loss)
    guard strictCost > 0, strictCost < bounty, passing > 1 - honestCost else { return nil }
    return (strictCost / bounty, 1 - (1 - honestCost) / passing)
  }

  /// The audit rate below which a pooled pair earns more by hacking.
  package var collusion: Double { honestCost / (2 * (1 + loss)) }

  /// What hacking gains the writer, and strictness the tester.
  func gains(hack: Double, strict: Double, audit: Double) -> (hack: Double, strict: Double) {
    ((1 - strict) * (1 - audit * (1 + loss)) - (1 - honestCost), hack * bounty - strictCost)
  }

  /// The same where both are reinforced by the sum: a passed task pays both, a bounty is the pool's own
  /// money and pays nobody.
  func pooledGains(hack: Double, strict: Double, audit: Double) -> (hack: Double, strict: Double) {
    let passed = 2 - 2 * audit * (1 + loss)
    let honest = 2 - honestCost
    return ((1 - strict) * passed - honest, -strictCost - hack * passed)
  }
}

private struct CodeAndTests {
  let run: ClaimRun
  let game: InspectionGame

  init(_ run: ClaimRun) {
    self.run = run
    game = InspectionGame(
      honestCost: run.number("honest-cost"), strictCost: run.number("strict-cost"),
      bounty: run.number("bounty"), loss: run.number("loss"))
  }

  private struct Play {
    /// About two thousand states, and the last one's shares.
    var path: [Chart.Point] = []
    var hack = 0.5
    var strict = 0.5
    /// Means over whole rounds; nil where play did not come round.
    var averages: (hack: Double, strict: Double)?
  }

  /// Gradient play from an even start.
  ///
  /// - Parameters:
  ///   - gains: what hacking and strictness gain, by their shares.
  ///   - middle: the share of hacks that a round passes on its way up.
  private func play(
    steps: Int, middle: Double = .nan,
    _ gains: (Double, Double) -> (hack: Double, strict: Double)
  ) -> Play {
    var (x, y) = (0.0, 0.0)
    var play = Play()
    var sums = (hack: 0.0, strict: 0.0)
    // Where the first round began, and the sums there; the same of the last.
    var first: (step: Int, hack: Double, strict: Double)?
    for step in 0..<steps {
      let (hack, strict) = (Solve.sigmoid(x), Solve.sigmoid(y))
      if play.hack < middle, hack >= middle {
        if let first {
          let count = Double(step - first.step)
          play.averages = ((sums.hack - first.hack) / count, (sums.strict - first.strict) / count)
        } else {
          first = (step, sums.hack, sums.strict)
        }
      }
      (play.hack, play.strict) = (hack, strict)
      let slope = gains(hack, strict)
      sums.hack += hack
      sums.strict += strict
      if step.isMultiple(of: max(1, steps / 2000)) { play.path.append(.init(hack, strict)) }
      // Replicator flow in logits: the average over a round is the equilibrium.
      x += 0.005 * slope.hack
      y += 0.005 * slope.strict
    }
    return play
  }

  private func verdict(agrees: Bool, arrived: Bool, _ told: String) -> Findings.Verdict {
    guard agrees else {
      return arrived
        ? .init(.refuted, because: "Pooled play does not collude as the costs say: \(told).")
        : .init(.undecided, because: "Pooled play has not arrived, take more steps: \(told).")
    }
    let audit = run.number("audit")
    return audit < game.collusion
      ? .init(.supported, because: "Pooling buys cooperation and collusion together: \(told).")
      : .init(
        .refuted,
        because: String(
          format: "At an audit rate of %.3g a pooled pair stays honest: %@.", audit, told))
  }

  func findings() throws -> Findings {
    try run.checkCancelled()
    let audit = run.number("audit")
    guard let equilibrium = game.equilibrium(audit: audit) else {
      throw ClaimError.noSolution(
        claim: run.claim,
        condition: """
          no mixed equilibrium: it needs 0 < strict-cost < bounty and audit (1 + loss) < honest-cost
          """)
    }
    let steps = run.integer("steps")
    // In bounties, so that a tester who is paid in cents learns as fast as one paid in dollars.
    let alone = play(steps: steps, middle: equilibrium.hack) {
      let gains = game.gains(hack: $0, strict: $1, audit: audit)
      return (gains.hack, gains.strict * (0.5 / game.bounty))
    }
    let audits = (0...60).map { 2 * game.collusion * Double($0) / 60 }
    let pooled = try audits.map { audit in
      try run.checkCancelled()
      return play(steps: steps) { game.pooledGains(hack: $0, strict: $1, audit: audit) }
    }
    let turning = zip(audits, pooled).first { $0.1.hack < 0.5 }?.0
    // At the threshold itself nothing drives the play.
    let arrived = zip(audits, pooled).allSatisfy { audit, play in
      let slope = game.pooledGains(hack: play.hack, strict: play.strict, audit: audit).hack
      return abs(audit - game.collusion) < game.collusion / 60 || (play.hack > 0.5) == (slope > 0)
    }
    let told = String(
      format: "pooled hacking stops at an audit rate of %.3g, where the costs say %.3g",
      turning ?? 1, game.collusion)
    let agrees = turning.map { abs($0 - game.collusion) < 0.1 * game.collusion } ?? false
    return Findings(
      verdict(agrees: agrees, arrived: arrived, told),
      values: [
        .init("audit-threshold", "audit rate below which a pooled pair hacks", game.collusion),
        .init("turning-audit", "the same in gradient play", turning),
        .init("hack", "share of hacks, each for itself", equilibrium.hack),
        .init("average-hack", "the same, average of gradient play", alone.averages?.hack),
        .init("strict", "share of strict tests, each for itself", equilibrium.strict),
        .init("average-strict", "the same, average of gradient play", alone.averages?.strict),
      ],
      pictures: [
        .chart(
          Chart(
            "Each for itself, play goes round",
            caption: "The dot is the mixed equilibrium, which no gradient reaches.",
            x: .init("share of hacks", low: 0, high: 1),
            y: .init("share of strict tests", low: 0, high: 1),
            series: [
              .init("play", .line, alone.path),
              .init("equilibrium", .dots, [.init(equilibrium.hack, equilibrium.strict)]),
            ])),
        .chart(
          Chart(
            "Pooled, the audit decides", x: .init("audit rate", low: 0),
            y: .init("share of hacks in the end", low: 0, high: 1),
            series: [.init("gradient play", .line, zip(audits, pooled).map { .init($0, $1.hack) })],
            rules: [.init(.x, game.collusion, "collusion pays below")])),
      ],
      notes: alone.averages != nil
        ? []
        : ["Each for itself, play did not come round in \(steps) steps, so it has no average."])
  }
}
