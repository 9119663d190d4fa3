import Foundation
import LeewayBase

extension Claim {
  /// F1 and F4: two instances of one policy, and three ways to hand out the reward.
  static let rewardAllocation = Claim(
    id: "reward-allocation",
    title: "Does the way reward is handed out decide whether copies cooperate?",
    sentence: """
      For example in a twin prisoner's dilemma, the reinforced behaviour depends on how you assign the \
      reward to the networks.
      """,
    hypothesis: """
      Rewarding each instance for itself trains defection, rewarding it for its twin too trains \
      cooperation; and where mixed play is best the pooled policy is neither that of a causal nor that \
      of an evidential decision maker.
      """,
    experiment: """
      Two independently sampled instances of one policy, p = P(cooperate), play a symmetric game with \
      payoffs T > R > P > S. An instance is reinforced by its own payoff plus w times its twin's. The \
      drift of the policy gradient is D(p) = p [(R - T) + w (R - S)] + (1 - p) [(S - P) + w (T - P)], a \
      straight line, so where it ends from an even start is known exactly; a sampled policy gradient is \
      run beside it. The second game has as default T + S > 2 R: there a causal decision maker defects, \
      an evidential one, whose twin does what it does, cooperates always, and the team does best by \
      cooperating five times in six.
      """,
    cost: .quick(seconds: 5),
    parameters: [
      .number("temptation", 5, -100...100, "T of the first game"),
      .number("reward", 3, -100...100, "R of both games"),
      .number("punishment", 1, -100...100, "P of both games"),
      .number("sucker", 0, -100...100, "S of both games"),
      .number("second-temptation", 7, -100...100, "T of the second game"),
      .number("weight", 0.45, -1...2, "w of one more run of the first game"),
      .integer("steps", 4000, 10...100_000, "updates"),
      .integer("batch", 256, 2...100_000, "pairs of instances an update"),
      .integer("seed", 1, 0...1_000_000, "of the sampled runs"),
    ],
    targets: [
      Target("exact-0.3", 2.0 / 13, within: .absolute(1e-9)),
      Target("exact-0.4", 0.6 / 1.4, within: .absolute(1e-9)),
      Target("exact-0.5", 2.0 / 3, within: .absolute(1e-9)),
      Target("exact-0.6", 0.875, within: .absolute(1e-9)),
      Target("exact-second-pooled", 5.0 / 6, within: .absolute(1e-9)),
      Target("value-second-pooled", 111.0 / 36, within: .absolute(1e-9)),
      Target("sampled-0.3", 0.146, within: .absolute(0.02), .measured),
      Target("sampled-0.4", 0.424, within: .absolute(0.02), .measured),
      Target("sampled-0.5", 0.664, within: .absolute(0.02), .measured),
      Target("sampled-0.6", 0.871, within: .absolute(0.02), .measured),
      Target("sampled-0", 0.001, within: .absolute(0.005), .measured),
      Target("sampled-1", 0.999, within: .absolute(0.005), .measured),
      Target("sampled-second-pooled", 0.833, within: .absolute(0.02), .measured),
      Target("sampled-second-shared", 0.999, within: .absolute(0.005), .measured),
      Target("sampled-second-grpo", 0.831, within: .absolute(0.02), .measured),
    ],
    measure: { run in try RewardAllocation(run).findings() })
}

/// T > R > P > S for the prisoner's dilemma; any four numbers are a game.
package struct SymmetricGame: Sendable {
  package var temptation, reward, punishment, sucker: Double

  package init(temptation: Double, reward: Double, punishment: Double, sucker: Double) {
    self.temptation = temptation
    self.reward = reward
    self.punishment = punishment
    self.sucker = sucker
  }

  package enum Allocation: Sendable, Equatable {
    /// Own payoff plus a share of the twin's.
    case weight(Double)
    /// Own payoff, both instances draw the same numbers and so do the same.
    case sharedSeed
  }

  /// What an instance gets for (own, other), 1 being to cooperate.
  func payoff(_ own: Int, _ other: Int) -> Double {
    switch (own, other) {
    case (1, 1): reward
    case (1, _): sucker
    case (_, 1): temptation
    default: punishment
    }
  }

  /// The drift's direction at p.
  package func drift(_ p: Double, _ allocation: Allocation) -> Double {
    switch allocation {
    case .sharedSeed: return reward - punishment
    case .weight(let w):
      let together = (reward - temptation) + w * (reward - sucker)
      let alone = (sucker - punishment) + w * (temptation - punishment)
      return p * together + (1 - p) * alone
    }
  }

  /// Where the drift ends from an even start; there it stays where nothing drives it.
  package func end(_ allocation: Allocation) -> Double {
    let start = drift(0.5, allocation)
    let (alone, together) = (drift(0, allocation), drift(1, allocation))
    // Sums of payoffs that cancel leave a rounding error of their size.
    if abs(start) <= 1e-12 * (abs(alone) + abs(together) + scale) { return 0.5 }
    // A line: the drift meets its 0 where it falls through it, else an end of the axis.
    let crossing = alone / (alone - together)
    return start > 0 ? (together >= 0 ? 1 : crossing) : alone <= 0 ? 0 : crossing
  }

  /// The largest payoff.
  private var scale: Double {
    [temptation, reward, punishment, sucker].map(abs).max() ?? 0
  }

  /// The distance from the least payoff to the most.
  private var range: Double {
    let payoffs = [temptation, reward, punishment, sucker]
    return (payoffs.max() ?? 0) - (payoffs.min() ?? 0)
  }

  /// Mean payoff when both cooperate with p.
  package func value(_ p: Double) -> Double {
    p * p * reward + p * (1 - p) * (temptation + sucker) + (1 - p) * (1 - p) * punishment
  }

  /// Policy gradient on sampled pairs, from an even start.
  ///
  /// A step is measured in the game's own payoffs, so that a game in cents goes as one in dollars.
  /// The baseline of a pair is the mean of the others: one that holds the pair's own rewards would
  /// take a part of what an action does to the twin from the action.
  ///
  /// - Parameter normalised: advantages against the whole group in its standard deviations, as GRPO
  ///   has them.
  /// - Returns: p at the start, then its mean over every hundred updates.
  func train(
    _ allocation: Allocation, steps: Int, batch: Int, normalised: Bool,
    stream: inout NamedStream
  ) -> [Double] {
    var theta = 0.0
    var path = [0.5]
    var (sum, count) = (0.0, 0)
    for step in 1...steps {
      let p = Solve.sigmoid(theta)
      var actions: [(Int, Int)] = []
      var rewards: [(Double, Double)] = []
      for _ in 0..<batch {
        let first = stream.uniform() < p ? 1 : 0
        var second = first
        if allocation != .sharedSeed { second = stream.uniform() < p ? 1 : 0 }
        let (mine, other) = (payoff(first, second), payoff(second, first))
        actions.append((first, second))
        if case .weight(let w) = allocation {
          rewards.append((mine + w * other, other + w * mine))
        } else {
          rewards.append((mine, other))
        }
      }
      let all = rewards.flatMap { [$0.0, $0.1] }
      let middle = mean(all)
      let spread = mean(all.map { ($0 - middle) * ($0 - middle) }).squareRoot()
      let unit = normalised ? max(spread, 1e-9 * range) : range / 5
      var gradient = 0.0
      for (action, reward) in zip(actions, rewards) {
        let others =
          normalised
          ? middle
          : (middle * Double(2 * batch) - reward.0 - reward.1) / Double(2 * batch - 2)
        gradient += (reward.0 - others) * (Double(action.0) - p)
        gradient += (reward.1 - others) * (Double(action.1) - p)
      }
      // Equal payoffs teach nothing.
      if unit > 0 { theta += 0.25 * gradient / unit / Double(2 * batch) }
      (sum, count) = (sum + Solve.sigmoid(theta), count + 1)
      if step.isMultiple(of: 100) || step == steps {
        path.append(sum / Double(count))
        (sum, count) = (0, 0)
      }
    }
    return path
  }
}

private struct RewardAllocation {
  let run: ClaimRun
  let first: SymmetricGame
  let second: SymmetricGame
  private static let weights = [0, 0.3, 0.4, 0.5, 0.6, 1]

  init(_ run: ClaimRun) {
    self.run = run
    func game(_ temptation: String) -> SymmetricGame {
      SymmetricGame(
        temptation: run.number(temptation), reward: run.number("reward"),
        punishment: run.number("punishment"), sucker: run.number("sucker"))
    }
    first = game("temptation")
    second = game("second-temptation")
  }

  private func path(
    _ game: SymmetricGame, _ allocation: SymmetricGame.Allocation, _ name: String,
    normalised: Bool = false
  ) throws -> [Double] {
    let numbers = "\(game) \(run.integer("steps")) \(run.integer("batch")) \(run.integer("seed"))"
    return try run.once("path \(name) \(numbers) 3") {
      var stream = run.stream(name, "\(run.integer("seed"))")
      return game.train(
        allocation, steps: run.integer("steps"), batch: run.integer("batch"),
        normalised: normalised, stream: &stream)
    }
  }

  /// The mean over the last half of the updates: a mixed end wobbles, and slowly.
  private func end(_ path: [Double]) -> Double { mean(path.suffix(max(1, path.count / 2))) }

  func findings() throws -> Findings {
    var values: [Findings.Measured] = []
    var paths: [Chart.Series] = []
    var rows: [[Findings.Cell]] = []
    var gap = 0.0
    func add(
      _ id: String, _ label: String, _ game: SymmetricGame,
      _ allocation: SymmetricGame.Allocation, normalised: Bool = false
    ) throws {
      let sampled = try path(game, allocation, id, normalised: normalised)
      let exact = game.end(allocation)
      gap = max(gap, abs(exact - end(sampled)))
      values.append(.init("exact-" + id, "exact end: " + label, exact))
      values.append(.init("sampled-" + id, "sampled end: " + label, end(sampled)))
      rows.append([.text(label), .number(exact, 3), .number(end(sampled), 3)])
      paths.append(
        .init(
          label, .line, sampled.enumerated().map { .init(Double($0 * 100), $1) }))
    }
    for weight in Self.weights {
      let id = Int(exactly: weight).map { "\($0)" } ?? "\(weight)"
      try add(id, "first game, w = \(id)", first, .weight(weight))
    }
    let asked = run.number("weight")
    try add("asked", "first game, w = \(Claim.Value.number(asked))", first, .weight(asked))
    let firstPaths = paths
    paths = []
    try add("second-individual", "second game, each for itself", second, .weight(0))
    try add("second-pooled", "second game, pooled", second, .weight(1))
    try add("second-shared", "second game, one random seed", second, .sharedSeed)
    try add("second-grpo", "second game, pooled, GRPO", second, .weight(1), normalised: true)
    let pooled = second.end(.weight(1))
    values.append(
      .init("value-second-pooled", "mean payoff of the pooled end", second.value(pooled)))
    return Findings(
      verdict(gap: gap), values: values,
      tables: [
        .init(
          "Where the policy ends", caption: "P(cooperate).",
          columns: ["reward", "exact", "sampled"], rows: rows)
      ],
      pictures: [
        drift, chart("The first game, by the weight of the twin's payoff", firstPaths),
        chart("The second game: each for itself, pooled, and as one", paths),
      ],
      notes: [note("first", first), note("second", second)])
  }

  /// By the exact ends; sampled play that is not where they are decides nothing.
  private func verdict(gap: Double) -> Findings.Verdict {
    let (alone, pooled) = (first.end(.weight(0)), first.end(.weight(1)))
    let (causal, third) = (second.end(.weight(0)), second.end(.weight(1)))
    let evidential = second.end(.sharedSeed)
    let numbers = String(
      format: """
        each for itself %.3f, pooled %.3f; in the second game %.3f, %.3f pooled, %.3f as one; sampled \
        play ends within %.3f of these
        """, alone, pooled, causal, third, evidential, gap)
    let depends = abs(pooled - alone) > 0.5
    let apart = abs(third - causal) > 0.1 && abs(evidential - third) > 0.1
    switch (gap <= 0.1, depends, apart) {
    case (false, _, _):
      return .init(
        .undecided,
        because: """
          Sampled play is not where the drift ends, after too few steps, in too small a batch or from a \
          tipping point: \(numbers).
          """)
    case (true, true, true):
      return .init(
        .supported, because: "Allocation decides, and pooling is a third thing: \(numbers).")
    case (true, false, _):
      return .init(.refuted, because: "Allocation does not decide here: \(numbers).")
    case (true, true, false):
      return .init(
        .undecided, because: "Allocation decides, but this game tells no third thing: \(numbers).")
    }
  }

  /// Whether pooled reward can be told from an evidential decision maker.
  private func note(_ name: String, _ game: SymmetricGame) -> String {
    let (pooled, one) = (game.end(.weight(1)), game.end(.sharedSeed))
    return abs(pooled - one) <= 0.1
      ? """
      In the \(name) game pooled reward and an evidential decision maker do the same and cannot be told \
      apart.
      """
      : "In the \(name) game they can be told apart: "
        + String(format: "pooled reward ends at %.3f, an evidential one at %.3f.", pooled, one)
  }

  private func chart(_ title: String, _ series: [Chart.Series]) -> Picture {
    .chart(
      Chart(
        title, caption: "Sampled policy gradient.", x: .init("update"),
        y: .init("P(cooperate)", low: 0, high: 1), series: series))
  }

  /// The phase line of both games.
  private var drift: Picture {
    func series(_ name: String, _ game: SymmetricGame, _ allocation: SymmetricGame.Allocation)
      -> Chart.Series
    {
      .init(
        name, .line,
        (0...40).map { Double($0) / 40 }.map { p in
          .init(p, p * (1 - p) * game.drift(p, allocation))
        })
    }
    return .chart(
      Chart(
        "Where the gradient drives the policy",
        caption: "Above 0 towards cooperation; it ends where a line falls through 0.",
        x: .init("P(cooperate)", low: 0, high: 1), y: .init("drift"),
        series: [
          series("first, w = 0", first, .weight(0)), series("first, w = 0.5", first, .weight(0.5)),
          series("first, w = 1", first, .weight(1)), series("second, w = 1", second, .weight(1)),
        ], rules: [.init(.y, 0, "")]))
  }
}
