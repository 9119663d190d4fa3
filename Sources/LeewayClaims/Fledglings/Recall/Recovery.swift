import Foundation
import LeewayModel
import LeewaySteering

/// How later sublayers answer a push: the share of the direct push that each writes back towards the
/// truth.
package struct Recovery: Sendable, Codable, Equatable {
  /// Sublayers behind the push, attention and MLP in turn.
  package var sites: [Site]
  /// −(d write / d strength) / (direct push), over all facts together; above 0 it writes back.
  package var shares: [Double]
  /// Twice the standard error over facts.
  package var errors: [Double]

  package var total: Double { shares.reduce(0, +) }
}

extension PushedModel {
  /// - Parameter dose: small, so that what is read is a slope.
  package func recovery(_ facts: [FalseFact], site: Site, dose: Double) throws -> Recovery {
    let median = try residualMedians([site])[0]
    let later = writingSites.indices.dropFirst().filter { writingSites[$0].layer > site.layer }
    var direct: [Double] = []
    var back = later.map { _ in [Double]() }
    for fact in facts {
      let reader = try reader(fact)
      let prompts = Array(FactQuestions(self, fact).prompts.prefix(3))
      let vector = try vectors(fact, sites: [site])[0]
      let (clean, scales) = try writes(prompts, reader)
      let push = try Self.push(vector, strength: dose * median)
      let (pushed, _) = try writes(prompts, reader, push, scales: scales)
      direct.append(
        mean(scales.map { reader.read(vector.direction, scale: $0) }) * dose * median)
      for (place, index) in later.enumerated() {
        back[place].append(
          mean(zip(clean, pushed).map { $1.sublayers[index - 1] - $0.sublayers[index - 1] }))
      }
    }
    // A ratio of means: one fact with a push across the reading must not decide.
    let push = mean(direct)
    return Recovery(
      sites: later.map { writingSites[$0] }, shares: back.map { -mean($0) / push },
      errors: back.map { changes in
        2 * standardError(zip(changes, direct).map { -$0 + mean(changes) / push * $1 }) / abs(push)
      })
  }
}
