import LeewayBase
import LeewayModel
import LeewayStatistics
import LeewaySteering

/// The strength that flips a fact while later MLPs write only their mean.
package struct KnockOutFlips: Sendable, Codable, Equatable {
  /// By number of MLPs knocked out, from 0: the flips of facts in units of the median, each a share of
  /// the same fact's with none knocked out. Facts that then stand flipped already are left out.
  package var shares: [[Double]]
  /// Of the facts with none knocked out.
  package var doses: [Double]
  package var site: Site
}

extension PushedModel {
  package static let flipDoses = [0.0] + DoseGrid.doses(from: 0.03125, to: 8, perOctave: 4)

  /// The dose at which the mean margin over a fact's questions falls through 0, straight between doses;
  /// nil where it does not, or is below from the start.
  package func flipDose(
    _ fact: FalseFact, _ vector: SteeringVector, median: Double, asking: Int,
    beside: [Intervention] = []
  ) throws -> Double? {
    let prompts = Array(FactQuestions(self, fact).prompts.prefix(asking))
    let variants = try Self.flipDoses.map { dose in
      let push = try Self.push(vector, strength: dose * median)
      return Variant(beside + (dose > 0 ? push.interventions : []))
    }
    let margins = try margins(prompts, fact, variants).map { mean($0) }
    guard margins[0] > 0, let index = margins.firstIndex(where: { $0 <= 0 }) else { return nil }
    let (y0, y1) = (margins[index - 1], margins[index])
    let (x0, x1) = (Self.flipDoses[index - 1], Self.flipDoses[index])
    return x0 + y0 / (y0 - y1) * (x1 - x0)
  }

  /// - Parameter draws: sets of MLPs of each number.
  package func knockOutFlips(_ facts: [FalseFact], site: Site, draws: Int, stream names: String)
    throws
    -> KnockOutFlips
  {
    let median = try residualMedians([site])[0]
    let later = Array(site.layer + 1..<max(site.layer + 1, config.layers))
    let sites = later.map { Site(.mlpOut, layer: $0) }
    let means = try meanActivations(facts.map { FactQuestions(self, $0).prompts[0] }, sites)
    var stream = NamedStream("knock-out", names, "\(fledgling)")
    let sets = (0...later.count).map { count in
      (0..<(count == 0 || count == later.count ? 1 : draws)).map { _ in
        var order = Array(later.indices)
        stream.shuffle(&order)
        return Array(order.prefix(count))
      }
    }
    var flips = KnockOutFlips(shares: sets.map { _ in [] }, doses: [], site: site)
    for fact in facts {
      let vector = try vectors(fact, sites: [site])[0]
      guard let whole = try flipDose(fact, vector, median: median, asking: 3), whole > 0 else {
        continue
      }
      flips.doses.append(whole)
      flips.shares[0].append(1)
      for count in sets.indices.dropFirst() {
        let found = try sets[count].compactMap { places in
          try flipDose(
            fact, vector, median: median, asking: 3,
            beside: places.map {
              Intervention(site: sites[$0], edit: Replace(values: means[$0]))
            })
        }
        if !found.isEmpty { flips.shares[count].append(mean(found) / whole) }
      }
    }
    return flips
  }
}
