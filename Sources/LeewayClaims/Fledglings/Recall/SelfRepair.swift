import Foundation
import LeewayModel

/// What happens when one sublayer writes its mean instead of what it knows, at the place of the answer.
/// McGrath et al. 2023, arXiv:2307.15771; Rushing and Nanda 2024, arXiv:2402.15390.
package struct SelfRepair: Sendable, Codable, Equatable {
  /// One a sublayer, attention and MLP in turn; means over facts, nats of margin.
  package var sublayers: [Sublayer]

  package struct Sublayer: Sendable, Codable, Equatable {
    /// What its own write was worth, the norm held still.
    package var direct: Double
    /// Twice the standard error of `direct` over facts.
    package var directError: Double
    /// What the margin lost, the norm held still: later sublayers answer.
    package var totalFrozen: Double
    /// What the margin lost, the norm as it comes.
    package var total: Double

    /// What later sublayers made good, nats.
    package var repaired: Double { direct - totalFrozen }
    /// Share that is made good, the norm still or free; nil where the direct effect is not clear of 0.
    package var shareFrozen: Double? { abs(direct) > directError ? 1 - totalFrozen / direct : nil }
    package var share: Double? { abs(direct) > directError ? 1 - total / direct : nil }
  }

  /// Repair over all sublayers that help: what they lose by themselves against what is lost.
  package var overall: Double {
    let helping = sublayers.filter { $0.direct > $0.directError }
    let direct = helping.reduce(0) { $0 + $1.direct }
    return direct > 0 ? 1 - helping.reduce(0) { $0 + $1.totalFrozen } / direct : 0
  }
}

extension PushedModel {
  package func selfRepair(_ facts: [FalseFact]) throws -> SelfRepair {
    let sites = Array(writingSites.dropFirst())
    let prompts = facts.map { FactQuestions(self, $0).prompts[0] }
    let means = try lastMeans(prompts, sites)
    var direct = sites.map { _ in [Double]() }
    var frozen = direct
    var free = direct
    for (fact, prompt) in zip(facts, prompts) {
      let reader = try reader(fact)
      let (clean, scales) = try writes([prompt], reader)
      let variants = zip(sites, means).map { site, mean in
        Variant([Intervention(site: site, positions: .last, edit: Replace(values: mean))])
      }
      let margins = try margins([prompt], fact, [.baseline] + variants)
      for index in sites.indices {
        let (without, _) = try writes([prompt], reader, variants[index], scales: scales)
        direct[index].append(
          clean[0].sublayers[index] - reader.read(means[index], scale: scales[0]))
        frozen[index].append(clean[0].total - without[0].total)
        free[index].append(margins[0][0] - margins[index + 1][0])
      }
    }
    return SelfRepair(
      sublayers: sites.indices.map { index in
        SelfRepair.Sublayer(
          direct: mean(direct[index]), directError: 2 * standardError(direct[index]),
          totalFrozen: mean(frozen[index]), total: mean(free[index]))
      })
  }

  /// Mean activations at the prompts' last positions.
  private func lastMeans(_ prompts: [[Int]], _ sites: [Site]) throws -> [[Float]] {
    let captured = try planner.capture(CaptureJob(prompts: prompts, sites: sites))
    return sites.indices.map { site in
      (0..<config.width).map { index in
        Float(
          mean(
            captured.map { activations in
              let last = activations[site]
              return Double(last.values[(last.positions - 1) * config.width + index])
            }))
      }
    }
  }
}

package func standardError(_ values: [Double]) -> Double {
  guard values.count > 1 else { return .infinity }
  let middle = mean(values)
  let square = values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
  return (square / Double(values.count - 1) / Double(values.count)).squareRoot()
}
