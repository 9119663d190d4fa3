import Foundation
import LeewayModel
import LeewayStatistics
import LeewayStudy
import LeewayWorld

/// Pushes the same birds in every model and lays lines through what comes out.
struct SizeTrendExperiment {
  let run: ClaimRun
  let sizes: [String]
  let variants: [String]
  let seeds: Int

  static let doses = DoseGrid.doses(from: 0.0625, to: 4, perOctave: 4)
  /// Where the second reading may choose.
  static let depths = [0.25, 0.4, 0.5, 0.6, 0.75]

  init(_ run: ClaimRun) {
    self.run = run
    sizes = run.words("sizes")
    variants = run.words("variants")
    seeds = run.integer("seeds")
  }

  private func identity(_ fledgling: Fledgling) throws -> String {
    try run.tools.models.identity(fledgling)
  }

  var fledglings: [Fledgling] {
    (sizes + variants).flatMap { name in (1...seeds).map { Fledgling(name, seed: $0) } }
  }

  func findings() throws -> Findings {
    let known = try knownFacts()
    let wanted = min(run.integer("facts"), known.facts.count)
    guard wanted >= 4 else {
      throw ClaimError.notMeasurable(
        claim: run.claim,
        reason: "only \(wanted) birds are known with p at least 0.9 by every model")
    }
    let facts = Array(known.facts.prefix(wanted))
    var models: [TrendModel] = []
    for (place, fledgling) in fledglings.enumerated() {
      run.tell("\(fledgling)", place, of: fledglings.count)
      models.append(try pushed(fledgling, facts, known))
    }
    run.tell("lines", fledglings.count, of: fledglings.count)
    return SizeTrendReading(
      models: models, sizes: sizes, variants: variants, facts: facts, margins: known.margins,
      random: run.integer("random")
    ).findings()
  }

  // MARK: What every model knows

  struct Known {
    /// In a fixed order that mixes families.
    var facts: [FalseFact]
    /// Mean margin of these facts by model, nats.
    var margins: [Fledgling: Double]
  }

  private func knownFacts() throws -> Known {
    var stream = run.stream("order")
    var facts = FalseFact.all(try World())
    stream.shuffle(&facts)
    var all: [Fledgling: [PushedModel.Knowledge]] = [:]
    for (place, fledgling) in fledglings.enumerated() {
      run.tell("what \(fledgling) knows", place, of: fledglings.count)
      all[fledgling] = try run.once("knowledge of \(try identity(fledgling)) 1") {
        try PushedModel(fledgling, tools: run.tools).knowledge(facts)
      }
    }
    let kept = facts.indices.filter { index in
      all.values.allSatisfy { $0[index].probability >= 0.9 && $0[index].margin > 0 }
    }.prefix(run.integer("facts"))
    return Known(
      facts: kept.map { facts[$0] },
      margins: all.mapValues { knowledge in mean(kept.map { knowledge[$0].margin }) })
  }

  // MARK: Pushing

  private func pushed(_ fledgling: Fledgling, _ facts: [FalseFact], _ known: Known) throws
    -> TrendModel
  {
    let identity = try identity(fledgling)
    let shape = try run.once("shape of \(identity) 1") {
      let model = try PushedModel(fledgling, tools: run.tools)
      return TrendModel.Shape(
        parameters: model.parameters, layers: model.config.layers, width: model.config.width)
    }
    var opened: PushedModel?
    var benches: [Site: PushBench] = [:]
    func curve(_ fact: FalseFact, _ site: Site) throws -> PushCurve {
      let settings = "\(run.number("floor")) \(run.integer("random"))"
      return try run.once(
        "curve \(identity) \(fact.subject) \(fact.falsehood) \(site) \(settings) 1"
      ) {
        let model = try opened ?? PushedModel(fledgling, tools: run.tools)
        opened = model
        let bench = try benches[site] ?? bench(model, site)
        benches[site] = bench
        return try bench.curve(fact)
      }
    }
    func site(_ depth: Double) -> Site {
      Depth(share: depth).site(of: shape.layers)
    }
    let fixed = try facts.map { try curve($0, site(run.number("depth"))) }
    var candidates: [Site] = []
    for depth in Self.depths where !candidates.contains(site(depth)) {
      candidates.append(site(depth))
    }
    // Chosen on the birds at even places, reported on those at odd ones.
    let choosing = facts.indices.filter { $0.isMultiple(of: 2) }
    let scores = try candidates.map { candidate in
      mean(try choosing.map { try curve(facts[$0], candidate).bound })
    }
    let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
    var chosen: [Int: PushCurve] = [:]
    for index in facts.indices where !index.isMultiple(of: 2) {
      chosen[index] = try curve(facts[index], candidates[best])
    }
    return TrendModel(
      fledgling: fledgling, shape: shape, margin: known.margins[fledgling] ?? 0, fixed: fixed,
      chosen: chosen, chosenSite: candidates[best])
  }

  private func bench(_ model: PushedModel, _ site: Site) throws -> PushBench {
    try PushBench(
      model, site: site, doses: Self.doses,
      others: FalseFact.neighbours(48, in: model.world, by: run.stream("others")),
      random: run.integer("random"), floor: run.number("floor"))
  }
}

/// One model of the comparison with the curves of all birds.
struct TrendModel: Sendable {
  struct Shape: Sendable, Codable {
    var parameters: Int
    var layers: Int
    var width: Int
  }
  var fledgling: Fledgling
  var shape: Shape
  /// Mean log-odds of truth against falsehood, unpushed.
  var margin: Double
  var fixed: [PushCurve]
  /// By the fact's place: only facts that did not choose.
  var chosen: [Int: PushCurve]
  var chosenSite: Site
}

extension PushCurve {
  /// The width, or the bound that is known of it; 0 where neither end lies on the grid.
  var bound: Double {
    switch width {
    case .exactly(let value), .atMost(let value), .atLeast(let value): value
    case nil: 0
    }
  }

  var trendWidth: CensoredTrend.Value? {
    switch width {
    case .exactly(let value): .exactly(value)
    case .atMost(let value): .atMost(value)
    case .atLeast(let value): .atLeast(value)
    case nil: nil
    }
  }
}

extension Crossing {
  /// In octaves, `scale` times the dose.
  func octaves(_ scale: Double) -> CensoredTrend.Value {
    switch self {
    case .at(let dose): .exactly(log2(dose * scale))
    case .below(let dose): .atMost(log2(dose * scale))
    case .above(let dose): .atLeast(log2(dose * scale))
    }
  }
}
