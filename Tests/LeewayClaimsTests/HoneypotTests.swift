import Foundation
import LeewayBase
import LeewayClaims
import Testing

/// The monitor's equations away from the printed numbers, against other ways to the same answer.
@Suite("Honeypots") struct HoneypotTests {
  static let game = AuditGame(
    separation: 1.3, untrusted: 2.6, telling: 0.7, auditCost: 0.4, trustedQuality: 0.5,
    editedQuality: 0.8, editRemoval: 0.85, unevenness: 0.5, attacks: 3)

  /// Scores drawn one by one, and the threshold read off honest ones.
  @Test(arguments: AuditGame.Rule.allCases) func stopsWhatDrawnScoresSay(_ rule: AuditGame.Rule) {
    var stream = NamedStream("stopped", rule.rawValue)
    let (share, strength, draws) = (0.08, 0.35, 100_000)
    let honest = (0..<draws).map { _ in stream.normal() }.sorted(by: >)
    let threshold = honest[Int(share * Double(draws))]
    var stopped = 0
    for _ in 0..<draws {
      let d = [.untrusted, .colluding].contains(rule) ? 2.6 : 1.3
      var score = stream.normal() + 2 * d * strength
      // Taken for real: scored like honest work.
      if rule == .colluding, stream.uniform() < 0.7 { score = stream.normal() }
      if rule == .random { score = stream.normal() }
      if score > threshold, rule != .editing || stream.uniform() < 0.85 { stopped += 1 }
    }
    let exact = Self.game.stopped(rule, share: share, strength: strength)
    #expect(abs(Double(stopped) / Double(draws) - exact) < 0.006)
  }

  @Test(arguments: AuditGame.Rule.allCases) func noStrengthDoesMoreDamage(_ rule: AuditGame.Rule) {
    for attacks in [1, 4, 50] {
      var game = Self.game
      game.attacks = attacks
      for share in [0.004, 0.05, 0.4] {
        let best = game.response(rule, share: share)
        for place in 0...2000 {
          let damage = game.damage(rule, share: share / 2, strength: Double(place) / 2000)
          #expect(damage <= best.damage + 1e-9)
        }
        // The series of attacks until one is stopped, summed.
        let stopped = game.stopped(rule, share: share / 2, strength: best.strength)
        let sum = (1 - stopped) * (1 - pow(1 - stopped, Double(attacks))) / stopped
        #expect(abs(best.damage - best.strength * sum / Double(attacks)) < 1e-9)
      }
    }
  }

  @Test func noFewerPlantsWouldDo() throws {
    for (rate, misses, confidence) in [
      (0.06, 0, 0.95), (0.02, 0, 0.99), (0.1, 3, 0.9), (0.3, 1, 0.8),
    ] {
      let count = try #require(
        Honeypots.fewest(rate: rate, misses: misses, confidence: confidence))
      // Pascal's triangle, row by row.
      func atMost(_ n: Int) -> Double {
        var row = [1.0]
        for _ in 0..<n {
          row = (0...row.count).map { k in
            (k < row.count ? row[k] * (1 - rate) : 0) + (k > 0 ? row[k - 1] * rate : 0)
          }
        }
        return row.prefix(misses + 1).reduce(0, +)
      }
      #expect(atMost(count) <= 1 - confidence + 1e-12 && atMost(count - 1) > 1 - confidence)
      #expect(Honeypots.bound(misses, of: count, confidence: confidence) <= rate + 1e-9)
      #expect(Honeypots.bound(misses, of: count - 1, confidence: confidence) > rate)
    }
    for rate in [0.01, 3.2e-7] {
      #expect(Honeypots.fewest(rate: rate) == Int((log(0.05) / log1p(-rate)).rounded(.up)))
    }
    #expect(Honeypots.fewest(rate: 2e-7) == nil)
  }

  @Test func aSequentialTestGoesAsDrawnOnesGo() throws {
    for (honest, colluding, odds) in [(0.9, 0.5, 19.0), (0.7, 0.6, 9), (1, 0.8, 30), (0.4, 0, 5)] {
      let test = SequentialTest(honest: honest, colluding: colluding, odds: odds)
      for recall in [honest, colluding] {
        let course = try #require(test.course(recall: recall))
        var stream = NamedStream("walk", "\(honest) \(recall)")
        let runs = 20_000
        var (plants, cleared) = (0, 0)
        for _ in 0..<runs {
          var (hits, misses) = (0, 0)
          while true {
            plants += 1
            if stream.uniform() < recall { hits += 1 } else { misses += 1 }
            let ratio =
              pow(honest / colluding, Double(hits))
              * pow((1 - honest) / (1 - colluding), Double(misses))
            if hits > 0, colluding == 0 || ratio >= odds * (1 - 1e-9) {
              cleared += 1
              break
            }
            if ratio <= 1 / odds * (1 + 1e-9) { break }
          }
        }
        let n = Double(runs)
        #expect(abs(Double(plants) / n - course.plants) < 0.03 * course.plants)
        #expect(abs(Double(cleared) / n - course.cleared) < 0.015)
        // Wald: the mean evidence is the mean number of plants times the evidence of one.
        #expect(course.cleared >= 0 && course.cleared <= 1)
      }
    }
  }

  /// Colluding monitors that get through the harder test are drawn, and asked about the easier.
  @Test(arguments: [0, 0.3, 1]) func twoTestsTellWhatDrawnMonitorsSay(_ overlap: Double) {
    var stream = NamedStream("overlap", "\(overlap)")
    let tests = TwoTests(prior: 0.3, evals: 2.5, honeypots: 5, overlap: overlap)
    var (honest, colluding) = (0, 0)
    for _ in 0..<400_000 {
      guard stream.uniform() < 0.3 else {
        honest += 1
        continue
      }
      let one = stream.uniform()
      let other = stream.uniform() < overlap ? one : stream.uniform()
      if one < 1 / 2.5, other < 1 / 5 { colluding += 1 }
    }
    let drawn = Double(colluding) / Double(honest + colluding)
    #expect(abs(drawn - tests.posterior(tests.both)) < 0.004)
  }

  @Test func redundantExactlyWhereThePageSaysSo() {
    for (evals, honeypots, isRedundant) in [(5.0, 5.0, true), (5, 3, true), (5, 8, false)] {
      let tests = TwoTests(prior: 0.1, evals: evals, honeypots: honeypots, overlap: 1)
      #expect((abs(tests.gain - 1) < 1e-12) == isRedundant)
    }
    #expect(TwoTests(prior: 0.1, evals: 5, honeypots: 3, overlap: 0.99).gain > 1.005)
  }

  @Test func evidenceWithoutAMeanNamesNoNumberOfPlants() throws {
    let found = try Claims.named("honeypot-monitor").run(
      ["honest-recall=1", "colluding-recall=0"], tools: ClaimTools()
    ).findings
    #expect(found.value("plants-honest") == nil && found.value("walk-honest") == 1)
  }

  @Test func verdictsGoEitherWay() throws {
    func outcome(_ settings: String...) throws -> Findings.Verdict.Outcome {
      try Claims.named("honeypot-monitor").run(settings, tools: ClaimTools()).findings.verdict
        .outcome
    }
    #expect(try outcome("overlap=0") == .supported)
    #expect(try outcome("overlap=1", "honeypot-ratio=2") == .refuted)
    #expect(try outcome("overlap=0.9", "eval-ratio=19") == .undecided)
    #expect(throws: ClaimError.self) { try outcome("colluding-recall=0.9") }
    #expect(try outcome("attacks=50", "unevenness=1", "telling=1", "audit-cost=0") == .supported)
  }
}
