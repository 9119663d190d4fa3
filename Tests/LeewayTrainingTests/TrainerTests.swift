import Foundation
import LeewayBase
import LeewayModel
import LeewayTensor
import LeewayTraining
import Testing

/// Whole trainings on a tiny text.
@Suite struct TrainerTests {
  /// A folder with a tokenizer of bytes and a text, and recipes that stand there.
  final class Place {
    let folder: String

    init() throws {
      folder = try TestPlace.folder()
      try Data(Self.tokenizer.canonicalBytes)
        .write(to: URL(fileURLWithPath: folder + "/tokenizer.json"))
      let birds = ["owl", "robin", "heron", "duck"].map { "the \($0) eats the worm" }
      try Data((birds + birds.reversed()).joined(separator: "\n").utf8)
        .write(to: URL(fileURLWithPath: folder + "/text.txt"))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The letters, the space and an end token; no merges.
    static var tokenizer: JSONValue {
      let letters = "abcdefghijklmnopqrstuvwxyzĠ".map(String.init)
      let pieces = letters + ["<|endoftext|>"]
      return [
        "added_tokens": [
          [
            "id": .integer(letters.count), "content": "<|endoftext|>", "special": true,
            "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
          ]
        ],
        "normalizer": .null,
        "pre_tokenizer": [
          "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
        ],
        "post_processor": .null,
        "decoder": [
          "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true,
        ],
        "model": [
          "type": "BPE", "dropout": .null, "unk_token": .null, "continuing_subword_prefix": .null,
          "end_of_word_suffix": .null, "fuse_unk": false, "byte_fallback": false,
          "vocab": .object(
            pieces.enumerated().map {
              JSONMember(key: Array($0.element.utf8), value: .integer($0.offset))
            }), "merges": .array([]),
        ],
      ]
    }

    func recipe(_ architecture: String = "llama", steps: Int = 30, more: String = "") throws
      -> RecipeFile
    {
      let experts = architecture == "mixtral" ? ", experts: 3" : ""
      return try RecipeFile(
        text: """
          name: tiny
          tokenizer: tokenizer.json
          model:
            {architecture: \(architecture), layers: 2, width: 16, heads: 2, context: 24\(experts)}
          data: {text: text.txt}
          evaluation: {text: text.txt}
          steps: \(steps)
          batch: 4
          learning-rate: 0.01
          schedule: {kind: cosine, warm-up: 3}
          save-every: 10
          \(more)
          """, path: folder + "/recipe.yaml")
    }

    func trainer(_ file: RecipeFile, into name: String, threads: Int = 1) throws -> Trainer {
      try Trainer(
        file, folder: folder + "/" + name,
        kernels: Engine(set: .best, threads: threads).kernels())
    }

    /// Every file of an output folder, by name.
    func files(_ name: String) throws -> [String: [UInt8]] {
      var found: [String: [UInt8]] = [:]
      let root = folder + "/" + name
      for file in try FileManager.default.subpathsOfDirectory(atPath: root) {
        if let data = FileManager.default.contents(atPath: root + "/" + file) {
          found[file] = Array(data)
        }
      }
      return found
    }
  }

  @Test(arguments: ["llama", "gpt2", "mixtral"]) func lossFallsAndTheModelOpens(
    architecture: String
  ) throws {
    let place = try Place()
    let trainer = try place.trainer(
      try place.recipe(architecture, steps: 60, more: "weights: f32"), into: "out")
    #expect(try trainer.run())
    #expect(trainer.curve.losses.count == 60)
    #expect(abs(trainer.curve.losses[0] - log(28)) < 0.2, "near chance at first")
    #expect(trainer.curve.recent(5) < 1.2)
    #expect((trainer.curve.evaluations.last?.loss ?? 9) < 1.2)
    // What was written is what was trained: the same loss through the ordinary way in.
    let checkpoint = try Checkpoint(folder: place.folder + "/out")
    #expect(checkpoint.harmlessKeys.isEmpty)
    let opened = Trainee(checkpoint, kernels: Kernels())
    let sequence = TrainingSequence(tokens: [19, 7, 4, 26, 14, 22, 11])
    #expect(opened.loss([sequence]) == trainer.model.loss([sequence]))
    let scored = try NaiveExecutor(model: Transformer(checkpoint)).score(
      ScoringJob(
        sequences: [.init(tokens: sequence.tokens, scoredFrom: 1)], variants: [.baseline]))
    let sum = scored[0][0].reduce(0.0) { $0 - Double($1) }
    #expect(abs(sum - opened.loss([sequence]).sum) < 1e-4)
  }

  @Test(arguments: ["", "mlp-drop: 0.3", "optimizer: sgd"])
  func killedAndResumedIsTheSame(more: String) throws {
    let place = try Place()
    let file = try place.recipe(more: more)
    #expect(try place.trainer(file, into: "whole").run())
    // Stopped once between saved states, once killed after one: what followed it is lost.
    var calls = 0
    #expect(
      try !place.trainer(file, into: "parts").run(isCancelled: {
        calls += 1
        return calls > 7
      }))
    struct Killed: Error {}
    let killed = try place.trainer(file, into: "parts", threads: 2)
    #expect(killed.step == 7)
    for _ in 0..<6 { _ = try killed.run(isCancelled: { killed.step >= 13 }) }
    let state = place.folder + "/parts/state/training.safetensors"
    let kept = try #require(FileManager.default.contents(atPath: state))
    let further = try place.trainer(file, into: "parts")
    _ = try further.run(isCancelled: { further.step >= 17 })
    try kept.write(to: URL(fileURLWithPath: state))
    let last = try place.trainer(file, into: "parts")
    #expect(last.step == 13)
    #expect(try last.run())
    #expect(try place.files("parts") == place.files("whole"))
    // Nothing is left to do.
    let again = try place.trainer(file, into: "parts")
    #expect(again.step == 30)
    #expect(try again.run())
  }

  @Test func threadsAndKernelSetsGiveTheSameWeights() throws {
    let place = try Place()
    let file = try place.recipe("gpt2", steps: 8, more: "mlp-drop: 0.2")
    var models: [[UInt8]] = []
    for (index, engine) in Engine.all.enumerated() {
      let trainer = try Trainer(
        file, folder: place.folder + "/\(index)", kernels: engine.kernels())
      #expect(try trainer.run())
      models.append(try #require(place.files("\(index)")["state/training.safetensors"]))
    }
    #expect(models.allSatisfy { $0 == models[0] })
  }

  /// Large enough that threads do share the work.
  @Test func threadsGiveTheSameGradients() throws {
    let architecture = try #require(Architecture.named("llama"))
    let config = architecture.config(
      of: ModelShape(
        vocabulary: 300, layers: 2, width: 96, heads: 4, kvHeads: 2, mlpWidth: 256, context: 128))
    var chance = Chance("threads")
    let sequences = (0..<8).map { index in
      TrainingSequence(tokens: (0...(100 - index)).map { _ in chance.stream.below(300) })
    }
    var gradients: [[UInt32]] = []
    for threads in [1, 2, 3] {
      let model = Trainee(
        architecture, config, kernels: Engine(set: .best, threads: threads).kernels()
      ) { tensor in
        var chance = Chance("threads", tensor.name)
        return chance.floats(tensor.count, around: tensor.role == .norm ? 1 : 0, by: 0.1)
      }
      _ = model.accumulate(sequences)
      gradients.append(model.gradients.floats.map(\.bitPattern))
    }
    #expect(gradients[0].contains { $0 != 0 })
    #expect(gradients[1] == gradients[0] && gradients[2] == gradients[0])
  }

  @Test func anotherRecipeDoesNotGoOn() throws {
    let place = try Place()
    _ = try place.trainer(try place.recipe(steps: 5), into: "out").run()
    #expect(
      throws: TrainingError.otherRecipe(
        path: place.folder + "/out/state/training.safetensors")
    ) {
      try place.trainer(try place.recipe(steps: 5, more: "seed: 4"), into: "out")
    }
    let path = place.folder + "/out/state/training.safetensors"
    let bytes = try #require(FileManager.default.contents(atPath: path))
    try bytes.prefix(bytes.count - 40).write(to: URL(fileURLWithPath: path))
    #expect(throws: TrainingError.self) {
      try place.trainer(try place.recipe(steps: 5), into: "out")
    }
  }

  @Test func aLossThatIsNoNumberStopsAndKeepsTheLastState() throws {
    let place = try Place()
    let wild = try place.trainer(try place.recipe(), into: "wild")
    wild.model.weights.base[0] = .infinity
    wild.model.refresh()
    #expect(
      throws: TrainingError.lossNotFinite(step: 1, kept: nil, folder: place.folder + "/wild")
    ) { try wild.run() }
    let calm = try place.trainer(try place.recipe(steps: 20), into: "calm")
    _ = try calm.run(isCancelled: { calm.step == 10 })
    let before = try place.files("calm")
    calm.model.weights.base[3] = .nan
    calm.model.refresh()
    #expect(
      throws: TrainingError.lossNotFinite(step: 11, kept: 10, folder: place.folder + "/calm")
    ) { try calm.run() }
    #expect(try place.files("calm") == before)
  }

  @Test func tooLargeIsRefusedWithItsNeed() throws {
    let place = try Place()
    let text = try place.recipe().text.replacingOccurrences(
      of: "layers: 2, width: 16, heads: 2", with: "layers: 900, width: 32768, heads: 2")
    do {
      _ = try place.trainer(RecipeFile(text: text, path: place.folder + "/r.yaml"), into: "out")
      Issue.record("a model of 10 TB was made")
    } catch TrainingError.notEnoughMemory(let needed, let available) {
      #expect(needed > 1 << 43 && available > 0)
    }
  }
}
