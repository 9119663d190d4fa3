import Foundation
import LeewayBase

extension Claim {
  /// C1: what temperature should a dozen parallel streams have?
  static let streamTemperature = Claim(
    id: "stream-temperature",
    title: "Would a model want to be hotter when it reasons in parallel streams?",
    sentence: """
      An LLM might want to change its decoding parameters (like running at a higher temp in a dozen \
      parallel reasoning streams) under certain circumstances.
      """,
    hypothesis: """
      With a verifier the best temperature rises with the number of streams, is low for a single one, \
      and a policy that is rewarded for success finds it.
      """,
    experiment: """
      Tasks are easy (a share 0.7: the right option leads twenty others by 2 logits) or hard (it lies \
      1.5 below the top option, with twenty others 4 below). K samples are drawn at temperature T and a \
      verifier accepts if any is right, so success is known exactly for every T and K, and so is the \
      best T. Beside it a policy over eight temperatures sees K and is reinforced by sampled success. \
      "Wants" means here: earns more reward.
      """,
    cost: .quick(seconds: 5),
    parameters: [
      .number("easy", 0.7, 0...1, "share of easy tasks"),
      .number("lead", 2, 0...20, "logits by which the right option leads in an easy task"),
      .number("gap", 1.5, 0...20, "logits by which it lies below the top option in a hard one"),
      .number("depth", 4, 0...20, "logits by which the others lie below the top option there"),
      .integer("others", 20, 1...1000, "other options"),
      .integer("episodes", 100_000, 100...10_000_000, "episodes of the policy, for each K"),
      .integer("seed", 1, 0...1_000_000, "of the policy"),
    ],
    targets: [
      (1, 0.1210, 0.7000), (2, 0.3596, 0.7055), (4, 0.592, 0.7586), (12, 0.911, 0.9383),
      (32, 1.084, 0.9978), (64, 1.137, 1.0000),
    ].flatMap { streams, best, success in
      [
        Target("best-\(streams)", best, within: .absolute(5e-4)),
        Target("success-\(streams)", success, within: .absolute(5e-5)),
      ]
    } + [
      Target("regret", 0, within: .absolute(0.01)),
      Target("steps-off", 0, within: .absolute(1)),
    ],
    measure: { run in try StreamTemperature(run).findings() })
}

/// Success of K samples at a temperature.
package struct ParallelStreams: Sendable {
  package var easy, lead, gap, depth: Double
  package var others: Int

  package init(easy: Double, lead: Double, gap: Double, depth: Double, others: Int) {
    self.easy = easy
    self.lead = lead
    self.gap = gap
    self.depth = depth
    self.others = others
  }

  /// Chance that one sample is right, in an easy task and in a hard one.
  func right(_ temperature: Double) -> (easy: Double, hard: Double) {
    let others = Double(others)
    let top = exp(-gap / temperature)
    return (
      1 / (1 + others * exp(-lead / temperature)),
      top / (1 + top + others * exp(-depth / temperature))
    )
  }

  package func success(_ temperature: Double, _ streams: Int) -> Double {
    let one = right(temperature)
    func any(_ p: Double) -> Double { -expm1(Double(streams) * log1p(-min(p, 1 - 1e-16))) }
    return easy * any(one.easy) + (1 - easy) * any(one.hard)
  }

  /// The best temperature from a fine grid on, then by golden sections: success may have two peaks.
  package func best(_ streams: Int) -> Double {
    let grid = (1...600).map { Double($0) / 100 }
    let start = grid.max { success($0, streams) < success($1, streams) } ?? 1
    return Solve.maximum(max(1e-3, start - 0.02), start + 0.02) { success($0, streams) }
  }
}

private struct StreamTemperature {
  let run: ClaimRun
  let tasks: ParallelStreams
  static let streams = [1, 2, 4, 12, 32, 64]
  static let temperatures = [0.1, 0.2, 0.36, 0.6, 0.8, 0.95, 1.1, 1.4]

  init(_ run: ClaimRun) {
    self.run = run
    tasks = ParallelStreams(
      easy: run.number("easy"), lead: run.number("lead"), gap: run.number("gap"),
      depth: run.number("depth"), others: run.integer("others"))
  }

  func findings() throws -> Findings {
    let policy = try learned()
    var values: [Findings.Measured] = []
    var rows: [[Findings.Cell]] = []
    var regrets: [Double] = []
    var off = 0
    for (place, streams) in Self.streams.enumerated() {
      let best = tasks.best(streams)
      let most = tasks.success(best, streams)
      let onGrid = Self.temperatures.map { tasks.success($0, streams) }
      let ideal = onGrid.indices.max { onGrid[$0] < onGrid[$1] } ?? 0
      let chosen = policy[place].indices.max { policy[place][$0] < policy[place][$1] } ?? 0
      let regret = onGrid[ideal] - onGrid[chosen]
      regrets.append(regret)
      off = max(off, abs(ideal - chosen))
      values += [
        .init("best-\(streams)", "best temperature for \(streams) streams", best),
        .init("success-\(streams)", "success there", most),
      ]
      rows.append([
        .number(Double(streams), 0), .number(best, 3), .number(most, 4),
        .number(tasks.success(1e-3, streams), 4), .number(Self.temperatures[chosen], 2),
        .number(regret, 4),
      ])
    }
    let bests = Self.streams.map(tasks.best)
    values += [
      .init("regret", "most that the policy loses by its choice", regrets.max()),
      .init("steps-off", "most grid steps between the policy and the best", Double(off)),
    ]
    let rises = zip(bests, bests.dropFirst()).allSatisfy { $0 < $1 }
    let learns = (regrets.max() ?? 1) < 0.01
    let told = String(
      format: "the best temperature is %.2f for one stream and %.2f for twelve; regret %.4f",
      bests[0], bests[3], regrets.max() ?? 0)
    return Findings(
      rises && learns
        ? .init(.supported, because: "Hotter pays with more streams and is learned: \(told).")
        : rises
          ? .init(.undecided, because: "Hotter pays, but the policy does not find it: \(told).")
          : .init(.refuted, because: "The best temperature does not rise with streams: \(told)."),
      values: values,
      tables: [
        .init(
          "Best temperature by number of streams",
          columns: ["streams", "best T", "success", "greedy", "policy's T", "regret"], rows: rows)
      ],
      pictures: [picture],
      notes: ["Greedy decoding gives every stream the same answer, so more of them gain nothing."])
  }

  private var picture: Picture {
    let series = Self.streams.map { streams in
      Chart.Series(
        "\(streams)", .line,
        (1...80).map { Double($0) / 40 }.map { .init($0, tasks.success($0, streams)) })
    }
    let bests = Self.streams.map { streams -> Chart.Point in
      let best = tasks.best(streams)
      return .init(best, tasks.success(best, streams))
    }
    return .chart(
      Chart(
        "Success by temperature and number of streams",
        caption: "Dots: the best temperature of each.", x: .init("temperature", low: 0),
        y: .init("success", low: 0, high: 1), series: series + [.init("best", .dots, bests)]))
  }

  /// Probabilities of the temperatures for each number of streams, after REINFORCE with a running
  /// baseline.
  private func learned() throws -> [[Double]] {
    let episodes = run.integer("episodes")
    return try run.once("policy \(tasks) \(episodes) \(run.integer("seed")) 2") {
      var stream = run.stream("policy", "\(run.integer("seed"))")
      return Self.streams.map { streams in
        var scores = Self.temperatures.map { _ in 0.0 }
        var sums = scores
        var counts = scores
        let rewards = Self.temperatures.map { tasks.success($0, streams) }
        for _ in 0..<episodes {
          let weights = Self.softmax(scores)
          let choice = Self.draw(weights, stream.uniform())
          let reward = stream.uniform() < rewards[choice] ? 1.0 : 0
          sums[choice] += reward
          counts[choice] += 1
          // The value that the policy expects, from what each choice has given so far.
          let known = weights.indices.map { counts[$0] > 0 ? sums[$0] / counts[$0] : 0.5 }
          let baseline = zip(weights, known).reduce(0) { $0 + $1.0 * $1.1 }
          for index in scores.indices {
            scores[index] +=
              0.05 * (reward - baseline) * ((index == choice ? 1 : 0) - weights[index])
          }
        }
        return Self.softmax(scores)
      }
    }
  }

  private static func softmax(_ scores: [Double]) -> [Double] {
    let most = scores.max() ?? 0
    let weights = scores.map { exp($0 - most) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  private static func draw(_ weights: [Double], _ place: Double) -> Int {
    var left = place
    for (index, weight) in weights.enumerated() {
      left -= weight
      if left < 0 { return index }
    }
    return weights.count - 1
  }
}
