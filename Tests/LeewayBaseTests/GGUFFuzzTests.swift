import Foundation
import LeewayBase
import LeewayFuzzing
import Testing

@Suite("GGUFFuzz") struct GGUFFuzzTests {
  @Test("Whatever the bytes: tensors and lists inside the file, or an error")
  func file() throws {
    try withFolder { folder in
      let path = folder + "/x.gguf"
      try GGUF.write(
        [
          .init(name: "a", shape: [2, 3], values: [1, 2, 3, 4, 5, 6]),
          .init(
            name: "q", shape: [2, 256], dtype: .q6K, bytes: .init(repeating: 7, count: 420)),
        ],
        metadata: [
          ("general.architecture", .string("llama")), ("general.alignment", .u32(32)),
          ("t", .strings(["a", "", "bcd"])), ("n", .ints([1, 2])),
        ], to: path)
      let whole = try load(path)
      try Fuzzer("GGUF").run { stream in
        var bytes = Mutation.bytes(whole, others: [whole], &stream)
        // Lengths and counts are what readers fall over.
        for _ in 0..<stream.below(3) where bytes.count > 8 {
          let at = stream.below(bytes.count - 8)
          let value = Mutation.pick(
            [0, 1, 255, 1 << 20, 1 << 31, 1 << 32, 1 << 60, .max, .max - 31] as [UInt64], &stream)
          withUnsafeBytes(of: value) { bytes.replaceSubrange(at..<at + 8, with: $0) }
        }
        return bytes
      } check: { input, _ in
        try save(input, path)
        let file: GGUF
        do { file = try GGUF(path: path) } catch let error as GGUFError {
          if case .file = error { Issue.record("\(error)") }
          return false
        }
        var bytes = 0
        for tensor in file.tensors {
          try #require(tensor.count == tensor.shape.reduce(1, *))
          try #require(tensor.floats().count == tensor.count)
          bytes += tensor.withBytes { $0.count }
        }
        try #require(bytes <= input.count)
        for key in file.keys {
          guard let list = file[key]?.array else { continue }
          try #require(list.count <= input.count)
          _ = list.values
          try #require((list.strings?.count ?? list.count) == list.count)
        }
        return true
      }
    }
  }
}
