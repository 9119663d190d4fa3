import Foundation
import LeewayBase
import LeewayFuzzing
import Testing

@Suite("SafeTensorsFuzz")
struct SafeTensorsFuzzTests {
  private static let header: JSONValue = [
    "__metadata__": ["format": "pt"],
    "a": ["dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]],
    "b": ["dtype": "BF16", "shape": [4], "data_offsets": [24, 32]],
    "m": ["dtype": "BOOL", "shape": [1, 1], "data_offsets": [32, 33]],
    "h": ["dtype": "F16", "shape": [], "data_offsets": [33, 35]],
    "e": ["dtype": "F32", "shape": [0, 7], "data_offsets": [35, 35]],
  ]
  private static let words = [
    "a", "b", "dtype", "shape", "data_offsets", "F32", "F16", "BF16", "BOOL", "F64", "I8",
    "__metadata__", "", "é", "model.layers.0.weight",
  ]

  private static func file(_ header: JSONValue, data: Int) -> [UInt8] {
    safetensors(header.canonicalText, data: data)
  }

  @Test("Whatever the header: tensors inside the file, or an error")
  func file() throws {
    try withFolder { folder in
      let path = folder + "/x.safetensors"
      let whole = Self.file(Self.header, data: 35)
      try Fuzzer("SafeTensors").run { stream in
        switch stream.below(4) {
        case 0: Mutation.bytes(whole, others: [whole], &stream)
        default:
          Self.file(
            Mutation.json(Self.header, words: Self.words, &stream),
            data: stream.below(3) == 0 ? stream.below(64) : 35)
        }
      } check: { input, _ in
        try save(input, path)
        let read: SafeTensors
        do { read = try SafeTensors(path: path) } catch let error as SafeTensorsError {
          if case .file = error { Issue.record("\(error)") }
          return false
        }
        var bytes = 0
        for tensor in read.tensors {
          let count = tensor.shape.reduce(1, *)
          try #require(tensor.count == count)
          try #require(tensor.withBytes { $0.count } == count * tensor.dtype.width)
          try #require(tensor.floats().count == count)
          bytes += count * tensor.dtype.width
        }
        try #require(bytes <= input.count - 8)
        try #require(try SafeTensors(path: path).tensors.map(\.name) == read.tensors.map(\.name))
        return true
      }
    }
  }

  @Test("Whatever the index: tensors of the folder, or an error")
  func archive() throws {
    try withFolder { folder in
      let index: JSONValue = [
        "metadata": ["total_size": 8],
        "weight_map": ["a": "1.safetensors", "b": "2.safetensors", "c": "2.safetensors"],
      ]
      try SafeTensors.write([("a", [1], [1])], to: folder + "/1.safetensors")
      try SafeTensors.write([("b", [1], [1]), ("c", [1], [2])], to: folder + "/2.safetensors")
      let seed = index.canonicalBytes
      let words = ["a", "b", "c", "1.safetensors", "2.safetensors", "../1.safetensors", "/", "\0"]
      try Fuzzer("TensorArchive").run { stream in
        stream.below(3) == 0
          ? Mutation.bytes(seed, others: [seed], &stream)
          : Mutation.json(index, words: words, &stream).canonicalBytes
      } check: { input, _ in
        try save(input, folder + "/model.safetensors.index.json")
        do {
          let archive = try TensorArchive(folder: folder)
          try #require(archive.files.allSatisfy { $0.hasPrefix(folder + "/") })
          try #require(archive.tensors.values.allSatisfy { $0.floats().count == 1 })
          return true
        } catch is SafeTensorsError { return false }
      }
    }
  }
}
