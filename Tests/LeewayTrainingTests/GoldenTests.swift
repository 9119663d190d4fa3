import Foundation
import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTensor
import LeewayTraining
import Testing

/// Whole models against the reference framework's autograd.
@Suite struct GoldenTests {
  struct Batch: Decodable {
    struct Sequence: Decodable {
      var tokens: [Int]
      var weights: [Float]
      var training: TrainingSequence { TrainingSequence(tokens: tokens, weights: weights) }
    }
    struct Steered: Decodable {
      var direction: [Float]
      var removed: [Float]
      var loss: Double
      var gradient: [Float]
    }
    var loss: Double
    var sequences: [Sequence]
    var steered: Steered
  }

  static let models: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: TestPlace.golden).filter {
      !$0.hasSuffix(".json")
    }.sorted()) ?? []

  static func batch(_ name: String) throws -> Batch {
    let path = TestPlace.golden + "/\(name)/batch.json"
    return try JSONDecoder().decode(Batch.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// A family that is written as another trains as that one.
  @Test func everyArchitectureHasAFixture() throws {
    let covered = Set(
      try Self.models.map {
        try Checkpoint(folder: TestPlace.golden + "/" + $0).architecture.modelType
      })
    for architecture in Architecture.all {
      #expect(covered.contains(architecture.writtenType), "\(architecture.modelType)")
    }
  }

  @Test(arguments: models, [1, 2]) func everyGradientMatches(name: String, threads: Int) throws {
    let folder = TestPlace.golden + "/" + name
    let batch = try Self.batch(name)
    let model = Trainee(
      try Checkpoint(folder: folder), kernels: Engine(set: .best, threads: threads).kernels())
    let loss = model.accumulate(
      batch.sequences.map(\.training), balance: model.config.experts > 0 ? 0.1 : 0)
    #expect(abs(loss.mean - batch.loss) < 1e-5 * batch.loss)
    let expected = try SafeTensors(path: folder + "/gradients.safetensors").tensors
    #expect(Set(expected.map(\.name)) == Set(model.table.tensors.map(\.name)))
    for tensor in expected {
      let mine = try #require(model.table.tensors.first { $0.name == tensor.name })
      #expect(mine.shape == tensor.shape)
      let found = model.values(mine, of: model.gradients)
      let difference = relativeDifference(found, tensor.floats())
      #expect(difference < 1e-4, "\(name): \(tensor.name) by \(difference)")
    }
  }

  @Test(arguments: models) func directionsThroughAFrozenModelMatch(name: String) throws {
    let batch = try Self.batch(name)
    let search = DirectionSearch(try Checkpoint(folder: TestPlace.golden + "/" + name))
    let removal = try SteeringOperators.named("project-out").edit(
      direction: batch.steered.removed, strength: 0.5, residualMedian: 1)
    let found = try search.loss(
      batch.sequences.map(\.training), site: Site(.residPost, layer: 0),
      direction: batch.steered.direction, strength: 1.5,
      others: [Intervention(site: Site(.residPost, layer: 1), edit: removal)])
    #expect(abs(found.loss - batch.steered.loss) < 1e-5 * batch.steered.loss)
    #expect(relativeDifference(found.gradient, batch.steered.gradient) < 1e-4)
  }
}
