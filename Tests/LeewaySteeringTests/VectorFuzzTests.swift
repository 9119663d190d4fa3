import Foundation
import LeewayBase
import LeewayFuzzing
import LeewaySteering
import Testing

@Suite("VectorFuzz")
struct VectorFuzzTests {
  private static let metadata: JSONValue = [
    "format": "leeway.steering-vector", "version": "1", "site": "blocks.1.resid_post",
    "raw_norm": "2.5", "method": "mean-difference", "contrast_sha256": "c",
    "checkpoint_sha256": "k", "read": "last", "notes": "",
  ]
  private static let header: JSONValue = [
    "__metadata__": metadata,
    "direction": ["dtype": "F32", "shape": [4], "data_offsets": [0, 16]],
  ]
  private static let words = [
    "direction", "dtype", "shape", "data_offsets", "F32", "F16", "BF16", "I8", "site", "raw_norm",
    "format", "version", "blocks.1.resid_post", "blocks.99999999999.resid_post", "blocks.-1.attn.z",
    "logits", "nan", "inf", "-1", "0x1p4", "1e999", "", "\u{E9}",
  ]

  private static func file(_ header: JSONValue, _ numbers: [Float]) -> [UInt8] {
    let text = header.canonicalBytes
    let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) }
    return length + text + numbers.flatMap { withUnsafeBytes(of: $0) { Array($0) } }
  }

  @Test("Whatever the file: a unit vector at a site, or an error")
  func file() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-vector-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let whole = Self.file(Self.header, [0.5, -0.5, 0.5, -0.5])
    try Fuzzer("Vector").run { stream in
      if stream.below(3) == 0 { return Mutation.bytes(whole, others: [whole], &stream) }
      let odd: [Float] = [0, 1, -1, .nan, .infinity, 1e30, 0.5]
      let numbers = (0..<stream.below(6)).map { _ in Mutation.pick(odd, &stream) }
      return Self.file(
        Mutation.json(Self.header, words: Self.words, &stream),
        stream.below(2) == 0 ? [0.5, -0.5, 0.5, -0.5] : numbers)
    } check: { input, _ in
      try Data(input).write(to: URL(fileURLWithPath: path))
      let vector: SteeringVector
      do { vector = try SteeringVector(path: path) } catch is SteeringError { return false }
      let length = vector.direction.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      try #require(abs(length - 1) < 1e-3)
      try #require(vector.rawNorm > 0 && vector.rawNorm.isFinite)
      try vector.save(to: path)
      try #require(try SteeringVector(path: path) == vector)
      return true
    }
  }
}
