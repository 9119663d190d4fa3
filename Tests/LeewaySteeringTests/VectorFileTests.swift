import Foundation
import LeewayBase
import LeewayModel
import LeewaySteering
import Testing

/// A vector on disk: what goes in comes out, and nothing else is taken for one.
@Suite struct VectorFileTests {
  private func vector(_ name: String, width: Int = 33, notes: String = "") -> SteeringVector {
    var chance = NamedStream("vector-file", name)
    return SteeringVector(
      site: Site(.mlpOut, layer: 17), direction: chance.unit(width),
      rawNorm: 3.0000000000000004,
      provenance: VectorProvenance(
        method: "mean-difference", contrastHash: "c0ffee", checkpointHash: "beef",
        read: "word: owl", notes: notes))
  }

  /// Writes bytes and says how they are refused.
  private func refusal(of bytes: [UInt8]) throws -> SteeringError? {
    try withFolder { folder in
      let path = folder + "/v.safetensors"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      do {
        _ = try SteeringVector(path: path)
        return nil
      } catch let error as SteeringError {
        return error.placed(at: "v")
      }
    }
  }

  private func refusal(
    of tensors: [(name: String, shape: [Int], values: [Float])], _ metadata: [String: String]
  ) throws -> SteeringError? {
    try withFolder { folder in
      let path = folder + "/v.safetensors"
      try SafeTensors.write(tensors, metadata: metadata, to: path)
      do {
        _ = try SteeringVector(path: path)
        return nil
      } catch let error as SteeringError {
        return error.placed(at: "v")
      }
    }
  }

  private let good = [
    "format": "leeway.steering-vector", "version": "1", "site": "blocks.2.resid_post",
    "raw_norm": "2.5", "method": "mean-difference", "contrast_sha256": "c", "read": "last",
    "checkpoint_sha256": "k", "notes": "",
  ]
  private let unit: [(name: String, shape: [Int], values: [Float])] = [
    ("direction", [2], [0.6, 0.8])
  ]

  // MARK: There and back

  @Test(arguments: [
    "", "refit 3", "a \"quoted\" \\ note\nin two lines\t\u{1}", "Eule 🦉 猫 e\u{301}",
  ]) func comesBackToTheBit(notes: String) throws {
    try withFolder { folder in
      for width in [1, 2, 33, 5376] {
        let saved = vector("back", width: width, notes: notes)
        let path = folder + "/v.safetensors"
        try saved.save(to: path)
        let read = try SteeringVector(path: path)
        #expect(read == saved)
        #expect(bits(read.direction) == bits(saved.direction))
        #expect(read.rawNorm.bitPattern == saved.rawNorm.bitPattern)
        #expect(read.hash == saved.hash)
      }
    }
  }

  @Test func theSameVectorMakesTheSameFile() throws {
    try withFolder { folder in
      try vector("bytes").save(to: folder + "/a")
      try vector("bytes").save(to: folder + "/b")
      let (a, b) = (try Data(contentsOf: url(folder, "a")), try Data(contentsOf: url(folder, "b")))
      #expect(a == b)
    }
  }

  @Test func savingReplacesWhole() throws {
    try withFolder { folder in
      let path = folder + "/v.safetensors"
      try vector("long", width: 200).save(to: path)
      try vector("short", width: 3).save(to: path)
      #expect(try SteeringVector(path: path) == vector("short", width: 3))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["v.safetensors"])
    }
  }

  @Test func aFolderThatIsNotThereIsTold() throws {
    try withFolder { folder in
      let path = folder + "/none/v.safetensors"
      #expect(throws: SteeringError.file(.notFound(path: path))) { try vector("a").save(to: path) }
      #expect(throws: SteeringError.tensors(.file(.notFound(path: path)))) {
        try SteeringVector(path: path)
      }
      #expect(throws: SteeringError.tensors(.file(.notAFile(path: folder)))) {
        try SteeringVector(path: folder)
      }
    }
  }

  // MARK: Files that are no vectors

  @Test func theFixtureItselfIsAVector() throws { #expect(try refusal(of: unit, good) == nil) }

  @Test func anotherModelsTensorsAreNoVector() throws {
    #expect(
      try refusal(of: [("embed", [2], [0.6, 0.8])], good)
        == .missingTensor(path: "v", name: "direction"))
    #expect(
      try refusal(of: unit, [:]) == .badMetadata(path: "v", key: "format", found: nil))
  }

  @Test(arguments: [
    ("format", "other.vector"), ("version", "2"), ("site", "blocks.2.resid_past"), ("site", ""),
    ("site", "blocks.-1.resid_post"), ("raw_norm", "long"), ("raw_norm", "0"), ("raw_norm", "-1"),
    ("raw_norm", "nan"), ("raw_norm", "inf"), ("raw_norm", ""),
  ]) func badMetadataIsNamed(key: String, found: String) throws {
    var metadata = good
    metadata[key] = found
    #expect(try refusal(of: unit, metadata) == .badMetadata(path: "v", key: key, found: found))
    metadata[key] = nil
    #expect(try refusal(of: unit, metadata) == .badMetadata(path: "v", key: key, found: nil))
  }

  @Test func aDirectionIsOneRowOfLengthOne() throws {
    for (shape, values, found) in [
      ([2], [3, 4], "length 5.0"), ([1, 2], [0.6, 0.8], "shape [1, 2]"), ([0], [], "length 0.0"),
      ([2], [.nan, 0], "length nan"),
    ] as [([Int], [Float], String)] {
      #expect(
        try refusal(of: [("direction", shape, values)], good)
          == .badMetadata(path: "v", key: "direction", found: found))
    }
  }

  /// Every beginning of a file is refused with a typed error: no crash, nothing half read.
  @Test func everyTruncationIsRefused() throws {
    let whole = try bytes(of: vector("cut", width: 5))
    for count in 0..<whole.count {
      let error = try refusal(of: Array(whole.prefix(count)))
      guard case .tensors = error else {
        Issue.record("\(count) of \(whole.count) bytes: \(error.map { "\($0)" } ?? "accepted")")
        continue
      }
    }
    #expect(try refusal(of: whole) == nil)
    #expect(try refusal(of: whole + [0]) != nil, "a byte too many")
  }

  /// A changed byte is refused or changes a text or a number; it never crashes.
  @Test func everyChangedByteIsSurvived() throws {
    let whole = try bytes(of: vector("changed", width: 5))
    var refused = 0
    for index in whole.indices {
      for change in [0x01, 0x20, 0x80, 0xFF] as [UInt8] {
        var bytes = whole
        bytes[index] ^= change
        if try refusal(of: bytes) != nil { refused += 1 }
      }
    }
    #expect(refused > whole.count, "\(refused) of \(4 * whole.count) changes refused")
  }

  @Test func otherFormatsAreRefused() throws {
    let texts = [
      "{\"direction\": [1, 0]}", "GGUF\u{3}\0\0\0", "PK\u{3}\u{4}", "not a tensor at all",
    ]
    for text in texts {
      guard case .tensors = try refusal(of: Array(text.utf8)) else {
        Issue.record("\(text) is taken for a vector")
        continue
      }
    }
  }

  private func url(_ folder: String, _ name: String) -> URL {
    URL(fileURLWithPath: folder + "/" + name)
  }

  private func bytes(of vector: SteeringVector) throws -> [UInt8] {
    try withFolder { folder in
      try vector.save(to: folder + "/v")
      return [UInt8](try Data(contentsOf: url(folder, "v")))
    }
  }
}

extension SteeringError {
  /// The error with a path that does not change from run to run.
  fileprivate func placed(at place: String) -> SteeringError {
    switch self {
    case .missingTensor(_, let name): .missingTensor(path: place, name: name)
    case .badMetadata(_, let key, let found): .badMetadata(path: place, key: key, found: found)
    default: self
    }
  }
}
