import Foundation
import LeewayBase
import LeewayModel
import Testing

/// What stands in folders that people have: keys that change nothing, experts in stacks, blocks of two
/// kinds.
@Suite struct FolderTests {
  /// A fixture's configuration with more keys, as real folders have them.
  static let inert: [(fixture: String, keys: [String: JSONValue])] = [
    // distilgpt2, and the first versions of the framework
    ("gpt2-prefixed", ["_num_labels": 1, "id2label": ["0": "LABEL_0"], "pruned_heads": [:]]),
    // copies by those who make training faster
    ("llama-multihead", ["unsloth_fixed": true, "unsloth_version": "2025.1.6"]),
    ("gemma3-multihead", ["unsloth_fixed": true]),
    // the first conversions of LLaMA
    ("llama-multihead", ["max_sequence_length": 2048, "pad_token_id": -1]),
    ("mistral-wide", ["max_sequence_length": 131_072]),
    // Phi-4-mini
    ("phi3-long", ["full_attn_mod": 1, "interpolate_factor": 1, "lm_head_bias": false]),
    // what version 4 of the framework writes for Pythia beside the keys that it reads
    ("neox-in-turn", ["rope_theta": 77, "partial_rotary_factor": 0.5]),
    ("neox-parallel", ["attention_probs_dropout_prob": 0.1, "hidden_dropout_prob": 0.1]),
    // models that come with a way of calling them
    ("neox-plain", ["custom_pipelines": ["text-generation": ["impl": "x.Pipeline", "pt": ["X"]]]]),
    ("qwen2-window", ["use_mrope": false, "_flash_attn_2_enabled": true]),
  ]

  @Test(arguments: inert.indices) func keysThatChangeNothingAreAccepted(index: Int) throws {
    let (fixture, keys) = Self.inert[index]
    let plain = try Checkpoint(folder: GoldenFixture.root + "/" + fixture)
    let found = try TestFolder.open(fixture, keys)
    #expect(found.config == plain.config)
    #expect(
      Set(found.harmlessKeys).isSubset(of: ["use_mrope", "lm_head_bias", "pruned_heads"]))
  }

  /// Some long-context models say so of their angles, which changes nothing.
  @Test func anglesMayBeFinetuned() throws {
    let yarn: [JSONMember] = try #require(
      TestFolder.config("llama-yarn")["rope_scaling"]?.members)
    let more = JSONMember(key: Array("finetuned".utf8), value: true)
    let found = try TestFolder.open("llama-yarn", ["rope_scaling": .object(yarn + [more])])
    #expect(found.config == (try TestFolder.open("llama-yarn", [:]).config))
  }

  /// A quantised model that was widened again may keep the key; who knows better says so.
  @Test func aQuantisedConfigurationCanBeAcceptedUnread() throws {
    let found = try TestFolder.open(
      "llama-multihead", ["quantization_config": ["quant_method": "fp8"]],
      ignoring: ["quantization_config"])
    #expect(found.ignoredKeys == ["quantization_config"])
  }

  // MARK: Windows

  /// Of one position a query sees itself alone, with a cache too; the reference's cache keeps all of
  /// them then, so that what it says depends on how often it was called.
  @Test func aWindowOfOneIsOneWithACacheToo() throws {
    let folder = try TestFolder.copy("mistral-window", ["sliding_window": 1])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let model = try Transformer(Checkpoint(folder: folder))
    #expect(model.config.windows == [1, 1])
    for kind in ExecutorKind.allCases {
      let executor = kind.make(model)
      let made = try executor.generate(
        GenerationJob(
          prompts: [[3, 1, 4]], streams: ["a"], variants: [.baseline], maxTokens: 6))[0][0].tokens
      for index in made.indices {
        // Nothing but the last token is seen, by this block and by the one below.
        let last = ([4] + made)[index]
        let answer = try executor.nextToken(
          NextTokenJob(prompts: [[last]], candidates: [[0]], variants: [.baseline]))
        #expect(answer[0][0].top == made[index], "\(kind), token \(index)")
      }
    }
  }

  // MARK: Experts in stacks

  /// In the file's own names.
  @Test func aStackIsHeldToItsShape() throws {
    for (fixture, keys, stack, expected, found) in [
      (
        "mixtral-stacked", ["num_local_experts": 4], "0.mlp.experts.gate_up_proj", [4, 30, 12],
        [3, 30, 12]
      ),
      (
        "qwen3moe-dense", ["num_local_experts": 2], "1.mlp.experts.gate_up_proj", [2, 18, 12],
        [3, 18, 12]
      ),
      (
        "olmoe-clipped", ["intermediate_size": 11], "0.mlp.experts.gate_up_proj", [4, 22, 12],
        [4, 20, 12]
      ),
    ] as [(String, [String: JSONValue], String, [Int], [Int])] {
      let folder = try TestFolder.copy(fixture, keys)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      #expect(
        throws: CheckpointError.wrongShape(
          folder: folder, name: "model.layers." + stack, expected: expected, found: found)
      ) { try Checkpoint(folder: folder) }
    }
  }

  /// Expert by expert the down maps lie the other way round.
  @Test func aTransposedStackIsRefused() throws {
    let folder = try TestFolder.copy("mixtral-stacked", [:])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/model.safetensors"
    let file = try SafeTensors(path: path).tensors
    let name = "model.layers.1.mlp.experts.down_proj"
    try SafeTensors.write(
      file.map { ($0.name, $0.name == name ? [3, 15, 12] : $0.shape, $0.floats()) }, to: path)
    #expect(
      throws: CheckpointError.wrongShape(
        folder: folder, name: name, expected: [3, 12, 15], found: [3, 15, 12])
    ) { try Checkpoint(folder: folder) }
  }

  /// The same model one way and the other, down to the bits.
  @Test func aStackMeansItsTensorsOneByOne() throws {
    let stacked = try Checkpoint(folder: GoldenFixture.root + "/olmoe-clipped")
    let folder = try TestFolder.copy("olmoe-clipped", [:])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let tensors = stacked.weightsByName().sorted { $0.key < $1.key }
    #expect(tensors.contains { $0.key == "model.layers.1.mlp.experts.3.up_proj.weight" })
    let shapes = try SafeTensors(path: folder + "/model.safetensors").tensors
    try SafeTensors.write(
      tensors.map { name, values in
        let plain = shapes.first { $0.name == name }?.shape
        let shape = name.hasSuffix("down_proj.weight") ? [12, 10] : [10, 12]
        return (name, plain ?? shape, values)
      }, to: folder + "/model.safetensors")
    let apart = try Checkpoint(folder: folder)
    let ids = [3, 1, 4, 1, 5, 9]
    let answers = try [stacked, apart].map { checkpoint in
      let heard = try NaiveExecutor(model: Transformer(checkpoint)).capture(
        CaptureJob(prompts: [ids], sites: [Site(.logits)]))
      return bits(heard[0][0].values)
    }
    #expect(answers[0] == answers[1])
    #expect(try Transformer(stacked).parameters == stacked.parameters)
    #expect(apart.parameters == stacked.parameters)
  }

  /// GPT-NeoX's unembedding has another name in memory.
  @Test func aNameFromMemoryIsKnown() throws {
    let folder = try TestFolder.copy("neox-in-turn", [:])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let plain = try Checkpoint(folder: folder)
    let path = folder + "/model.safetensors"
    let file = try SafeTensors(path: path).tensors
    #expect(file.contains { $0.name == "embed_out.weight" })
    try SafeTensors.write(
      file.map {
        ($0.name == "embed_out.weight" ? "lm_head.weight" : $0.name, $0.shape, $0.floats())
      }, to: path)
    let stated = try Checkpoint(folder: folder)
    #expect(stated.weightsByName() == plain.weightsByName())
  }

  /// A file that has both would leave open which is meant.
  @Test func aStackBesideItsTensorsIsRefused() throws {
    let folder = try TestFolder.copy("mixtral-stacked", [:])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/model.safetensors"
    let file = try SafeTensors(path: path).tensors
    let name = "model.layers.0.block_sparse_moe.experts.1.w2.weight"
    try SafeTensors.write(
      file.map { ($0.name, $0.shape, $0.floats()) } + [
        (name, [12, 15], Array(repeating: 0, count: 180))
      ],
      to: path)
    #expect(
      throws: CheckpointError.missingTensor(
        folder: folder, name: "model.layers.0.block_sparse_moe.experts.0.w2.weight")
    ) { try Checkpoint(folder: folder) }
  }

  // MARK: Blocks of two kinds

  @Test func aBlockHasTheSitesOfItsKind() throws {
    let model = try Transformer(Checkpoint(folder: GoldenFixture.root + "/qwen3moe-dense"))
    #expect((0..<4).map { model.config.experts($0) } == [0, 3, 0, 0])
    #expect((0..<4).map { model.config.mlpWidth($0) } == [14, 9, 14, 14])
    for (kind, layer) in [(Site.Kind.mlpRouter, 0), (.mlpExperts, 3), (.mlpPost, 1)] {
      let site = Site(kind, layer: layer)
      #expect(!model.config.has(site))
      for executor in ExecutorKind.allCases {
        #expect(throws: EngineError.noSuchSite(site: site)) {
          try executor.make(model).capture(CaptureJob(prompts: [[1]], sites: [site]))
        }
      }
    }
  }

  /// Blocks past the end may be listed: the reference passes over them, as in a model that was cut.
  @Test func listedBlocksPastTheEndAreNone() throws {
    let found = try TestFolder.open("qwen3moe-dense", ["mlp_only_layers": [3, 9]])
    #expect(found.config.denseBlocks == [0, 2, 3])
  }
}

/// Copies of fixtures with other keys.
enum TestFolder {
  static func config(_ fixture: String) throws -> JSONValue {
    let path = GoldenFixture.root + "/" + fixture + "/config.json"
    return try JSONValue.parse(Array(Data(contentsOf: URL(fileURLWithPath: path))), path: path)
  }

  static func copy(_ fixture: String, _ keys: [String: JSONValue]) throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-folder-\(UUID().uuidString)").path
    try FileManager.default.copyItem(atPath: GoldenFixture.root + "/" + fixture, toPath: folder)
    let kept = (try config(fixture).members ?? []).filter {
      keys[String(decoding: $0.key, as: UTF8.self)] == nil
    }
    let json = JSONValue.object(
      kept + keys.map { JSONMember(key: Array($0.key.utf8), value: $0.value) })
    try Data(json.canonicalBytes).write(to: URL(fileURLWithPath: folder + "/config.json"))
    return folder
  }

  static func open(
    _ fixture: String, _ keys: [String: JSONValue], ignoring: Set<String> = []
  ) throws -> Checkpoint {
    let folder = try copy(fixture, keys)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try Checkpoint(folder: folder, ignoring: ignoring)
  }
}
