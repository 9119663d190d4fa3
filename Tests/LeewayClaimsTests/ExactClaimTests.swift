import Foundation
import LeewayClaims
import Testing

/// Equations of the exact claims away from the printed numbers, against other ways to the same answer.
@Suite("Exact claims") struct ExactClaimTests {
  @Test func aMixedEndHasNoDrift() {
    for temptation in [4.5, 5, 7, 9] {
      let game = SymmetricGame(temptation: temptation, reward: 3, punishment: 1, sucker: 0.2)
      for weight in stride(from: 0, through: 1, by: 0.05) {
        let end = game.end(.weight(weight))
        if end > 0, end < 1 { #expect(abs(game.drift(end, .weight(weight))) < 1e-12) }
        if end == 0 { #expect(game.drift(0, .weight(weight)) <= 0) }
        if end == 1 { #expect(game.drift(1, .weight(weight)) >= 0) }
      }
      // Pooled, the end is the team's best independent mixture.
      let best = Solve.maximum(0, 1, of: game.value)
      #expect(abs(best - game.end(.weight(1))) < 1e-6)
    }
  }

  @Test func theBestTemperatureIsTheBestOfAll() {
    let tasks = ParallelStreams(easy: 0.55, lead: 1.4, gap: 0.8, depth: 3, others: 35)
    for streams in [1, 3, 7, 20, 100] {
      let best = tasks.best(streams)
      let most = tasks.success(best, streams)
      for place in 1...3000 {
        #expect(tasks.success(Double(place) / 500, streams) <= most + 1e-12)
      }
    }
  }

  @Test(arguments: [3, 0.7, 0.15, 0.03]) func calibrationComesBack(_ beta: Double) {
    let model = RewardedBase(beta: beta)
    for place in 0...40 {
      let p = 0.5 + 0.49 * Double(place) / 40
      let answer = model.answer(p)
      #expect(answer >= p - 1e-15)
      if answer < 1 - 1e-12 { #expect(abs(model.base(answer) - p) < 1e-5) }
    }
    // By the midpoint rule.
    let count = 200_000
    let direct = (0..<count).reduce(0.0) { sum, place in
      let p = 0.5 + 0.5 * (Double(place) + 0.5) / Double(count)
      return sum + (model.answer(p) - p) / Double(count)
    }
    #expect(abs(model.scores.ece - direct) < 1e-7)
  }

  @Test func thresholdsAreWherePosteriorsPassTheRatio() throws {
    for (benefit, cost, tag) in [(3.0, 1.0, 0.8), (10, 1, 0.95), (1.5, 1.2, 0.6)] {
      let game = DonationGame(benefit: benefit, cost: cost)
      for same in [true, false] {
        let threshold = try #require(game.threshold(tag: tag, same: same))
        let posterior = DonationGame.posterior(threshold, tag: tag, same: same)
        #expect(abs(posterior - cost / benefit) < 1e-12)
      }
    }
    #expect(DonationGame(benefit: 1, cost: 2).threshold(tag: 0.8, same: true) == nil)
  }

  @Test func inTheMixtureNobodyGains() throws {
    let game = InspectionGame(honestCost: 0.4, strictCost: 0.2, bounty: 0.9, loss: 2)
    let audit = 0.05
    let (hack, strict) = try #require(game.equilibrium(audit: audit))
    let passing = 1 - audit * 3
    // The writer is indifferent between honest and hack, the tester between strict and lenient.
    #expect(abs((1 - strict) * passing - (1 - 0.4)) < 1e-12)
    #expect(abs(hack * 0.9 - 0.2) < 1e-12)
    #expect(abs(2 - 0.4 - (2 - 2 * game.collusion * 3)) < 1e-12)
    #expect(game.equilibrium(audit: 0.5) == nil)
  }

  @Test func anAnswerTellsWhatBayesSays() {
    for noise in [0, 0.1, 0.3] {
      for p in [0.5, 0.8, 0.99, 1] {
        // Expected fall of the entropy of belief.
        let yes = p * (1 - noise) + (1 - p) * noise
        let after =
          yes * Information.entropy(p * (1 - noise) / yes)
          + (yes < 1 ? (1 - yes) * Information.entropy(p * noise / (1 - yes)) : 0)
        let fall = Information.entropy(p) - after
        #expect(abs(Information.answer(p, noise: noise) - fall) < 1e-12)
      }
    }
  }

  @Test func aKernelRidgePassesThroughItsPoints() throws {
    let x = [0.0, 0.1, 0.25, 0.4]
    let y = x.map { sin(7 * $0) }
    let fit = try #require(KernelRidge(x, y, length: 0.15, jitter: 1e-10))
    for (a, b) in zip(x, y) { #expect(abs(fit.value(a) - b) < 1e-5) }
    #expect(KernelRidge([0, 0], [0, 1], length: 0.1, jitter: 0) == nil)
  }

  @Test func whatHasNoAnswerSaysItsCondition() throws {
    #expect(throws: ClaimError.self) {
      try Claims.named("reward-pools").run(["benefit=0.5"], tools: ClaimTools())
    }
    #expect(throws: ClaimError.self) {
      try Claims.named("code-and-tests").run(["audit=0.9"], tools: ClaimTools())
    }
  }
}
