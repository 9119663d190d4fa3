import Foundation
import LeewayBase
import LeewayModel

/// Where a fact comes from: the subject's embedding is drowned in noise, and one position of the
/// stream after one block is put back as it was. Meng et al. 2022, arXiv:2202.05262.
package struct CausalTrace: Sendable, Codable, Equatable {
  /// Parts of the question, in order.
  package static let parts = ["before", "subject", "subject's last", "between", "last"]

  /// Mean probability of the truth, clean and drowned.
  package var clean: Double
  package var drowned: Double
  /// `[part][block]`: how much of it one position brings back.
  package var restored: [[Double]]

  /// Over how many blocks the effect of the subject's last position is spread.
  package var ridge: Double { participation(restored[2].filter { $0 > 0 }) }

  package static func part(_ position: Int, of count: Int, subject: Range<Int>) -> Int {
    if position == count - 1 { return 4 }
    if position < subject.lowerBound { return 0 }
    if position < subject.upperBound - 1 { return 1 }
    return position < subject.upperBound ? 2 : 3
  }
}

extension PushedModel {
  /// - Parameter draws: noises a fact.
  package func trace(_ facts: [FalseFact], draws: Int, stream names: String) throws -> CausalTrace {
    let layers = config.layers
    let embed = Site(.residPre, layer: 0)
    let posts = (0..<layers).map { Site(.residPost, layer: $0) }
    let width = config.width
    var sums = CausalTrace.parts.map { _ in [Double](repeating: 0, count: layers) }
    var counts = CausalTrace.parts.map { _ in 0.0 }
    var (clean, drowned) = (0.0, 0.0)
    for fact in facts {
      let questions = FactQuestions(self, fact)
      let (prompt, subject) = (questions.prompts[0], questions.subjects[0])
      let captured = try planner.capture(CaptureJob(prompts: [prompt], sites: [embed] + posts))[0]
      let spread = 3 * Self.deviation(captured[0].values)
      var stream = NamedStream("trace", names, "\(fledgling)", fact.subject)
      let noises = (0..<draws).map { _ in
        subject.map { position in
          Intervention(
            site: embed, positions: .only(position..<position + 1),
            edit: Shift(values: (0..<width).map { _ in Float(spread * stream.normal()) }))
        }
      }
      var variants = [Variant.baseline] + noises.map { Variant($0) }
      for position in prompt.indices {
        for layer in 0..<layers {
          let back = Intervention(
            site: posts[layer], positions: .only(position..<position + 1),
            edit: Replace(values: Array(captured[layer + 1].position(position))))
          variants += noises.map { Variant($0 + [back]) }
        }
      }
      let truth = try piece(fact.truth)
      let answers = try planner.nextToken(
        NextTokenJob(prompts: [prompt], candidates: [[truth]], variants: variants)
      ).map { exp(Double($0[0].logProbs[0])) }
      let start = mean(answers[1...draws])
      clean += answers[0] / Double(facts.count)
      drowned += start / Double(facts.count)
      var next = 1 + draws
      for position in prompt.indices {
        let part = CausalTrace.part(position, of: prompt.count, subject: subject)
        counts[part] += 1
        for layer in 0..<layers {
          sums[part][layer] += mean(answers[next..<next + draws]) - start
          next += draws
        }
      }
    }
    return CausalTrace(
      clean: clean, drowned: drowned,
      restored: zip(sums, counts).map { sums, count in sums.map { $0 / max(count, 1) } })
  }

  private static func deviation(_ values: [Float]) -> Double {
    let all = values.map(Double.init)
    let middle = mean(all)
    return mean(all.map { ($0 - middle) * ($0 - middle) }).squareRoot()
  }
}
