import Foundation
import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTokenizer
import Testing

/// Operators and readings in a real forward pass: a tiny random checkpoint.
@Suite struct ModelTests {
  private let model: Transformer
  private let fitter: VectorFitter
  private let site = Site(.residPost, layer: 1)
  private let contrast = Contrast(
    positive: ["the owl flew", "an owl sat.", "owl"],
    negative: ["the bat flew", "a cat sat.", "dog"])

  init() throws {
    model = try ToyCheckpoint.open()
    fitter = VectorFitter(
      executor: NaiveExecutor(model: model), tokenizer: try ToyTokenizer.make(),
      checkpointHash: "toy")
  }

  private func capture(_ prompts: [[Int]], _ site: Site, _ variant: Variant = .baseline) throws
    -> [Activations]
  {
    try fitter.executor.capture(CaptureJob(prompts: prompts, sites: [site], variant: variant))
      .map { $0[0] }
  }

  private var prompts: [[Int]] {
    (contrast.positive + contrast.negative).map { fitter.tokenizer.encode($0) }
  }

  @Test func readsWhatTheModelWrites() throws {
    let read = try fitter.activations(contrast, read: .last, sites: [site])[0]
    let heard = try capture(prompts, site)
    let last = heard.map { Array($0.position($0.positions - 1)) }
    #expect((read.positive + read.negative).map { bits($0) } == last.map { bits($0) })
  }

  @Test func manySitesReadAsOneByOne() throws {
    let sites = [Site(.residPre, layer: 0), Site(.mlpOut, layer: 2), Site(.attnZ, layer: 1), site]
    let together = try fitter.activations(contrast, read: .responseMean, sites: sites)
    for (index, one) in sites.enumerated() {
      let alone = try fitter.activations(contrast, read: .responseMean, sites: [one])
      #expect(alone[0] == together[index])
    }
  }

  @Test func bothExecutorsFitTheSameBits() throws {
    let planned = VectorFitter(
      executor: SweepPlanner(model: model), tokenizer: fitter.tokenizer, checkpointHash: "toy")
    for read in [ReadPosition.last, .responseMean] {
      let one = try fitter.activations(contrast, read: read, sites: [site])
      #expect(try planned.activations(contrast, read: read, sites: [site]) == one)
    }
  }

  @Test func aSiteThatTheModelLacksIsRefused() {
    let beyond = Site(.residPost, layer: 3)
    #expect(throws: EngineError.noSuchLayer(site: beyond, layers: 3)) {
      try fitter.activations(contrast, read: .last, sites: [beyond])
    }
  }

  @Test(arguments: OperatorTests.ids) func strengthZeroIsTheBaseline(id: String) throws {
    let vector = try fitter.fit(fitter.activations(contrast, read: .last, sites: [site])[0])
    let steering = try OperatorLaw.named(id)
    func logits(_ strength: Double?) throws -> [[UInt32]] {
      let interventions = strength.map {
        [
          Intervention(
            site: site,
            edit: steering.edit(
              direction: vector.direction, strength: $0, residualMedian: vector.rawNorm))
        ]
      }
      return try capture(prompts, Site(.logits), Variant(interventions ?? [])).map {
        bits($0.values)
      }
    }
    let baseline = try logits(nil)
    #expect(try logits(0) == baseline)
    #expect(try logits(0.5) != baseline)
  }

  /// What stands at the site after an edit is what the operator promises.
  @Test func theStreamIsWhereTheOperatorPutsIt() throws {
    let vector = try fitter.fit(fitter.activations(contrast, read: .last, sites: [site])[0])
    let plain = try capture(prompts, site)
    func along(_ steering: any SteeringOperator, _ strength: Double) throws -> [Double] {
      let edit = steering.edit(
        direction: vector.direction, strength: strength, residualMedian: 4)
      let heard = try capture(prompts, site, Variant([Intervention(site: site, edit: edit)]))
      return heard.flatMap { row in
        (0..<row.positions).map { dot(row.position($0), vector.direction) }
      }
    }
    let before = plain.flatMap { row in
      (0..<row.positions).map { dot(row.position($0), vector.direction) }
    }
    #expect(try along(ProjectOut(), 1).allSatisfy { abs($0) < 1e-4 })
    #expect(try along(Clamp(value: 0.5), 1).allSatisfy { abs($0 - 2) < 1e-4 })
    let added = zip(try along(Add(), 3), before).map { $0 - $1 }
    #expect(added.allSatisfy { abs($0 - 3) < 1e-4 })
  }
}

/// A GPT-2-shaped checkpoint of random weights for the letters of `ToyTokenizer`.
enum ToyCheckpoint {
  static func open(layers: Int = 3, width: Int = 12) throws -> Transformer {
    try withFolder { folder in
      let config = """
        {"model_type": "gpt2", "n_embd": \(width), "n_head": 3, "n_layer": \(layers),
         "vocab_size": \(ToyTokenizer.vocabulary), "n_positions": 40,
         "activation_function": "relu"}
        """
      try Data(config.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
      var chance = NamedStream("toy-checkpoint")
      var tensors: [(name: String, shape: [Int], values: [Float])] = []
      func random(_ name: String, _ shape: [Int], around centre: Float = 0) {
        let values = chance.normals(shape.reduce(1, *)).map { centre + 0.3 * $0 }
        tensors.append((name, shape, values))
      }
      func norm(_ name: String) {
        random(name + ".weight", [width], around: 1)
        random(name + ".bias", [width])
      }
      func map(_ name: String, _ inputs: Int, _ outputs: Int) {
        random(name + ".weight", [inputs, outputs])
        random(name + ".bias", [outputs])
      }
      random("wte.weight", [ToyTokenizer.vocabulary, width])
      random("wpe.weight", [40, width])
      for layer in 0..<layers {
        norm("h.\(layer).ln_1")
        map("h.\(layer).attn.c_attn", width, 3 * width)
        map("h.\(layer).attn.c_proj", width, width)
        norm("h.\(layer).ln_2")
        map("h.\(layer).mlp.c_fc", width, 4 * width)
        map("h.\(layer).mlp.c_proj", 4 * width, width)
      }
      norm("ln_f")
      try SafeTensors.write(tensors, to: folder + "/model.safetensors")
      return try Transformer(Checkpoint(folder: folder))
    }
  }
}
