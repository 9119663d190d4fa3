import Foundation
import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTensor
import Testing

/// Models from GGUF: the same bits as the folder they were made of, and quantised weights compute what
/// their widened numbers compute.
@Suite struct GGUFModelTests {
  static let folder = PackagePlace.tests + "/LeewayModelTests/GGUF"
  /// Written by Tools/gguf_golden.py from golden folders.
  static let names =
    (try? FileManager.default.contentsOfDirectory(atPath: folder))?
    .filter { $0.hasSuffix(".gguf") }.map { String($0.dropLast(5)) }.sorted() ?? []

  private func heard(_ model: Transformer, _ prompts: [[Int]], _ kernels: Kernels = Kernels())
    throws -> [[Activations]]
  {
    try NaiveExecutor(model: model, kernels: kernels).capture(
      CaptureJob(prompts: prompts, sites: model.config.sites))
  }

  @Test func familiesHaveFixtures() throws {
    let covered = try Set(
      Self.names.map { try Checkpoint(folder: Self.folder + "/\($0).gguf").architecture.modelType })
    #expect(covered == Set(GGUFFamily.all.map(\.modelType)))
  }

  @Test(arguments: names) func theFileComputesWhatItsFolderComputes(name: String) throws {
    let file = try Checkpoint(folder: Self.folder + "/\(name).gguf")
    let folder = try Checkpoint(folder: GoldenFixture.root + "/" + name)
    #expect(file.architecture.modelType == folder.architecture.modelType)
    #expect(file.harmlessKeys.isEmpty)
    let prompts = try GoldenFixture.manifest(name).prompts.map(\.ids)
    let (one, other) = (try Transformer(file), try Transformer(folder))
    #expect(one.config.sites == other.config.sites)
    #expect(one.config.endTokens == other.config.endTokens)
    let (found, expected) = (try heard(one, prompts), try heard(other, prompts))
    for prompt in prompts.indices {
      for (index, site) in one.config.sites.enumerated() {
        #expect(
          bits(found[prompt][index].values) == bits(expected[prompt][index].values),
          "\(name), prompt \(prompt): \(site)")
      }
    }
    #expect(one.parameters == other.parameters)
    // What training starts from: names, order of rows and all.
    let (written, stored) = (file.weightsByName(), folder.weightsByName())
    #expect(Set(written.keys) == Set(stored.keys))
    for (key, values) in stored {
      let found = try #require(written[key])
      // A one that was added to a norm and taken away again leaves a trace of rounding.
      if one.config.normOffset != 0, values.count == one.config.width || key.contains("_norm") {
        #expect(zip(found, values).allSatisfy { abs($0 - $1) < 1e-6 }, "\(key)")
      } else {
        #expect(bits(found) == bits(values), "\(key)")
      }
    }
  }

  // MARK: Quantised models

  /// A `llama` file of random weights, each matrix in a format of its own.
  struct Toy {
    var types: (String) -> DType = { _ in .f32 }
    var width = 256
    /// What is done to the tensors before they are written.
    var change: ([GGUF.Tensor]) -> [GGUF.Tensor] = { $0 }
    var metadata: [(key: String, value: GGUF.Written)] = [
      ("general.architecture", .string("llama")), ("general.name", .string("toy")),
      ("llama.block_count", .u32(2)), ("llama.context_length", .u32(32)),
      ("llama.embedding_length", .u32(256)), ("llama.feed_forward_length", .u32(256)),
      ("llama.attention.head_count", .u32(4)), ("llama.attention.head_count_kv", .u32(2)),
      ("llama.attention.layer_norm_rms_epsilon", .f32(1e-5)),
      ("tokenizer.ggml.eos_token_id", .u32(2)),
    ]

    var tensors: [GGUF.Tensor] {
      func matrix(_ name: String, _ rows: Int) -> GGUF.Tensor {
        let type = types(name)
        var chance = NamedStream("gguf-toy", name)
        let count = rows * width
        if type.isPlain {
          let values = (0..<count).map { _ in 0.06 * Float(chance.normal()) }
          return .init(name: name, shape: [rows, width], dtype: type, bytes: type.narrow(values))
        }
        var bytes = (0..<type.bytes(of: count)).map { _ in UInt8(chance.below(256)) }
        // About the size of the plain numbers: the whole numbers are up to 128, K scales up to 63.
        let size: Float =
          type == .iq4XS
          ? 2e-5
          : [.q80, .q6K, .iq4NL].contains(type) ? 4e-4 : type.blockNumbers > 32 ? 2e-4 : 0.01
        for block in stride(from: 0, to: bytes.count, by: type.blockBytes) {
          for half in type.halves {
            let scale = Float16(size * Float(chance.normal())).bitPattern
            bytes[block + half] = UInt8(scale & 255)
            bytes[block + half + 1] = UInt8(scale >> 8)
          }
        }
        return .init(name: name, shape: [rows, width], dtype: type, bytes: bytes)
      }
      func norm(_ name: String) -> GGUF.Tensor {
        .init(name: name, shape: [width], values: .init(repeating: 1, count: width))
      }
      var all = [matrix("token_embd.weight", 70), norm("output_norm.weight")]
      for block in 0..<2 {
        let prefix = "blk.\(block)."
        all += [norm(prefix + "attn_norm.weight"), norm(prefix + "ffn_norm.weight")]
        all += [("attn_q", 256), ("attn_k", 128), ("attn_v", 128), ("attn_output", 256)].map {
          matrix(prefix + $0.0 + ".weight", $0.1)
        }
        all += ["ffn_gate", "ffn_up", "ffn_down"].map { matrix(prefix + $0 + ".weight", 256) }
      }
      return all
    }

    func open<R>(_ body: (String) throws -> R) throws -> R {
      let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("leeway-\(UUID().uuidString).gguf").path
      try GGUF.write(change(tensors), metadata: metadata, to: path)
      defer { try? FileManager.default.removeItem(atPath: path) }
      return try body(path)
    }
  }

  /// The same file with every matrix as plain f32.
  private func widened(_ toy: Toy) throws -> Transformer {
    let plain = try toy.open { path in
      try GGUF(path: path).tensors.map {
        GGUF.Tensor(name: $0.name, shape: $0.shape, values: $0.floats())
      }
    }
    var other = toy
    other.change = { _ in plain }
    return try other.open { try Transformer(Checkpoint(folder: $0)) }
  }

  static let prompts = [[3, 1, 4, 1, 5], [2], [7, 8, 9]]

  @Test(arguments: DType.allCases) func everyFormatComputesItsWidenedNumbers(type: DType) throws {
    try compare(Toy(types: { _ in type }))
  }

  /// What llama.cpp calls Q4_K_M: values and some other maps in a finer format.
  @Test func formatsMixWithinAModel() throws {
    try compare(
      Toy { name in
        if name.contains("attn_v") || name.contains("embd") { return .q6K }
        return name.contains("blk.1.ffn_down") ? .f16 : .q4K
      })
  }

  private func compare(_ toy: Toy) throws {
    let expected = try heard(widened(toy), Self.prompts)
    try toy.open { path in
      let model = try Transformer(Checkpoint(folder: path))
      for set in KernelSet.available {
        let found = try heard(model, Self.prompts, Kernels(set: set))
        #expect(bits(found) == bits(expected), "\(set.name)")
      }
      #expect(expected[0].contains { $0.values.contains { abs($0) > 0.1 } })
      // Sites are edited as in any model, and the planner keeps to the naive bits.
      let site = Site(.residPost, layer: 0)
      let vector = try SteeringVector(
        site: site, raw: (0..<256).map { Float($0 % 7) - 3 },
        provenance: .init(method: "test", contrastHash: "", checkpointHash: "", read: ""))
      let edit = try Add().edit(
        direction: vector.direction, strength: 2, residualMedian: 1)
      let variants = [Variant.baseline, Variant([Intervention(site: site, edit: edit)])]
      let job = NextTokenJob(
        prompts: Self.prompts, candidates: Self.prompts.map { _ in [1, 2] }, variants: variants)
      let naive = try NaiveExecutor(model: model).nextToken(job)
      #expect(bits(try SweepPlanner(model: model).nextToken(job)) == bits(naive))
      #expect(bits(naive)[0] != bits(naive)[1])
    }
  }

  // MARK: Refusals

  private func refusal(
    _ toy: Toy = Toy(), ignoring: Set<String> = [],
    change: @escaping ([GGUF.Tensor]) -> [GGUF.Tensor] = { $0 }
  ) throws -> CheckpointError? {
    var toy = toy
    toy.change = change
    return try toy.open { path in
      do { _ = try Transformer(Checkpoint(folder: path, ignoring: ignoring)) } catch let error
        as CheckpointError
      { return error }
      return nil
    }
  }

  private func toy(_ key: String, _ value: GGUF.Written?) -> Toy {
    var toy = Toy()
    toy.metadata.removeAll { $0.key == key }
    if let value { toy.metadata.append((key, value)) }
    return toy
  }

  @Test func whatAModelNeedsIsAskedFor() throws {
    #expect(try refusal() == nil)
    if case .missingKey(_, "llama.block_count") = try refusal(toy("llama.block_count", nil)) {
    } else {
      Issue.record("a missing key")
    }
    let unknown = try refusal(toy("general.architecture", .string("llamma")))
    if case .unknownArchitecture(_, "llamma", let known) = unknown {
      #expect(known.contains("llama") && known.contains("qwen3moe") && known == known.sorted())
    } else {
      Issue.record("an unknown architecture: \(String(describing: unknown))")
    }
    for key in ["llama.rope.dimension_count", "llama.attention.value_length"] {
      let found = try refusal(toy(key, .u32(32)))
      if case .wrongValue(_, key, "64", "32") = found {
      } else {
        Issue.record("\(key): \(String(describing: found))")
      }
    }
    let key = "llama.attention.sliding_window"
    let strange = toy(key, .u32(4096))
    if case .unknownKeys(_, [key]) = try refusal(strange) {} else { Issue.record("unknown key") }
    #expect(try refusal(strange, ignoring: [key]) == nil)
    #expect(try refusal(toy(key, .u32(0))) == nil)
    let kind = try refusal(toy("llama.rope.scaling.type", .string("spiral")))
    if case .wrongValue(_, "llama.rope.scaling.type", _, "spiral") = kind {
    } else {
      Issue.record("spiral: \(String(describing: kind))")
    }
    let yarn = try refusal(toy("llama.rope.scaling.type", .string("yarn")))
    #expect(yarn == .missingKey(path: yarn?.path ?? "", key: "llama.rope.scaling.factor"))
    let long = try refusal(toy("llama.rope.scaling.type", .string("longrope")))
    var other = toy("llama.rope.scaling.type", .string("yarn"))
    other.metadata += [
      ("llama.rope.scaling.factor", .f32(4)), ("llama.rope.scaling.yarn_beta_fast", .f32(16)),
    ]
    let ramp = try refusal(other)
    if case .unknownKeys(_, ["llama.rope.scaling.yarn_beta_fast"]) = ramp {
    } else {
      Issue.record("another ramp: \(String(describing: ramp))")
    }
    if case .missingTensor(_, "rope_factors_long.weight") = long {
    } else {
      Issue.record("longrope: \(String(describing: long))")
    }
    // What folders of a family take for granted, files say.
    for key in ["llama.context_length", "llama.attention.layer_norm_rms_epsilon"] {
      let silent = try refusal(toy(key, nil))
      #expect(silent == .missingKey(path: silent?.path ?? "", key: key))
    }
  }

  @Test func aFileThatIsNoModelIsToldSo() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-\(UUID().uuidString).gguf").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    for bytes in [[], Array("{}".utf8)] {
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #expect(throws: CheckpointError.gguf(.notGGUF(path: path))) { try Checkpoint(folder: path) }
    }
  }

  @Test func tensorsAreAllAccountedFor() throws {
    func tensor(_ name: String) -> GGUF.Tensor {
      .init(name: name, shape: [256], values: .init(repeating: 1, count: 256))
    }
    let more = try refusal { $0 + [tensor("blk.0.attn_q_norm.weight")] }
    if case .unclaimedTensors(_, ["blk.0.attn_q_norm.weight"]) = more {
    } else {
      Issue.record("unclaimed: \(String(describing: more))")
    }
    let fewer = try refusal { $0.filter { $0.name != "blk.1.ffn_up.weight" } }
    if case .missingTensor(_, "blk.1.ffn_up.weight") = fewer {
    } else {
      Issue.record("missing: \(String(describing: fewer))")
    }
    let broken = try refusal(Toy(types: { _ in .q80 })) { tensors in
      tensors.map { tensor in
        guard tensor.name == "blk.1.ffn_up.weight" else { return tensor }
        var tensor = tensor
        tensor.bytes[2 * 34 + 1] = 0x7c
        return tensor
      }
    }
    if case .notFinite(_, _, 64) = broken {
    } else {
      Issue.record("not finite: \(String(describing: broken))")
    }
  }

  // MARK: Real files

  static let shared = PackagePlace.shared + "/models/gguf"
  static let present = ["stories260k-f32", "stories260k-f16", "stories260k-q8_0"].filter {
    FileManager.default.fileExists(atPath: shared + "/\($0).gguf")
  }

  /// The converter's own file of a story model tells the folder's story.
  @Test(
    .enabled(if: !present.isEmpty, "the story models are not beside the repository"),
    arguments: present)
  func convertersFilesTellTheStory(name: String) throws {
    let expected = try GoldenSharedTests.Expected("stories260k-hf")
    let model = try Transformer(Checkpoint(folder: Self.shared + "/\(name).gguf"))
    let ids = expected.prompts.map(\.ids)
    let told = try NaiveExecutor(model: model).generate(
      GenerationJob(
        prompts: ids, streams: ids.indices.map { "story \($0)" }, variants: [.baseline],
        maxTokens: expected.prompts[0].greedy.count))
    let same = zip(told[0].map(\.tokens), expected.prompts.map(\.greedy)).map { $0 == $1 }
    // Rounding to eight bits may turn a word here and there.
    #expect(name.hasSuffix("f32") ? same.allSatisfy(\.self) : same.contains(true))
  }
}

extension CheckpointError {
  /// Where the key is missing.
  fileprivate var path: String? {
    if case .missingKey(let path, _) = self { path } else { nil }
  }
}

extension GGUFValue {
  /// The same value, to be written; nil for lists.
  var written: GGUF.Written? {
    switch self {
    case .u32(let value): .u32(value)
    case .f32(let value): .f32(value)
    case .bool(let value): .bool(value)
    case .string(let value): .string(value)
    default: nil
    }
  }
}
