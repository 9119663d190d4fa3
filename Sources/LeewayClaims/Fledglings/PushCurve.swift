import Foundation
import LeewayModel
import LeewayStatistics
import LeewaySteering
import LeewayWorld

/// One fact of one model, pushed with a growing dose at one site.
package struct PushCurve: Sendable, Codable, Equatable {
  package var site: Site
  /// Length of the fitted difference before normalisation, and the stream's median length there.
  package var rawNorm: Double
  package var residualMedian: Double
  /// Ascending shares of the median.
  package var doses: [Double]
  /// Share of the questions whose most probable next piece is the falsehood.
  package var flips: [Double]
  /// The same under random directions of the same length, pooled.
  package var chance: [Double]
  /// Mean log-odds of the truth against the falsehood, nats.
  package var margins: [Double]
  /// Share of other birds whose family is still told rightly, and that have become the falsehood.
  package var near: [Double]
  package var spill: [Double]
  /// Share of unrelated tasks that are still done.
  package var far: [Double]
  package var onset: Crossing
  /// Of the unrelated tasks.
  package var ceiling: Crossing
  /// Of the other birds.
  package var nearCeiling: Crossing
}

/// What stays the same for all facts of a model and a site.
package struct PushBench: Sendable {
  package let model: PushedModel
  package let site: Site
  package let median: Double
  package let doses: [Double]
  package let others: [FalseFact]
  package let items: [TaskItem]
  package let random: [SteeringVector]
  package let floor: Double

  /// - Parameters:
  ///   - others: birds for the near part; a fact's own bird and those of its two families are left out.
  ///   - random: directions drawn to know what any push of that length does.
  package init(
    _ model: PushedModel, site: Site, doses: [Double], others: [FalseFact], random: Int,
    floor: Double
  ) throws {
    self.model = model
    self.site = site
    self.doses = doses
    self.others = others
    self.floor = floor
    median = try model.residualMedians([site])[0]
    items = FarTasks.items(model.world)
    let like = SteeringVector(
      site: site, direction: Array(repeating: 0, count: model.config.width), rawNorm: 1,
      provenance: VectorProvenance(
        method: "random", contrastHash: "", checkpointHash: model.hash, read: "last"))
    self.random = try (0..<random).map { try model.fitter.random(like: like, draw: $0) }
  }

  package func curve(_ fact: FalseFact) throws -> PushCurve {
    let vector = try model.vectors(fact, sites: [site])[0]
    let piece = try model.piece(fact.falsehood)
    let truth = try model.piece(fact.truth)
    func pushes(_ vector: SteeringVector) throws -> [Variant] {
      try doses.map { try PushedModel.push(vector, strength: $0 * median) }
    }
    let variants = [.baseline] + (try pushes(vector))
    let questions = FactQuestions(model, fact).prompts
    let birds = others.filter {
      $0.subject != fact.subject && $0.truth != fact.truth && $0.truth != fact.falsehood
    }
    let asked = birds.map { FactQuestions(model, $0).prompts[0] }
    let job = NextTokenJob(
      prompts: questions + asked,
      candidates: questions.map { _ in [truth, piece] } + asked.map { _ in [] },
      variants: variants + (try random.flatMap(pushes)))
    let answers = try model.planner.nextToken(job)
    let names = try birds.map { try model.piece($0.truth) }
    func flips(_ variant: Int) -> [Double] {
      answers[variant].prefix(questions.count).map { $0.top == piece ? 1 : 0 }
    }
    func kept(_ variant: Int) -> [Double] {
      zip(answers[variant].dropFirst(questions.count), names).map { $0.top == $1 ? 1 : 0 }
    }
    let pushed = Array(1..<variants.count)
    let tasks = try model.tasks(items, variants)
    let near = CapabilityTrials(
      name: "near", floor: floor,
      outcome: .score(scores: pushed.map(kept), baseline: kept(0), chance: 0))
    let far = CapabilityTrials(
      name: "far", floor: floor,
      outcome: .score(scores: Array(tasks.dropFirst()), baseline: tasks[0], chance: 0))
    var arm = ArmTrials(
      doses: doses, effect: pushed.map { flips($0).map { [$0] } },
      baselineEffect: flips(0).map { [$0] }, capabilities: [far])
    let chance = doses.indices.map { dose in
      let shares = random.indices.map { draw in
        mean(flips(variants.count + draw * doses.count + dose))
      }
      return mean(shares)
    }
    let analysis = WindowAnalysis()
    let (onset, ceiling) = analysis.crossings(arm, chance: random.isEmpty ? nil : chance)
    arm.capabilities = [near]
    return PushCurve(
      site: site, rawNorm: vector.rawNorm, residualMedian: median, doses: doses,
      flips: pushed.map { mean(flips($0)) }, chance: chance,
      margins: pushed.map { variant in
        mean(
          answers[variant].prefix(questions.count).map {
            Double($0.logProbs[0] - $0.logProbs[1])
          })
      },
      near: pushed.map { mean(kept($0)) },
      spill: pushed.map { variant in
        mean(answers[variant].dropFirst(questions.count).map { $0.top == piece ? 1 : 0 })
      },
      far: tasks.dropFirst().map(mean), onset: onset, ceiling: ceiling,
      nearCeiling: analysis.crossings(arm, chance: nil).ceiling)
  }
}

package func mean(_ values: some Collection<Double>) -> Double {
  values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
}

extension PushCurve {
  /// The signed width in octaves, and on which side it is only bounded.
  package enum Width: Sendable, Equatable {
    case exactly(Double)
    /// No onset on the grid.
    case atMost(Double)
    /// No ceiling on the grid.
    case atLeast(Double)
  }

  /// Nil where neither end lies on the grid.
  package var width: Width? { Self.width(onset: onset, ceiling: ceiling) }

  package static func width(onset: Crossing, ceiling: Crossing) -> Width? {
    func octaves(_ onset: Double, _ ceiling: Double) -> Double { log2(ceiling) - log2(onset) }
    switch (onset, ceiling) {
    case (.at(let a), .at(let b)): return .exactly(octaves(a, b))
    case (.above(let a), .at(let b)), (.at(let a), .below(let b)), (.above(let a), .below(let b)):
      return .atMost(octaves(a, b))
    case (.below(let a), .at(let b)), (.at(let a), .above(let b)), (.below(let a), .above(let b)):
      return .atLeast(octaves(a, b))
    case (.above, .above), (.below, .below): return nil
    }
  }
}
