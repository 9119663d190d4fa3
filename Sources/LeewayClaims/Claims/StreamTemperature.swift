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
      best T: 0 where the colder is the better, without bound where the hotter is. Beside it a policy \
      over eight temperatures sees K and learns from its sampled success in batches of tasks, as an \
      actor beside a critic. "Wants" means here: earns more reward.
      """,
    cost: .quick(seconds: 5),
    parameters: [
      .number("easy", 0.7, 0...1, "share of easy tasks"),
      .number("lead", 2, 0...20, "logits by which the right option leads in an easy task"),
      .number("gap", 1.5, 0...20, "logits by which it lies below the top option in a hard one"),
      .number("depth", 4, 0...20, "logits by which the others lie below the top option there"),
      .integer("others", 20, 1...1000, "other options"),
      .integer("streams", 8, 1...1_000_000, "K of one more row, without a policy"),
      .integer("episodes", 100_000, 100...10_000_000, "episodes of the policy, for each K"),
      .integer("batch", 64, 1...1000, "tasks of an episode; their mean success is its reward"),
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

  /// Weight of an option so many logits below the top; at temperature 0 only the top has any.
  private func weight(_ logits: Double, _ temperature: Double) -> Double {
    logits == 0 ? 1 : exp(-logits / temperature)
  }

  /// Log chances that one sample is wrong, in an easy task and in a hard one. Of these the last digits
  /// are kept where a sample is all but surely right.
  private func wrong(_ temperature: Double) -> (easy: Double, hard: Double) {
    let distractors = Double(others) * weight(lead, temperature)
    let top = 1 + Double(others) * weight(depth, temperature)
    return (
      log(distractors) - log1p(distractors), -log1p(weight(gap, temperature) / top)
    )
  }

  /// - Parameter temperature: from 0 to infinity.
  package func success(_ temperature: Double, _ streams: Int) -> Double {
    let one = wrong(temperature)
    func any(_ wrong: Double) -> Double { -expm1(Double(streams) * wrong) }
    return easy * any(one.easy) + (1 - easy) * any(one.hard)
  }

  /// Log chance that every sample is wrong.
  private func failure(_ temperature: Double, _ streams: Int) -> Double {
    let one = wrong(temperature)
    let parts = [
      log(easy) + Double(streams) * one.easy, log(1 - easy) + Double(streams) * one.hard,
    ]
    let most = max(parts[0], parts[1])
    return most.isFinite ? most + log(exp(parts[0] - most) + exp(parts[1] - most)) : most
  }

  /// The best temperature from a fine grid on, then by golden sections: success may have two peaks.
  /// 0 where none is better than the coldest, infinite where the hottest is the best.
  package func best(_ streams: Int) -> Double {
    // Odds in logs tell apart what rounds to 0 or to 1.
    func odds(_ temperature: Double) -> Double {
      log(success(temperature, streams)) - failure(temperature, streams)
    }
    // What a temperature does is decided by its ratio to the logits.
    let logits = [lead, gap, depth].filter { $0 > 0 }
    guard let least = logits.min(), let most = logits.max() else { return 0 }
    let (low, high) = (log(least / 1000), log(1000 * most))
    let count = Int((high - low) / 0.01)
    let grid = (0...count).map { exp(low + (high - low) * Double($0) / Double(count)) }
    let values = grid.map(odds)
    let start = values.indices.max { values[$0] < values[$1] } ?? 0
    if values[start] <= values[0] { return 0 }
    if start == count { return .infinity }
    return Solve.maximum(grid[start - 1], grid[start + 1], of: odds)
  }
}

private struct StreamTemperature {
  let run: ClaimRun
  let tasks: ParallelStreams
  /// The best temperature for each of `streams`.
  let bests: [Double]
  static let streams = [1, 2, 4, 12, 32, 64]
  static let temperatures = [0.1, 0.2, 0.36, 0.6, 0.8, 0.95, 1.1, 1.4]

  init(_ run: ClaimRun) {
    self.run = run
    tasks = ParallelStreams(
      easy: run.number("easy"), lead: run.number("lead"), gap: run.number("gap"),
      depth: run.number("depth"), others: run.integer("others"))
    bests = Self.streams.map(tasks.best)
  }

  func findings() throws -> Findings {
    let policy = try learned()
    var values: [Findings.Measured] = []
    var rows: [[Findings.Cell]] = []
    var regrets: [Double] = []
    var off = 0
    func add(_ id: String, _ streams: Int, best: Double, policy: [Double]?) {
      values += [
        .init("best-\(id)", "best temperature for \(Self.told(streams))", best),
        .init(
          "success-\(id)", "success at the best temperature for \(Self.told(streams))",
          tasks.success(best, streams)),
      ]
      let chosen = policy.map { choice($0, streams) }
      if let chosen {
        regrets.append(chosen.regret)
        off = max(off, chosen.off)
      }
      rows.append([
        .number(Double(streams), 0), best.isFinite ? .number(best, 3) : .text(Self.told(best)),
        .number(tasks.success(best, streams), 4), .number(tasks.success(0, 1), 4),
        .number(chosen?.temperature, 2), .number(chosen?.regret, 4),
      ])
    }
    for (place, streams) in Self.streams.enumerated() {
      add("\(streams)", streams, best: bests[place], policy: policy[place])
    }
    let asked = run.integer("streams")
    add("asked", asked, best: tasks.best(asked), policy: nil)
    values += [
      .init("regret", "most that the policy loses by its choice", regrets.max()),
      .init("steps-off", "most grid steps between the policy and the best", Double(off)),
    ]
    let rises = zip(bests, bests.dropFirst()).allSatisfy { $0 <= $1 } && bests[0] < bests[5]
    let learns = (regrets.max() ?? 1) < 0.01
    let told =
      "the best temperature is \(Self.told(bests[0])) for one stream,"
      + " \(Self.told(bests[3])) for twelve and \(Self.told(bests[5])) for 64; regret "
      + String(format: "%.4f", regrets.max() ?? 0)
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

  /// The temperature that a policy likes best, what it loses by that, and how many steps of the grid
  /// lie between it and the nearest of the best ones.
  private func choice(_ policy: [Double], _ streams: Int)
    -> (temperature: Double, regret: Double, off: Int)
  {
    let successes = Self.temperatures.map { tasks.success($0, streams) }
    let most = successes.max() ?? 0
    let chosen = policy.indices.max { policy[$0] < policy[$1] } ?? 0
    let off = successes.indices.filter { successes[$0] >= most - 1e-12 }
      .map { abs($0 - chosen) }.min()
    return (Self.temperatures[chosen], most - successes[chosen], off ?? 0)
  }

  private static func told(_ streams: Int) -> String {
    streams == 1 ? "1 stream" : "\(streams) streams"
  }

  private static func told(_ temperature: Double) -> String {
    temperature.isFinite ? String(format: "%.3g", temperature) : "without bound"
  }

  private var picture: Picture {
    let bests = zip(Self.streams, bests).filter { $0.1.isFinite }
    let end = max(2, 1.25 * (bests.map(\.1).max() ?? 0))
    let series = Self.streams.map { streams in
      Chart.Series(
        Self.told(streams), .line,
        (1...80).map { end * Double($0) / 80 }.map { .init($0, tasks.success($0, streams)) })
    }
    return .chart(
      Chart(
        "Success by temperature and number of streams",
        caption: "Dots: the best temperature of each.", x: .init("temperature", low: 0),
        y: .init("success", low: 0, high: 1),
        series: series + [
          .init("best", .dots, bests.map { .init($0.1, tasks.success($0.1, $0.0)) })
        ]))
  }

  /// Probabilities of the temperatures for each number of streams, after a policy gradient over all
  /// actions: each is reinforced by what it has given so far.
  ///
  /// Neighbouring temperatures differ by a half per cent of success or less. Single tasks tell them
  /// apart only by luck, so that an episode is a batch; and reinforcing but the temperature that was
  /// drawn makes those win that were drawn early.
  private func learned() throws -> [[Double]] {
    let (episodes, batch) = (run.integer("episodes"), run.integer("batch"))
    return try run.once("policy \(tasks) \(episodes) \(batch) \(run.integer("seed")) 4") {
      var stream = run.stream("policy", "\(run.integer("seed"))")
      return Self.streams.map { streams in
        var scores = Self.temperatures.map { _ in 0.0 }
        var sums = scores
        var counts = scores
        let solved = Self.temperatures.map {
          Self.binomial(batch, tasks.success($0, streams))
        }
        for _ in 0..<episodes {
          let weights = Self.softmax(scores)
          let choice = Self.draw(weights, stream.uniform())
          let reward = Double(Self.draw(solved[choice], stream.uniform())) / Double(batch)
          sums[choice] += reward
          counts[choice] += 1
          let values = weights.indices.map { counts[$0] > 0 ? sums[$0] / counts[$0] : 0.5 }
          let expected = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }
          for index in scores.indices {
            scores[index] += 0.05 * weights[index] * (values[index] - expected)
          }
        }
        return Self.softmax(scores)
      }
    }
  }

  /// Chances of 0, 1, ... `count` successes.
  private static func binomial(_ count: Int, _ chance: Double) -> [Double] {
    var chances = [1.0]
    for _ in 0..<count {
      chances = (0...chances.count).map { place in
        (place < chances.count ? chances[place] * (1 - chance) : 0)
          + (place > 0 ? chances[place - 1] * chance : 0)
      }
    }
    return chances
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
