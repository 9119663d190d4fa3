import Foundation
import LeewayModel
import LeewayStatistics
import LeewayStudy
import LeewayWorld

/// All that is measured of one model.
struct ModelRecall: Sendable, Codable {
  var parameters: Int
  var layers: Int
  /// One a fact.
  var margins: [Double]
  var spreads: [Double]
  var curves: [PushCurve]
  /// Mean over facts, attention and MLP of each block in turn.
  var writes: [Double]
  var redundancy: Redundancy
  var repair: SelfRepair
  var recovery: Recovery
  /// Largest gap between a margin and the sum of what was written to it, as a share of the margin.
  var marginError: Double
  /// Largest change of a margin under a push of strength 0.
  var zeroDifference: Double
  /// Accuracy with nothing knocked out and no noise, beside the clean accuracy.
  var nothingTaken: Double
}

/// What is measured only of models without MLP-drop.
struct PlainRecall: Sendable, Codable {
  var trace: CausalTrace
  var knockOuts: KnockOutFlips
  var kinds: [KindFlips]
}

struct FalseFactExperiment {
  let run: ClaimRun
  let models: [Fledgling]
  static let doses = DoseGrid.doses(from: 0.0625, to: 4, perOctave: 4)

  init(_ run: ClaimRun) {
    self.run = run
    models = run.words("sizes").flatMap { size in
      run.words("drops").flatMap { drop in
        (1...run.integer("seeds")).map {
          Fledgling(size, seed: $0, mlpDrop: Double(drop) ?? 0)
        }
      }
    }
  }

  /// The same size before and after, where it is asked for.
  private var postTrained: [Fledgling] {
    run.integer("post-training") == 1 ? [Fledgling("m"), Fledgling("m-post")] : []
  }

  func findings() throws -> Findings {
    let facts = try knownFacts()
    guard facts.count >= 4 else {
      throw ClaimError.notMeasurable(
        claim: run.claim,
        reason: "only \(facts.count) birds are known with p at least 0.9 by every model")
    }
    var recalls: [Fledgling: ModelRecall] = [:]
    var plain: [Fledgling: PlainRecall] = [:]
    for (place, fledgling) in models.enumerated() {
      run.tell("\(fledgling)", place, of: models.count)
      recalls[fledgling] = try recall(fledgling, facts)
      if fledgling.mlpDrop == 0 { plain[fledgling] = try plainRecall(fledgling, facts) }
    }
    var post: [[PushCurve]] = []
    for fledgling in postTrained {
      run.tell("\(fledgling)", models.count, of: models.count)
      post.append(try curves(fledgling, facts))
    }
    return FalseFactReading(
      models: models, recalls: recalls, plain: plain, post: post, facts: facts
    ).findings()
  }

  private func knownFacts() throws -> [FalseFact] {
    var facts = FalseFact.all(try World())
    var stream = run.stream("order")
    stream.shuffle(&facts)
    var known = Set(facts.indices)
    let all = models + postTrained.filter { !models.contains($0) }
    for (place, fledgling) in all.enumerated() {
      run.tell("what \(fledgling) knows", place, of: all.count)
      let knowledge = try run.once("knowledge of \(try identity(fledgling)) 1") {
        try PushedModel(fledgling, tools: run.tools).knowledge(facts)
      }
      known = known.filter { knowledge[$0].probability >= 0.9 && knowledge[$0].margin > 0 }
    }
    return known.sorted().prefix(run.integer("facts")).map { facts[$0] }
  }

  private func identity(_ fledgling: Fledgling) throws -> String {
    try run.tools.models.identity(fledgling)
  }

  /// What decides a step beside the model.
  private func key(_ facts: [FalseFact]) -> String {
    facts.map { $0.subject + ">" + $0.falsehood }.joined(separator: " ")
      + " draws \(run.integer("draws")) depth \(run.number("depth"))"
  }

  private func site(_ model: PushedModel, _ depth: String) -> Site {
    Depth(share: run.number(depth)).site(of: model.config.layers)
  }

  private func curves(_ fledgling: Fledgling, _ facts: [FalseFact]) throws -> [PushCurve] {
    try run.once("curves \(try identity(fledgling)) \(key(facts)) 1") {
      let model = try PushedModel(fledgling, tools: run.tools)
      let bench = try PushBench(
        model, site: site(model, "depth"), doses: Self.doses,
        others: FalseFact.neighbours(24, in: model.world, by: run.stream("others")), random: 3,
        floor: 0.75)
      return try facts.map { try bench.curve($0) }
    }
  }

  private func recall(_ fledgling: Fledgling, _ facts: [FalseFact]) throws -> ModelRecall {
    let curves = try curves(fledgling, facts)
    return try run.once("recall \(try identity(fledgling)) \(key(facts)) 1") {
      let model = try PushedModel(fledgling, tools: run.tools)
      let layers = model.config.layers
      let margins = try model.knowledge(facts).map(\.margin)
      var writes = [Double](repeating: 0, count: 2 * layers)
      var spreads: [Double] = []
      var (error, difference) = (0.0, 0.0)
      for fact in facts {
        let prompts = Array(FactQuestions(model, fact).prompts.prefix(3))
        let own = try model.writes(prompts, try model.reader(fact)).writes
        let vector = try model.vectors(fact, sites: [site(model, "depth")])[0]
        let exact = try model.margins(
          prompts, fact, [.baseline, try PushedModel.push(vector, strength: 0)])
        for (place, write) in own.enumerated() {
          error = max(error, abs(write.total - exact[0][place]) / max(abs(exact[0][place]), 1))
          difference = max(difference, abs(exact[0][place] - exact[1][place]))
          for sublayer in writes.indices {
            writes[sublayer] += write.sublayers[sublayer] / Double(own.count * facts.count)
          }
        }
        spreads.append(mean(own.map(\.spread)))
      }
      let redundancy = try model.redundancy(
        facts, draws: run.integer("draws"), asking: 3, stream: run.claim)
      let clean = try model.accuracy(facts, asking: 3, [.baseline])[0]
      return ModelRecall(
        parameters: model.parameters, layers: layers, margins: margins, spreads: spreads,
        curves: curves, writes: writes, redundancy: redundancy,
        repair: try model.selfRepair(facts),
        recovery: try model.recovery(facts, site: site(model, "depth"), dose: 0.02),
        marginError: error, zeroDifference: difference,
        nothingTaken: max(
          abs(redundancy.knockedOut[0] - clean), abs(redundancy.noisy[0] - clean)))
    }
  }

  private func plainRecall(_ fledgling: Fledgling, _ facts: [FalseFact]) throws -> PlainRecall {
    try run.once("plain \(try identity(fledgling)) \(key(facts)) early \(run.number("early")) 1") {
      let model = try PushedModel(fledgling, tools: run.tools)
      return PlainRecall(
        trace: try model.trace(facts, draws: run.integer("draws"), stream: run.claim),
        knockOuts: try model.knockOutFlips(
          facts, site: site(model, "early"), draws: run.integer("draws"), stream: run.claim),
        kinds: try model.kindFlips(facts, site: site(model, "depth"), doses: Self.doses))
    }
  }
}
