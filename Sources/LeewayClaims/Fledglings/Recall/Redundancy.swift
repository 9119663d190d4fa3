import Foundation
import LeewayBase
import LeewayModel
import LeewayStatistics

/// How much of a model can be taken away before it forgets.
package struct Redundancy: Sendable, Codable, Equatable {
  /// Accuracy with k MLPs of random blocks replaced by their mean, k from 0.
  package var knockedOut: [Double]
  /// The same with nothing in their place.
  package var zeroed: [Double]
  /// Shares of the stream's length added as noise after every block, from 0, and the accuracy.
  package var noise: [Double]
  package var noisy: [Double]

  /// MLPs that cost half of the accuracy.
  package var k50: Double { Self.half(knockedOut, at: knockedOut.indices.map(Double.init)) }
  /// Noise that costs half of the accuracy.
  package var s50: Double { Self.half(noisy, at: noise) }

  /// Where a falling curve reaches half of its start, straight between its points; the last place
  /// where it does not.
  package static func half(_ curve: [Double], at places: [Double]) -> Double {
    guard let first = curve.first, first > 0 else { return 0 }
    let fit = Isotonic.decreasing(curve)
    guard let index = fit.firstIndex(where: { $0 <= first / 2 }), index > 0 else {
      return places.last ?? 0
    }
    let (y0, y1) = (fit[index - 1], fit[index])
    let share = y0 > y1 ? (y0 - first / 2) / (y0 - y1) : 0
    return places[index - 1] + share * (places[index] - places[index - 1])
  }
}

extension PushedModel {
  /// The mean activation of sites over the questions, all positions.
  package func meanActivations(_ prompts: [[Int]], _ sites: [Site]) throws -> [[Float]] {
    let captured = try planner.capture(CaptureJob(prompts: prompts, sites: sites))
    return sites.indices.map { site in
      let width = config.width(of: sites[site].kind)
      var sums = [Double](repeating: 0, count: width)
      var count = 0.0
      for activations in captured {
        for (index, value) in activations[site].values.enumerated() {
          sums[index % width] += Double(value)
        }
        count += Double(activations[site].positions)
      }
      return sums.map { Float($0 / max(count, 1)) }
    }
  }

  /// Whether the truth is the most probable next piece: `[variant]`, share of all questions.
  package func accuracy(_ facts: [FalseFact], asking: Int, _ variants: [Variant]) throws -> [Double]
  {
    let prompts = facts.map { FactQuestions(self, $0).prompts.prefix(asking) }
    let truths = try zip(facts, prompts).flatMap { fact, prompts in
      let piece = try piece(fact.truth)
      return prompts.map { _ in piece }
    }
    let answers = try planner.nextToken(
      NextTokenJob(
        prompts: prompts.flatMap { Array($0) }, candidates: truths.map { _ in [] },
        variants: variants))
    return answers.map { answers in mean(zip(answers, truths).map { $0.top == $1 ? 1 : 0 }) }
  }

  /// - Parameters:
  ///   - draws: sets of MLPs of each number, and noises of each size.
  ///   - asking: questions a fact.
  package func redundancy(_ facts: [FalseFact], draws: Int, asking: Int, stream names: String)
    throws
    -> Redundancy
  {
    let layers = config.layers
    let sites = (0..<layers).map { Site(.mlpOut, layer: $0) }
    let means = try meanActivations(
      facts.flatMap { FactQuestions(self, $0).prompts.prefix(asking) }, sites)
    var stream = NamedStream("redundancy", names, "\(fledgling)")
    var sets: [[[Int]]] = []
    for count in 0...layers {
      sets.append(
        (0..<(count == 0 || count == layers ? 1 : draws)).map { _ in
          var order = Array(0..<layers)
          stream.shuffle(&order)
          return Array(order.prefix(count))
        })
    }
    func knock(_ value: (Int) -> [Float]) throws -> [Double] {
      let variants = sets.map { sets in
        sets.map { blocks in
          Variant(
            blocks.map { Intervention(site: sites[$0], edit: Replace(values: value($0))) })
        }
      }
      var shares = try accuracy(facts, asking: asking, variants.flatMap { $0 })[...]
      return variants.map { same in
        defer { shares = shares.dropFirst(same.count) }
        return mean(shares.prefix(same.count))
      }
    }
    let zero = [Float](repeating: 0, count: config.width)
    let posts = (0..<layers).map { Site(.residPost, layer: $0) }
    let streams = Array(zip(posts, try residualMedians(posts)))
    let noise = [0.0] + DoseGrid.doses(from: 0.0625, to: 4, perOctave: 2)
    return Redundancy(
      knockedOut: try knock { means[$0] }, zeroed: try knock { _ in zero }, noise: noise,
      noisy: try noise.map { share in
        try noisyAccuracy(
          facts, asking: asking, share: share, draws: share == 0 ? 1 : draws, streams, names)
      })
  }

  /// Noise after every block, its length a share of the stream's there.
  private func noisyAccuracy(
    _ facts: [FalseFact], asking: Int, share: Double, draws: Int, _ streams: [(Site, Double)],
    _ names: String
  ) throws -> Double {
    guard share > 0 else { return try accuracy(facts, asking: asking, [.baseline])[0] }
    let naive = NaiveExecutor(model: transformer)
    var right = 0.0
    var asked = 0.0
    for fact in facts {
      let truth = try piece(fact.truth)
      for (index, prompt) in FactQuestions(self, fact).prompts.prefix(asking).enumerated() {
        for draw in 0..<draws {
          let variant = Variant(
            streams.map { site, length in
              Intervention(
                site: site,
                edit: Noise(
                  spread: share * length / Double(config.width).squareRoot(),
                  names: [
                    "noise", names, "\(fledgling)", fact.subject, "\(index)", "\(draw)", "\(site)",
                    "\(share)",
                  ]))
            })
          let answer = try naive.nextToken(
            NextTokenJob(prompts: [prompt], candidates: [[]], variants: [variant]))[0][0]
          right += answer.top == truth ? 1 : 0
          asked += 1
        }
      }
    }
    return asked > 0 ? right / asked : 0
  }
}
