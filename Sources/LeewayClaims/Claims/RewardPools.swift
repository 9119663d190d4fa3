import Foundation
import LeewayBase

extension Claim {
  /// F2: who shares my pool?
  static let rewardPools = Claim(
    id: "reward-pools",
    title: "Do pooled rewards teach to help whoever seems to share the pool?",
    sentence: """
      I still think the decision process that this incentivizes is something like "figure out which \
      agents are in the same RL pool as you, and help them achieve their rewards".
      """,
    hypothesis: """
      Cooperation starts where the posterior of sharing the pool exceeds cost over benefit, so how often \
      partners shared the pool in training is a prior, and a tag shifts it.
      """,
    experiment: """
      To cooperate costs c and gives the partner b. A partner shares the pool with frequency f; inside \
      the pool an instance is reinforced by both payoffs, outside by its own. It sees a tag that is right \
      with probability q, and nothing else. The optimum cooperates on tag o exactly if P(same pool | o) > \
      c / b, that is above f* = 1 / (1 + L (b - c) / c) with L the tag's likelihood ratio: Hamilton's \
      rule with the posterior as relatedness. A tabular policy is trained by sampled gradient over a \
      grid of f, and the f at which it turns is compared. Then a small network sees whether the partner \
      has its own weights and whether it shares the pool, two cues that always agreed in training, and \
      is asked where they part.
      """,
    cost: .quick(seconds: 20),
    parameters: [
      .number("benefit", 3, 0.01...1000, "b, what a cooperator gives"),
      .number("cost", 1, 0.01...1000, "c, what it pays"),
      .number("tag", 0.8, 0.5...0.999, "q, how often the tag is right"),
      .integer("steps", 6000, 10...1_000_000, "updates"),
      .integer("batch", 256, 2...100_000, "partners an update"),
      .integer("networks", 20, 1...1000, "networks of the two cues"),
      .integer("seed", 1, 0...1_000_000, "of all draws"),
    ],
    targets: [
      Target("exact-same", 1.0 / 9, within: .absolute(1e-9)),
      Target("exact-other", 2.0 / 3, within: .absolute(1e-9)),
      Target("exact-blind", 1.0 / 3, within: .absolute(1e-9)),
      Target("learned-same", 1.0 / 9, within: .absolute(0.03), .measured),
      Target("learned-other", 2.0 / 3, within: .absolute(0.03), .measured),
      Target("learned-blind", 1.0 / 3, within: .absolute(0.03), .measured),
    ],
    measure: { run in try RewardPools(run).findings() })
}

/// The donation game with a tag.
package struct DonationGame: Sendable {
  package var benefit, cost: Double

  package init(benefit: Double, cost: Double) {
    self.benefit = benefit
    self.cost = cost
  }

  /// P(same pool | tag).
  package static func posterior(_ frequency: Double, tag: Double, same: Bool) -> Double {
    let (inside, outside) = same ? (tag, 1 - tag) : (1 - tag, tag)
    return frequency * inside / (frequency * inside + (1 - frequency) * outside)
  }

  /// The frequency above which cooperating on a tag pays; nil where it never does.
  package func threshold(tag: Double, same: Bool) -> Double? {
    guard benefit > cost else { return nil }
    let ratio = same ? tag / (1 - tag) : (1 - tag) / tag
    return 1 / (1 + ratio * (benefit - cost) / cost)
  }

  /// What cooperating adds to the reinforced reward.
  func gain(sharesPool: Bool) -> Double { (sharesPool ? benefit : 0) - cost }
}

private struct RewardPools {
  let run: ClaimRun
  let game: DonationGame

  init(_ run: ClaimRun) {
    self.run = run
    game = DonationGame(benefit: run.number("benefit"), cost: run.number("cost"))
  }

  func findings() throws -> Findings {
    let tag = run.number("tag")
    guard let same = game.threshold(tag: tag, same: true),
      let other = game.threshold(tag: tag, same: false),
      let blind = game.threshold(tag: 0.5, same: true)
    else {
      throw ClaimError.noSolution(
        claim: run.claim, condition: "cooperation never pays unless the benefit exceeds the cost")
    }
    let tagged = try sweep(tag)
    let untagged = try sweep(0.5)
    let found = [
      Threshold("same", "on tag \"same\"", same, tagged.map { ($0.frequency, $0.same) }),
      Threshold("other", "on tag \"other\"", other, tagged.map { ($0.frequency, $0.other) }),
      Threshold(
        "blind", "without a telling tag", blind, untagged.map { ($0.frequency, $0.same) }),
    ]
    let values = found.flatMap { one in
      [
        Findings.Measured("learned-" + one.id, "learned threshold " + one.label, one.learned),
        Findings.Measured("exact-" + one.id, "exact threshold " + one.label, one.exact),
      ]
    }
    let cues = try networks()
    let told = found.map(\.words).joined(separator: ", ")
    let verdict: Findings.Verdict =
      found.allSatisfy { $0.gap < 0.03 }
      ? .init(.supported, because: "It turns where the posterior says: \(told).")
      : found.allSatisfy(\.isLearned)
        ? .init(.refuted, because: "It does not turn where the posterior says: \(told).")
        : .init(
          .undecided, because: "The policies are not learned yet, take more steps: \(told).")
    return Findings(
      verdict,
      values: values
        + [
          .init(
            "copy-only", "cooperates with a copy outside the pool, mean of networks",
            mean(cues.map(\.copyOnly))),
          .init(
            "pool-only", "cooperates with a stranger inside the pool, mean of networks",
            mean(cues.map(\.poolOnly))),
        ],
      tables: [cueTable(cues)], pictures: [picture(tagged, untagged, same, other, blind)],
      notes: [note(cues)])
  }

  // MARK: Thresholds

  struct Point: Sendable, Codable {
    var frequency: Double
    var same: Double
    var other: Double
  }

  /// Even, and closer at the ends, where a telling tag or a small cost puts the threshold.
  private static let frequencies: [Double] =
    [0.001, 0.005, 0.01] + (1...39).map { Double($0) / 40 } + [0.99, 0.995, 0.999]

  private func sweep(_ tag: Double) throws -> [Point] {
    let numbers = "\(game) \(tag) \(run.integer("steps")) \(run.integer("batch"))"
    return try run.once("sweep \(numbers) \(run.integer("seed")) 2") {
      try Self.frequencies.map { frequency in
        try run.checkCancelled()
        var stream = run.stream("tags", "\(tag)", "\(frequency)", "\(run.integer("seed"))")
        return train(frequency, tag, &stream)
      }
    }
  }

  private func train(_ frequency: Double, _ tag: Double, _ stream: inout NamedStream) -> Point {
    // One number a tag: 0 for "same", 1 for "other".
    var theta = [0.0, 0.0]
    // In benefits: what is given and paid in cents is learned as what is in dollars.
    let rate = 0.3 * (3 / game.benefit)
    for _ in 0..<run.integer("steps") {
      var gradient = [0.0, 0.0]
      var seen = [0.0, 0.0]
      for _ in 0..<run.integer("batch") {
        let inside = stream.uniform() < frequency
        let told = (stream.uniform() < tag) == inside ? 0 : 1
        let p = Solve.sigmoid(theta[told])
        let acts = stream.uniform() < p ? 1.0 : 0
        let gain = game.gain(sharesPool: inside)
        gradient[told] += (acts - p) * (acts - p) * gain
        seen[told] += 1
      }
      for index in theta.indices where seen[index] > 0 {
        theta[index] += rate * gradient[index] / seen[index]
      }
    }
    return Point(
      frequency: frequency, same: Solve.sigmoid(theta[0]), other: Solve.sigmoid(theta[1]))
  }

  /// Where cooperation starts, as it follows from the equations and as it was learned.
  private struct Threshold {
    var id, label: String
    var exact: Double
    private let curve: [(at: Double, p: Double)]

    init(_ id: String, _ label: String, _ exact: Double, _ curve: [(at: Double, p: Double)]) {
      self.id = id
      self.label = label
      self.exact = exact
      self.curve = curve
    }

    /// Where cooperation passes one half; nil beyond the ends of the grid.
    var learned: Double? {
      guard let index = curve.firstIndex(where: { $0.p >= 0.5 }), index > 0 else { return nil }
      let (a, b) = (curve[index - 1], curve[index])
      return a.at + (0.5 - a.p) / (b.p - a.p) * (b.at - a.at)
    }

    /// Where it can lie: in one place, or anywhere beyond an end of the grid.
    private var place: ClosedRange<Double> {
      if let learned { return learned...learned }
      let isBelow = curve.contains { $0.p >= 0.5 }
      return isBelow ? 0...(curve.first?.at ?? 1) : (curve.last?.at ?? 0)...1
    }

    var gap: Double { max(0, place.lowerBound - exact, exact - place.upperBound) }

    /// Whether the policy is all but sure wherever the threshold is not near.
    var isLearned: Bool { curve.allSatisfy { abs($0.at - exact) < 0.1 || abs($0.p - 0.5) > 0.4 } }

    var words: String {
      let found =
        learned.map { String(format: "%.3f", $0) }
        ?? (place.lowerBound == 0
          ? String(format: "below %.3f", place.upperBound)
          : String(format: "above %.3f", place.lowerBound))
      return found + String(format: " for %.3g ", exact) + label
    }
  }

  // MARK: Two cues

  struct Cues: Sendable, Codable {
    var both: Double
    var neither: Double
    var copyOnly: Double
    var poolOnly: Double

    /// Which rule it looks like where the cues part.
    var rule: String {
      switch (copyOnly > 0.5, poolOnly > 0.5) {
      case (false, true): "pool"
      case (true, false): "copy (evidential)"
      case (true, true): "either cue"
      case (false, false): "both cues"
      }
    }
  }

  /// Four hidden units that see both cues; in training copies share the pool and strangers do not.
  private func networks() throws -> [Cues] {
    try run.once("cues \(game) \(run.integer("networks")) \(run.integer("seed")) 2") {
      (0..<run.integer("networks")).map { index in
        var stream = run.stream("cues", "\(index)", "\(run.integer("seed"))")
        return network(&stream)
      }
    }
  }

  private func network(_ stream: inout NamedStream) -> Cues {
    let hidden = 4
    let rate = 0.1 * (3 / game.benefit)
    var inner = (0..<hidden).map { _ in (0..<3).map { _ in 0.7 * stream.normal() } }
    var outer = (0...hidden).map { _ in 0.7 * stream.normal() }
    func run(_ copy: Double, _ pool: Double) -> (p: Double, units: [Double]) {
      let units = inner.map { tanh($0[0] * copy + $0[1] * pool + $0[2]) }
      let sum = zip(units, outer).reduce(outer[hidden]) { $0 + $1.0 * $1.1 }
      return (Solve.sigmoid(sum), units)
    }
    for _ in 0..<2000 {
      for inside in [0.0, 1] {
        let (p, units) = run(inside, inside)
        let pull = rate * game.gain(sharesPool: inside == 1) * p * (1 - p)
        for unit in 0..<hidden {
          let back = pull * outer[unit] * (1 - units[unit] * units[unit])
          outer[unit] += pull * units[unit]
          inner[unit][0] += back * inside
          inner[unit][1] += back * inside
          inner[unit][2] += back
        }
        outer[hidden] += pull
      }
    }
    return Cues(
      both: run(1, 1).p, neither: run(0, 0).p, copyOnly: run(1, 0).p, poolOnly: run(0, 1).p)
  }

  private func note(_ cues: [Cues]) -> String {
    let rules = Set(cues.map(\.rule)).count
    return rules > 1
      ? """
      Trained where the two cues agree, networks fall on \(rules) different rules: what they do where \
      the cues part was never reinforced, and the first draw of their weights decides it.
      """
      : """
      What networks do where the cues part was never reinforced; that all of these fall on one rule is \
      owed to their first weights.
      """
  }

  private func cueTable(_ cues: [Cues]) -> Findings.Table {
    let rules = ["pool", "copy (evidential)", "either cue", "both cues"]
    return Findings.Table(
      "What networks do where the cues part",
      caption: String(
        format: """
          Trained on copies inside the pool (they cooperate: %.2f) and strangers outside (%.2f); asked \
          about copies outside and strangers inside.
          """, mean(cues.map(\.both)), mean(cues.map(\.neither))),
      columns: ["looks like the rule", "networks", "copy outside", "stranger inside"],
      rows: rules.map { rule in
        let own = cues.filter { $0.rule == rule }
        return [
          .text(rule), .number(Double(own.count), 0),
          .number(own.isEmpty ? nil : mean(own.map(\.copyOnly)), 2),
          .number(own.isEmpty ? nil : mean(own.map(\.poolOnly)), 2),
        ]
      })
  }

  private func picture(
    _ tagged: [Point], _ untagged: [Point], _ same: Double, _ other: Double, _ blind: Double
  ) -> Picture {
    .chart(
      Chart(
        "Cooperation by how often partners shared the pool",
        caption: "Upright lines: where the posterior exceeds cost over benefit.",
        x: .init("share of partners in the pool", low: 0, high: 1),
        y: .init("P(cooperate)", low: 0, high: 1),
        series: [
          .init("tag \"same\"", .line, tagged.map { .init($0.frequency, $0.same) }),
          .init("tag \"other\"", .line, tagged.map { .init($0.frequency, $0.other) }),
          .init("no telling tag", .dashed, untagged.map { .init($0.frequency, $0.same) }),
        ],
        rules: [.init(.x, same, ""), .init(.x, other, ""), .init(.x, blind, "")]))
  }
}
