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
      #expect(abs(model.base(logit: model.logit(p)) - p) < 1e-12)
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
    for (claim, setting) in [
      ("reward-pools", "benefit=0.5"), ("code-and-tests", "audit=0.9"),
      ("code-and-tests", "strict-cost=0"), ("simulator-trap", "items=11"),
    ] {
      #expect(throws: ClaimError.self, "\(claim) \(setting)") { try found(claim, setting) }
    }
  }

  private func found(_ claim: String, _ settings: String...) throws -> Findings {
    try Claims.named(claim).run(settings, tools: ClaimTools()).findings
  }

  // MARK: Reward

  @Test func anEvenStartWithoutDriftStays() {
    let equal = SymmetricGame(temptation: 3, reward: 3, punishment: 3, sucker: 3)
    let tipping = SymmetricGame(temptation: 0.2, reward: 0.3, punishment: 0.1, sucker: 0)
    for game in [equal, tipping] { #expect(game.end(.weight(0)) == 0.5) }
    #expect(equal.end(.sharedSeed) == 0.5 && tipping.end(.sharedSeed) == 1)
  }

  @Test(arguments: [100.0, 0.01]) func aGameInCentsGoesAsOneInDollars(_ unit: Double) throws {
    let game = zip(["temptation", "reward", "second-temptation"], [1.0, 0.6, 1.4])
      .map { "\($0)=\(min($1 * unit, 100))" }
    let found = try found(
      "reward-allocation", game[0], game[1], game[2], "punishment=\(0.2 * unit)")
    for weight in ["0", "0.4", "1"] {
      let ends = (found.value("exact-" + weight) ?? 9, found.value("sampled-" + weight) ?? 8)
      #expect(abs(ends.0 - ends.1) < 0.03)
    }
  }

  /// A baseline that held the pair's own rewards would end at 0.39.
  @Test func aSmallBatchEndsWhereALargeOneDoes() throws {
    let found = try found("reward-allocation", "batch=4", "steps=40000")
    #expect(abs((found.value("sampled-0.5") ?? 9) - 2.0 / 3) < 0.1)
  }

  @Test func playThatHasNotArrivedDecidesNothing() throws {
    for (claim, steps, batch) in [
      ("reward-allocation", "steps=10", "batch=256"), ("reward-pools", "steps=10", "batch=2"),
      ("code-and-tests", "steps=1000", "audit=0"),
    ] {
      let verdict = try found(claim, steps, batch).verdict
      #expect(verdict.outcome == .undecided && !verdict.because.contains("nan"), "\(claim)")
    }
  }

  @Test func notesFollowTheGame() throws {
    let standard = try found("reward-allocation").notes
    #expect(standard[0].contains("cannot be told apart") && standard[1].contains("ends at 0.833"))
    let swapped = try found("reward-allocation", "temptation=7", "second-temptation=5").notes
    #expect(swapped[0].contains("ends at 0.833") && swapped[1].contains("cannot be told apart"))
  }

  @Test func thresholdsAtTheEndsAreFoundToo() throws {
    for settings in [["tag=0.999"], ["benefit=0.02", "cost=0.01"], ["benefit=1000", "cost=600"]] {
      let record = try Claims.named("reward-pools").run(
        settings + ["networks=1", "steps=3000"], tools: ClaimTools())
      let verdict = record.findings.verdict
      #expect(verdict.outcome == .supported && !verdict.because.contains("nan"), "\(settings)")
    }
  }

  @Test func roundsAverageToTheMixture() throws {
    for (strict, bounty) in [(0.004, 0.01), (30, 100)] {
      let found = try found("code-and-tests", "strict-cost=\(min(strict, 10))", "bounty=\(bounty)")
      let exact = min(strict, 10) / bounty
      #expect(abs((found.value("average-hack") ?? 9) - exact) < 0.02 * exact + 0.005)
      #expect(abs((found.value("average-strict") ?? 9) - 0.3) < 0.02)
    }
  }

  /// a* is 0.075 here: the audit decides what a pooled pair does.
  @Test func enoughAuditsKeepAPoolHonest() throws {
    for (audit, outcome) in [("0.07", Findings.Verdict.Outcome.supported), ("0.08", .refuted)] {
      let verdict = try found("code-and-tests", "audit=\(audit)").verdict
      #expect(verdict.outcome == outcome, "\(audit): \(verdict.because)")
    }
  }

  // MARK: Calibration, temperature, growth

  @Test func fewQuestionsDecideNothing() throws {
    let found = try found("buried-calibration", "questions=1000", "steps=10", "batch=2")
    #expect(found.verdict.outcome == .undecided)
    #expect(found.value("ece-asked").map { abs($0 - RewardedBase(beta: 0.3).scores.ece) } == 0)
  }

  @Test func theSharpestAnswersComeBack() throws {
    let found = try found(
      "buried-calibration", "beta=0.02", "questions=100000", "steps=10", "batch=2")
    #expect((found.value("recovered") ?? 9) < 0.01)
  }

  /// What rounds away no inverse brings back.
  @Test func answersThatAreToldCoarselyStayMiscalibrated() throws {
    let coarse = try found(
      "buried-calibration", "digits=3", "questions=100000", "steps=10", "batch=2")
    #expect(coarse.verdict.outcome == .refuted && (coarse.value("recovered") ?? 0) > 0.03)
  }

  @Test func theBestTemperatureHasNoCeilingAndNoFloor() throws {
    // Greedy is best for easy tasks alone; where the right option is the last of all, heat is.
    let easy = ParallelStreams(easy: 1, lead: 2, gap: 1.5, depth: 4, others: 20)
    let last = ParallelStreams(easy: 0, lead: 2, gap: 20, depth: 20, others: 20)
    for streams in [1, 12, 64] {
      #expect(easy.best(streams) == 0 && easy.success(0, streams) == 1)
      #expect(last.best(streams) == .infinity)
    }
    #expect(abs(last.success(.infinity, 1) - 1.0 / 22) < 1e-15)
    // So many streams that failing rounds to nothing: the derivative of the sum of logs is 0.
    let tasks = ParallelStreams(easy: 0, lead: 2, gap: 30, depth: 60, others: 20)
    let best = tasks.best(100_000)
    func odds(_ t: Double) -> Double { exp(-30 / t) / (1 + 20 * exp(-60 / t)) }
    #expect(odds(best) >= odds(best * 1.001) && odds(best) >= odds(best / 1.001))
    #expect(try found("stream-temperature", "easy=1").verdict.outcome == .refuted)
    #expect(
      !(try found("stream-temperature", "easy=0", "gap=20", "depth=20").verdict.because)
        .contains("inf"))
  }

  @Test func theVerdictOnGrowthComparesWhoImitatesNoWorse() throws {
    // Here the longest of the lengths is the teacher's own.
    let found = try found("matched-behaviour", "teacher=0.3", "draws=5")
    #expect(found.verdict.outcome == .supported, "\(found.verdict.because)")
    #expect(found.value("same-process") == 0)
  }

  /// The verdict turns with the doubt that is left, and with the answers that are given.
  @Test func aSimulatorThatDoubtsCanBeTurned() throws {
    let turned = try found("simulator-trap", "doubt=0.01")
    #expect(turned.verdict.outcome == .refuted && turned.value("turning-answers") == 2)
    #expect((turned.value("point-information") ?? 0) > 0.01)
    let slow = try found("simulator-trap", "doubt=0.001", "noise=0.4", "rounds=17")
    #expect(slow.verdict.outcome == .undecided && slow.value("turning-answers") == nil)
    let later = try found("simulator-trap", "doubt=0.001", "noise=0.4", "rounds=18")
    #expect(later.verdict.outcome == .refuted && later.value("turning-answers") == 18)
    let never = try found("simulator-trap", "rounds=1000")
    #expect(never.verdict.outcome == .supported && never.value("turning-answers") == nil)
    #expect(never.value("growth-simulator") == 0)
  }

  @Test func contraryAnswersTurnABeliefAsBayesSays() {
    for noise in [0, 0.05, 0.3, 0.49] {
      for doubt in [1e-12, 1e-3, 0.2, 0.5] {
        // By multiplying chances, answer by answer.
        var (belief, contrary) = (1 - doubt, doubt)
        var count = 0
        while contrary < belief, count < 2000 {
          (belief, contrary) = (belief * noise, contrary * (1 - noise))
          (belief, contrary) = (belief / (belief + contrary), contrary / (belief + contrary))
          count += 1
        }
        let found = Information.answersToTurn(doubt: doubt, noise: noise, within: 2000)
        #expect(found == max(1, count), "noise \(noise), doubt \(doubt)")
        #expect(
          Information.answersToTurn(doubt: doubt, noise: noise, within: max(1, count) - 1) == nil)
      }
      #expect(Information.answersToTurn(doubt: 0, noise: noise, within: 1000) == nil)
    }
  }

  @Test func aTeacherWhoNeverRevisesGrowsWithNobody() throws {
    let verdict = try found("simulator-trap", "revision=0").verdict
    #expect(verdict.outcome == .undecided && !verdict.because.contains("still tells"))
  }
}
