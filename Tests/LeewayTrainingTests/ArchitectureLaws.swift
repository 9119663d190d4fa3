import Foundation
import LeewayBase
import LeewayModel
import LeewayTensor
import LeewayTraining
import Testing

/// What holds of training in every registered family, whatever its blocks are made of.
@Suite struct ArchitectureLaws {
  static let names = Architecture.all.map(\.modelType)
  static let vocabulary = 23

  /// A small model of a family: windows shorter than the texts, caps that bend.
  static func config(_ architecture: Architecture, tied: Bool = false) -> TransformerConfig {
    var config = architecture.config(
      of: ModelShape(
        vocabulary: vocabulary, layers: 2, width: 12, heads: 2, kvHeads: 1, mlpWidth: 10,
        context: 16, tiedEmbeddings: tied, experts: 3, expertsPerToken: 2))
    config.windows = config.windows.map { min($0, 3) }
    if config.attentionCap > 0 { config.attentionCap = 0.9 }
    if config.logitCap > 0 { config.logitCap = 2 }
    return config
  }

  static func model(_ architecture: Architecture, _ config: TransformerConfig) -> Trainee {
    Trainee(architecture, config, kernels: Kernels()) { tensor in
      var chance = Chance("law", architecture.modelType, tensor.name)
      let norm = tensor.role == .norm
      return chance.floats(
        tensor.count, around: norm ? 1 - config.normOffset : 0, by: norm ? 0.2 : 0.35)
    }
  }

  static let sequences = [[3, 9, 1, 20, 7, 22, 2, 2, 14], [5, 5, 11, 0]].map {
    TrainingSequence(tokens: $0)
  }

  /// Along its own direction a gradient is as steep as it is long: a part that is wrong, or that
  /// points elsewhere, makes it flatter.
  @Test(arguments: names, [false, true])
  func everyTensorsGradientIsItsSlope(name: String, tied: Bool) throws {
    let architecture = try #require(Architecture.named(name))
    let model = Self.model(architecture, Self.config(architecture, tied: tied))
    let loss = model.accumulate(Self.sequences)
    #expect(loss.mean > 0.1 && loss.mean.isFinite)
    var steep = 0
    for tensor in model.table.tensors {
      let gradient = model.values(tensor, of: model.gradients)
      let length = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      // Experts that nobody visits, and key biases without rotation, which change no probability.
      guard length > 1e-4 else { continue }
      steep += 1
      let start = model.values(tensor, of: model.weights)
      func loss(_ step: Float) -> Double {
        for index in 0..<tensor.count {
          model.weights.base[tensor.start + index] =
            start[index] + step * gradient[index] / Float(length)
        }
        model.refresh()
        return model.loss(Self.sequences).mean
      }
      let measured = measuredSlope(step: 4e-3, loss)
      for index in 0..<tensor.count { model.weights.base[tensor.start + index] = start[index] }
      #expect(
        abs(measured - length) < 1e-2 * length + 1e-3,
        "\(name), \(tensor.name): \(length) instead of \(measured)")
    }
    #expect(steep * 10 >= model.table.tensors.count * 8, "\(name): \(steep) have a slope")
  }

  /// What is written after a training opens as what it was, to the bit.
  @Test(arguments: names) func writtenModelsOpen(name: String) throws {
    let architecture = try #require(Architecture.named(name))
    let model = Self.model(architecture, Self.config(architecture))
    let folder = try TestPlace.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try ModelFolder(path: folder).write(model, weights: .f32, tokenizer: [])
    let read = try Checkpoint(folder: folder)
    #expect(read.architecture.modelType == architecture.writtenType)
    #expect(read.config == model.config)
    #expect(read.harmlessKeys.isEmpty)
    let again = Trainee(read, kernels: Kernels())
    let loss = model.loss(Self.sequences)
    #expect(again.loss(Self.sequences) == loss)
    let executor = NaiveExecutor(model: try Transformer(read))
    let scores = try executor.score(
      ScoringJob(
        sequences: Self.sequences.map { ScoringJob.Sequence(tokens: $0.tokens, scoredFrom: 1) },
        variants: [.baseline]))
    let sum = scores[0].joined().reduce(0.0) { $0 - Double($1) }
    #expect(abs(sum - loss.sum) < 1e-4 * loss.sum)
  }

  /// Training starts from norms that change nothing.
  @Test(arguments: names) func normsStartAtOne(name: String) throws {
    let architecture = try #require(Architecture.named(name))
    let config = Self.config(architecture)
    let model = Trainee(architecture, config, kernels: Kernels()) {
      Initialization.values($0, config, seed: "s")
    }
    for place in [NormPlace.final, .attn(0), .mlpPost(1), .query(0)] {
      let norm = model.transformer.norm(place)
      #expect(norm.weight.allSatisfy { $0 == 1 }, "\(name) \(place)")
    }
    #expect(model.transformer.norm(.final).weight.count == config.width)
  }
}
