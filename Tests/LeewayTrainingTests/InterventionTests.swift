import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTraining
import Testing

/// Losses followed back through interventions, against central differences.
@Suite struct InterventionTests {
  /// Those without corners: a relu or a router that changes its mind between two points has no slope
  /// that differences could find.
  static let smooth = GoldenTests.models.filter { name in
    let config = try? Checkpoint(folder: TestPlace.golden + "/" + name).config
    return config.map { $0.experts == 0 && $0.activation != .relu } ?? false
  }

  @Test func mostFamiliesAreSmooth() {
    #expect(Self.smooth.count >= 12 && Self.smooth.contains("gpt2"))
  }

  private static let sequences = [[3, 9, 1, 40, 7, 22], [5, 5, 30, 11]].map {
    TrainingSequence(tokens: $0, promptLength: 3)
  }

  /// A direction at every site that can be edited, with edits of each kind below and above it.
  @Test(arguments: smooth, Positions.allCases)
  func directionsAtEverySite(name: String, positions: Positions) throws {
    let checkpoint = try Checkpoint(folder: TestPlace.golden + "/" + name)
    let search = DirectionSearch(checkpoint)
    let config = checkpoint.config
    var chance = Chance("sites", name)
    var others: [Intervention] = []
    for (kind, layer, id) in [
      (Site.Kind.attnOut, 0, "project-out"), (.mlpOut, 0, "clamp"), (.attnOut, 1, "clamp"),
      (.mlpOut, 1, "project-out"), (.residPost, 1, "add"),
    ] {
      let raw = chance.floats(config.width)
      let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let steering = try SteeringOperators.named(
        id, parameters: id == "clamp" ? ["value": 0.5] : [:])
      others.append(
        Intervention(
          site: Site(kind, layer: layer),
          edit: steering.edit(
            direction: raw.map { $0 / length }, strength: 0.6, residualMedian: 1)))
    }
    for kind in Site.Kind.allCases
    where kind != .finalNorm && kind != .logits && kind != .mlpRouter
      && config.has(Site(kind, layer: 0))
    {
      let site = Site(kind, layer: 0)
      let width = config.width(of: kind)
      let direction = chance.floats(width, by: 0.2)
      let way = chance.floats(width, by: 0.2)
      func loss(_ step: Float) throws -> (loss: Double, gradient: [Float]) {
        try search.loss(
          Self.sequences, site: site, positions: positions,
          direction: zip(direction, way).map { $0 + step * $1 }, strength: 1.3, others: others)
      }
      let measured = try measuredSlope(step: 0.01) { try loss($0).loss }
      let slope = try zip(loss(0).gradient, way).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      // Nothing that an edit of the prompt does to the last rows of an early site is seen at all.
      #expect(
        abs(slope - measured) <= 2e-3 * max(abs(measured), 0.05),
        "\(name), \(site), \(positions): \(slope) instead of \(measured)")
    }
  }

  /// Weights under dropped and scaled branches.
  @Test(arguments: smooth) func weightsUnderMLPDrop(name: String) throws {
    let model = Trainee(
      try Checkpoint(folder: TestPlace.golden + "/" + name), kernels: Engine.all[0].kernels())
    let drop = MLPDrop(share: 0.5, seed: "three")
    let variants = (0..<2).map {
      drop.variant(step: 4, sequence: $0, layers: model.config.layers)
    }
    let plain = model.loss(Self.sequences)
    let dropped = model.loss(Self.sequences, variants: variants)
    #expect(abs(plain.mean - dropped.mean) > 1e-3, "nothing was dropped")
    _ = model.accumulate(Self.sequences, variants: variants)
    var chance = Chance("drop", name)
    for tensor in model.table.tensors {
      let way = chance.floats(tensor.count)
      let start = model.values(tensor, of: model.weights)
      let slope = zip(model.values(tensor, of: model.gradients), way).reduce(0.0) {
        $0 + Double($1.0) * Double($1.1)
      }
      func loss(_ step: Float) -> Double {
        for index in way.indices {
          model.weights.base[tensor.start + index] = start[index] + step * way[index]
        }
        model.refresh()
        return model.loss(Self.sequences, variants: variants).mean
      }
      // As long a way in each tensor.
      let step = 0.02 / Float(tensor.count).squareRoot()
      let measured = measuredSlope(step: step, loss)
      _ = loss(0)
      #expect(
        abs(slope - measured) <= 5e-3 * max(abs(measured), 0.1),
        "\(name), \(tensor.name): \(slope) instead of \(measured)")
    }
  }

  @Test func whatCannotBeFollowedIsRefused() throws {
    struct Square: SiteEdit {
      func apply(to activation: UnsafeMutableBufferPointer<Float>) {
        for index in activation.indices { activation[index] *= activation[index] }
      }
    }
    let search = DirectionSearch(try Checkpoint(folder: TestPlace.golden + "/llama"))
    let (site, far) = (Site(.residPost, layer: 0), Site(.residPost, layer: 9))
    let direction = [Float](repeating: 0, count: 24)
    #expect(throws: TrainingError.notDifferentiable(site: site)) {
      try search.loss(
        Self.sequences, site: site, direction: direction,
        others: [Intervention(site: site, edit: Square())])
    }
    #expect(throws: TrainingError.notEditable(site: far, layers: 2)) {
      try search.loss(Self.sequences, site: far, direction: direction)
    }
    #expect(throws: TrainingError.wrongWidth(site: site, expected: 24, found: 3)) {
      try search.loss(Self.sequences, site: site, direction: [1, 2, 3])
    }
    #expect(throws: TrainingError.unknownToken(index: 0, token: 61, vocabulary: 61)) {
      try search.loss([TrainingSequence(tokens: [1, 61])], site: site, direction: direction)
    }
  }
}
