import Foundation
import LeewayBase
import Testing

@Suite("Folders of safetensors")
struct TensorArchiveTests {
  /// Writes shards and their index; the index may say otherwise.
  private func shards(
    _ folder: String, _ files: [String: [String]], index: [String: String]
  ) throws {
    for (file, names) in files {
      try SafeTensors.write(
        names.map { ($0, [1], [Float(file.count)]) }, to: folder + "/" + file)
    }
    let map = JSONValue.object(
      index.sorted { $0.key < $1.key }.map {
        JSONMember(key: Array($0.key.utf8), value: JSONValue($0.value))
      })
    try save((["weight_map": map] as JSONValue).canonicalBytes, indexPath(folder))
  }

  private func indexPath(_ folder: String) -> String { folder + "/model.safetensors.index.json" }

  @Test("One file, and shards")
  func reads() throws {
    try withFolder { folder in
      #expect(throws: SafeTensorsError.noTensors(folder: folder, beside: nil)) {
        try TensorArchive(folder: folder)
      }
      try SafeTensors.write(
        [("x", [2], [1, 2])], metadata: ["k": "v"], to: folder + "/model.safetensors")
      let single = try TensorArchive(folder: folder)
      #expect(single.tensors["x"]?.floats() == [1, 2])
      #expect(single.metadata == ["k": "v"])
      #expect(single.files == [folder + "/model.safetensors"])
      // The whole file goes before an index.
      try shards(
        folder, ["one.safetensors": ["a", "b"], "two-.safetensors": ["c"]],
        index: ["a": "one.safetensors", "b": "one.safetensors", "c": "two-.safetensors"])
      #expect(try TensorArchive(folder: folder).files == single.files)
      try FileManager.default.removeItem(atPath: folder + "/model.safetensors")
      let archive = try TensorArchive(folder: folder)
      #expect(archive.tensors.keys.sorted() == ["a", "b", "c"])
      #expect(archive.tensors["c"]?.floats() == [16])
      #expect(archive.files == ["one", "two-"].map { "\(folder)/\($0).safetensors" })
    }
  }

  @Test("Weights in another form are named, the model's own first")
  func otherForms() throws {
    for (files, named) in [
      (["pytorch_model.bin", "adapter_model.safetensors"], "pytorch_model.bin"),
      (["adapter_model.safetensors", "model-q8.gguf"], "adapter_model.safetensors"),
      (
        ["model-00002-of-00002.safetensors", "model-00001-of-00002.safetensors"],
        "model-00001-of-00002.safetensors"
      ),
      (["README.md", "tiny.gguf"], "tiny.gguf"),
    ] {
      try withFolder { folder in
        for file in files { try save([0], folder + "/" + file) }
        #expect(throws: SafeTensorsError.noTensors(folder: folder, beside: named)) {
          try TensorArchive(folder: folder)
        }
      }
    }
  }

  @Test("A shard that is missing, or holds other tensors")
  func wrongShards() throws {
    try withFolder { folder in
      try shards(
        folder, ["one.safetensors": ["a"]],
        index: ["a": "one.safetensors", "b": "two.safetensors"])
      #expect(throws: SafeTensorsError.file(.notFound(path: folder + "/two.safetensors"))) {
        try TensorArchive(folder: folder)
      }
      try shards(
        folder, ["one.safetensors": ["a"], "two.safetensors": ["b"]],
        index: ["a": "two.safetensors", "b": "one.safetensors"])
      #expect(
        throws: SafeTensorsError.missingFromShard(path: folder + "/one.safetensors", tensor: "b")
      ) { try TensorArchive(folder: folder) }
      try shards(
        folder, ["one.safetensors": ["a", "b"], "two.safetensors": ["c"]],
        index: ["a": "one.safetensors", "b": "two.safetensors", "c": "two.safetensors"])
      #expect(
        throws: SafeTensorsError.missingFromShard(path: folder + "/two.safetensors", tensor: "b")
      ) { try TensorArchive(folder: folder) }
      try shards(
        folder, ["one.safetensors": ["a"], "two.safetensors": ["a", "b"]],
        index: ["a": "one.safetensors", "b": "two.safetensors"])
      #expect(throws: SafeTensorsError.duplicate(path: folder + "/two.safetensors", tensor: "a")) {
        try TensorArchive(folder: folder)
      }
    }
  }

  @Test(
    "A shard's name stays in the folder",
    arguments: [
      "../x.safetensors", "/etc/x.safetensors", "a/b.safetensors", "..\\x.safetensors", "..", "",
      ".", "x.bin", "x\0.safetensors",
    ])
  func escapes(_ name: String) throws {
    try withFolder { folder in
      try shards(folder, [:], index: ["a": name])
      #expect(throws: SafeTensorsError.escapingPath(path: indexPath(folder), name: name)) {
        try TensorArchive(folder: folder)
      }
    }
  }

  @Test("An index that is none")
  func badIndex() throws {
    try withFolder { folder in
      let path = indexPath(folder)
      let map = SafeTensorsError.badIndex(
        path: path, key: "weight_map", expected: "an object of file names")
      for text in ["{}", "[]", #"{"weight_map":[]}"#, #"{"weight_map":{}}"#] {
        try save(Array(text.utf8), path)
        #expect(throws: map) { try TensorArchive(folder: folder) }
      }
      try save(Array(#"{"weight_map":{"a":1}}"#.utf8), path)
      #expect(
        throws: SafeTensorsError.badIndex(
          path: path, key: "weight_map.a", expected: "a file name")
      ) { try TensorArchive(folder: folder) }
      try save(Array("{".utf8), path)
      #expect(
        throws: SafeTensorsError.json(
          .syntax(path: path, line: 1, column: 2, expected: "a key in quotes"))
      ) { try TensorArchive(folder: folder) }
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      #expect(throws: SafeTensorsError.file(.notAFile(path: path))) {
        try TensorArchive(folder: folder)
      }
    }
  }
}
