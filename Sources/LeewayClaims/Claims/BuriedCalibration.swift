import Foundation
import LeewayBase

extension Claim {
  /// G2: reward with a penalty for leaving the base model makes answers sharper and calibration worse.
  static let buriedCalibration = Claim(
    id: "buried-calibration",
    title: "Does reward bury calibration rather than destroy it?",
    sentence: """
      Perhaps this relates to how some base model capabilities are buried by the SFT/RL process, like \
      GPT-4's loss of statistical calibration.
      """,
    hypothesis: """
      The optimum of reward minus beta times the divergence from a calibrated base is overconfident in a \
      way that one number undoes: a fitted inverse brings the calibration error of other questions \
      back below 0.01.
      """,
    experiment: """
      Each question has a true answer A with probability p, p uniform between one half and one, and a \
      calibrated base says A with p. Reward 1 for the right answer, minus beta times the divergence from \
      the base, has the optimum logit P(A) = logit p + (2 p - 1) / beta. Its calibration error, Brier \
      score, accuracy and log loss are integrals; a small network that sees p through eight bumps is \
      trained by sampled policy gradient with the same penalty and compared with that curve. Then beta is \
      fitted on half of the questions by log loss through the inverse map, and the calibration error of \
      the other half is measured, beside that of the base itself, which so few questions leave to chance. \
      What is buried must be read to be dug out: with digits > 0 answers' chances are rounded to so many.
      """,
    cost: .quick(seconds: 20),
    parameters: [
      .number("beta", 0.3, 0.02...10, "one more strength of the penalty, without a network"),
      .integer("steps", 3000, 10...1_000_000, "updates of the network"),
      .integer("batch", 512, 2...100_000, "questions an update"),
      .integer("questions", 200_000, 1000...10_000_000, "questions of the recovery, half to fit"),
      .integer("digits", 0, 0...15, "decimal digits to which P(A) is read; 0: all of it"),
      .integer("seed", 1, 0...1_000_000, "of network and questions"),
    ],
    targets: [
      (1, 0.0530, 0.1701, 0.6937, 0.5145), (0.5, 0.0907, 0.1768, 0.7109, 0.5507),
      (0.2, 0.1527, 0.1959, 0.7343, 0.7255), (0.1, 0.1924, 0.2141, 0.7444, 1.0948),
      (0.05, 0.2185, 0.2290, 0.7483, 1.8972),
    ].flatMap { beta, ece, brier, accuracy, loss in
      [
        Target("ece-\(beta)", ece, within: .absolute(5e-5)),
        Target("brier-\(beta)", brier, within: .absolute(5e-5)),
        Target("accuracy-\(beta)", accuracy, within: .absolute(5e-5)),
        Target("loss-\(beta)", loss, within: .absolute(5e-5)),
      ]
    } + [
      Target("recovered", 0, within: .absolute(0.01)),
      Target("network-gap", 0, within: .absolute(0.02)),
    ],
    beside: [
      Beside(
        "calibration error before and after PPO, MMLU subset", "0.007 and 0.074", system: "GPT-4",
        source: "https://arxiv.org/abs/2303.08774")
    ],
    measure: { run in try BuriedCalibration(run).findings() })
}

/// The optimum of reward minus beta · divergence from a calibrated base.
package struct RewardedBase: Sendable {
  package let beta: Double
  package init(beta: Double) { self.beta = beta }

  /// Chance to answer A where A is right with probability p.
  package func answer(_ p: Double) -> Double { Solve.sigmoid(logit(p)) }

  /// Of that chance: a sharp answer does not round to certainty.
  package func logit(_ p: Double) -> Double { Solve.logit(p) + (2 * p - 1) / beta }

  /// The base's p from the answer's logit: the inverse of x + (2 sigmoid(x) − 1) / beta.
  package func base(logit wanted: Double) -> Double {
    // What is added is less than 1 / beta, and of the same sign.
    let found = Solve.root(min(0, wanted), max(0, wanted)) {
      $0 + (2 * Solve.sigmoid($0) - 1) / beta - wanted
    }
    return Solve.sigmoid(found ?? 0)
  }

  package struct Scores: Sendable {
    package var ece, brier, accuracy, loss: Double
  }

  /// p uniform on [1/2, 1]; integrals.
  package var scores: Scores {
    func mean(_ value: @escaping (Double) -> Double) -> Double {
      2 * Solve.integral(0.5, 1 - 1e-12, of: value)
    }
    return Scores(
      ece: mean { answer($0) - $0 },
      brier: mean { p in
        let q = answer(p)
        return p * (1 - q) * (1 - q) + (1 - p) * q * q
      },
      accuracy: mean { p in
        let q = answer(p)
        return p * q + (1 - p) * (1 - q)
      },
      loss: mean { p in
        let x = logit(p)
        return p * log1p(exp(-x)) + (1 - p) * (x + log1p(exp(-x)))
      })
  }
}

private struct BuriedCalibration {
  let run: ClaimRun
  static let betas = [1, 0.5, 0.2, 0.1, 0.05]

  init(_ run: ClaimRun) { self.run = run }

  func findings() throws -> Findings {
    var values: [Findings.Measured] = []
    var rows: [[Findings.Cell]] = []
    var recovered: [Double] = []
    var gaps: [Double] = []
    var learned: [Chart.Point] = []
    var chance: [Double] = []
    // Spelt as a target spells it: 1.0 where beta is 1.
    for (beta, id) in Self.betas.map({ ($0, "\($0)") }) + [(run.number("beta"), "asked")] {
      let scores = RewardedBase(beta: beta).scores
      let name = Claim.Value.number(beta)
      let found = try recovery(beta)
      recovered.append(found.error)
      chance.append(found.chance)
      let network = id == "asked" ? nil : try networkError(beta)
      if let network {
        gaps.append(abs(network - scores.ece))
        learned.append(.init(beta, network))
      }
      values += [
        .init("ece-\(id)", "calibration error, beta \(name)", scores.ece),
        .init("brier-\(id)", "Brier score, beta \(name)", scores.brier),
        .init("accuracy-\(id)", "sampled accuracy, beta \(name)", scores.accuracy),
        .init("loss-\(id)", "log loss, beta \(name)", scores.loss),
      ]
      rows.append([
        .text("\(name)"), .number(scores.ece, 4), .number(scores.brier, 4),
        .number(scores.accuracy, 4), .number(scores.loss, 4), .number(found.beta, 3),
        .number(found.error, 4), .number(found.chance, 4), .number(network, 4),
      ])
    }
    let key = [
      Findings.Measured(
        "recovered", "largest calibration error after the fitted inverse, other half of questions",
        recovered.max()),
      Findings.Measured(
        "network-gap", "largest gap of the trained network's calibration error from the curve",
        gaps.max()),
    ]
    let left = recovered.max() ?? 1
    let told = String(
      format: """
        after one fitted number the error is at most %.4f, of the base itself %.4f; at beta 0.1 it was \
        %.3f
        """, left, chance.max() ?? 1, RewardedBase(beta: 0.1).scores.ece)
    // Few questions give the base itself an error by chance.
    let isLost = zip(recovered, chance).contains { $0 >= 0.01 && $0 > 2 * $1 }
    return Findings(
      left < 0.01
        ? .init(.supported, because: "Calibration is buried, not destroyed: \(told).")
        : isLost
          ? .init(.refuted, because: "The fitted inverse does not restore calibration: \(told).")
          : .init(.undecided, because: "So few questions do not tell, take more: \(told)."),
      values: key + values,
      tables: [
        .init(
          "By the strength of the penalty",
          caption: """
            The base has calibration error 0, Brier score 0.1667, accuracy 0.6667, log loss 0.5. Fitted: \
            beta from half of the questions; restored: calibration error of the other half through the \
            inverse; chance: the same of the base itself, which is only the noise of so many questions. \
            Network: calibration error after policy gradient.
            """,
          columns: [
            "beta", "error", "Brier", "accuracy", "log loss", "fitted", "restored", "chance",
            "network",
          ], rows: rows)
      ],
      pictures: [curves, errors(learned)],
      notes: ["Accuracy rises while calibration falls, without any new circuit."])
  }

  // MARK: Recovery

  private struct Question {
    /// The base's chance, and the logit of what is answered.
    var p, said: Double
    var right: Double
  }

  /// The logit of an answer as far as it is told. What rounds to certainty is half a digit from it.
  private func read(_ model: RewardedBase, _ p: Double) -> Double {
    let digits = run.integer("digits")
    guard digits > 0 else { return model.logit(p) }
    let unit = pow(10, -Double(digits))
    let told = (model.answer(p) / unit).rounded() * unit
    return Solve.logit(min(max(told, unit / 2), 1 - unit / 2))
  }

  /// Beta fitted on one half, the calibration error left in the other, over twenty bins, and that of
  /// the base.
  private func recovery(_ beta: Double) throws -> (beta: Double, error: Double, chance: Double) {
    try run.checkCancelled()
    var stream = run.stream("questions", "\(beta)", "\(run.integer("seed"))")
    let model = RewardedBase(beta: beta)
    let questions = (0..<run.integer("questions")).map { _ -> Question in
      let p = 0.5 + 0.5 * stream.uniform()
      return Question(p: p, said: read(model, p), right: stream.uniform() < p ? 1 : 0)
    }
    let half = questions.count / 2
    // Questions with like answers together: the inverse is the same for all of a bin.
    let bins = Self.bins(questions[..<half], 400)
    func loss(_ logBeta: Double) -> Double {
      let inverse = RewardedBase(beta: exp(logBeta))
      return bins.reduce(0) { sum, bin in
        let p = min(max(inverse.base(logit: bin.said), 1e-12), 1 - 1e-12)
        return sum - bin.count * (bin.right * log(p) + (1 - bin.right) * log(1 - p))
      }
    }
    let fitted = exp(Solve.maximum(log(0.002), log(100)) { -loss($0) })
    let inverse = RewardedBase(beta: fitted)
    let others = Self.bins(questions[half...], 20)
    let count = Double(questions.count - half)
    func error(_ p: (Bin) -> Double) -> Double {
      others.reduce(0) { $0 + $1.count * abs(p($1) - $1.right) } / count
    }
    return (fitted, error { inverse.base(logit: $0.said) }, error(\.p))
  }

  /// Means of questions, and how many they are.
  private struct Bin {
    var p, said, right, count: Double
  }

  private static func bins(_ questions: ArraySlice<Question>, _ count: Int) -> [Bin] {
    let sorted = questions.sorted { $0.said < $1.said }
    return (0..<count).compactMap { bin in
      let part = sorted[sorted.count * bin / count..<sorted.count * (bin + 1) / count]
      return part.isEmpty
        ? nil
        : Bin(
          p: mean(part.map(\.p)), said: mean(part.map(\.said)), right: mean(part.map(\.right)),
          count: Double(part.count))
    }
  }

  // MARK: Network

  /// A network that sees the base's p through bumps and adds to its logit; sampled answers are
  /// rewarded, the penalty is beta · divergence from the base.
  private func networkError(_ beta: Double) throws -> Double {
    let steps = run.integer("steps")
    let batch = run.integer("batch")
    return try run.once("network \(beta) \(steps) \(batch) \(run.integer("seed")) 1") {
      var stream = run.stream("network", "\(beta)", "\(run.integer("seed"))")
      let centres = (0..<8).map { 0.5 + 0.5 * Double($0) / 7 }
      func bumps(_ p: Double) -> [Double] {
        let raw = centres.map { exp(-(p - $0) * (p - $0) / (2 * 0.06 * 0.06)) }
        let sum = raw.reduce(0, +)
        return raw.map { $0 / sum }
      }
      func shift(_ weights: [Double], _ bumps: [Double]) -> Double {
        zip(weights, bumps).reduce(0) { $0 + $1.0 * $1.1 } / beta
      }
      var weights = centres.map { _ in 0.0 }
      var first = weights
      var second = weights
      for step in 1...steps {
        var gradient = centres.map { _ in 0.0 }
        for _ in 0..<batch {
          let p = 0.5 + 0.5 * stream.uniform()
          let seen = bumps(p)
          let base = Solve.logit(min(p, 1 - 1e-9))
          let q = Solve.sigmoid(base + shift(weights, seen))
          let said = stream.uniform() < q ? 1.0 : 0
          let right = stream.uniform() < p ? 1.0 : 0
          // Score function for the reward, with its mean under the policy as baseline; the penalty's
          // gradient is exact.
          let reward = said == right ? 1.0 : 0
          let expected = p * q + (1 - p) * (1 - q)
          let pull = (reward - expected) * (said - q) - beta * shift(weights, seen) * q * (1 - q)
          for index in gradient.indices { gradient[index] += pull * seen[index] / beta }
        }
        let rate = 0.05 * (1 - Double(step) / Double(steps + 1))
        for index in weights.indices {
          let slope = gradient[index] / Double(batch)
          first[index] = 0.9 * first[index] + 0.1 * slope
          second[index] = 0.999 * second[index] + 0.001 * slope * slope
          let (m, v) = (
            first[index] / (1 - pow(0.9, Double(step))),
            second[index] / (1 - pow(0.999, Double(step)))
          )
          weights[index] += rate * m / (v.squareRoot() + 1e-10)
        }
      }
      return 2
        * Solve.integral(0.5, 1 - 1e-9, tolerance: 1e-7) { p in
          abs(Solve.sigmoid(Solve.logit(p) + shift(weights, bumps(p))) - p)
        }
    }
  }

  // MARK: Pictures

  private var curves: Picture {
    let series = Self.betas.map { beta in
      let model = RewardedBase(beta: beta)
      return Chart.Series(
        "beta \(beta)", .line,
        (0...50).map { 0.5 + Double($0) / 100.5 }.map { .init(model.answer($0), $0) })
    }
    return .chart(
      Chart(
        "How often an answer is right, by how surely it is given",
        caption: "The dashed line is calibrated; a stronger pull of the reward bends away from it.",
        x: .init("P(answer)", low: 0.5, high: 1), y: .init("right", low: 0.5, high: 1),
        series: [.init("base", .dashed, [.init(0.5, 0.5), .init(1, 1)])] + series))
  }

  private func errors(_ learned: [Chart.Point]) -> Picture {
    .chart(
      Chart(
        "Calibration error by the strength of the penalty", x: .init("beta", .log),
        y: .init("calibration error", low: 0),
        series: [
          .init(
            "exact", .line,
            (0...40).map { 0.05 * pow(20, Double($0) / 40) }.map {
              .init($0, RewardedBase(beta: $0).scores.ece)
            }),
          .init("network", .dots, learned),
        ]))
  }
}
