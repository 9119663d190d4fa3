import Foundation

/// The tensors of a checkpoint folder: one file, or shards with their index.
public struct TensorArchive: Sendable {
  public let tensors: [String: StoredTensor]
  public let otherTensors: [SafeTensors.Other]
  public let metadata: [String: String]
  /// Paths of the files, sorted.
  public let files: [String]

  package init(tensors: [StoredTensor], otherTensors: [SafeTensors.Other], files: [String]) {
    self.tensors = Dictionary(tensors.map { ($0.name, $0) }) { first, _ in first }
    self.otherTensors = otherTensors
    metadata = [:]
    self.files = files
  }

  /// The same files with other tensors made of theirs.
  package func holding(_ tensors: [String: StoredTensor]) -> TensorArchive {
    TensorArchive(
      tensors: tensors, otherTensors: otherTensors, metadata: metadata, files: files)
  }

  private init(
    tensors: [String: StoredTensor], otherTensors: [SafeTensors.Other],
    metadata: [String: String], files: [String]
  ) {
    self.tensors = tensors
    self.otherTensors = otherTensors
    self.metadata = metadata
    self.files = files
  }

  public init(folder: String) throws(SafeTensorsError) {
    let single = folder + "/model.safetensors"
    let index = folder + "/model.safetensors.index.json"
    var shards: [String] = []
    var owners: [String: String] = [:]
    // The whole file goes before an index, as in the reference.
    if try Self.file(single) != nil {
      shards = [single]
    } else if let indexFile = try Self.file(index) {
      owners = try Self.weightMap(indexFile)
      shards = Set(owners.values).sorted().map { folder + "/" + $0 }
    } else {
      throw .noTensors(folder: folder, beside: Self.otherForm(in: folder))
    }
    var tensors: [String: StoredTensor] = [:]
    var seen: Set<String> = []
    var others: [SafeTensors.Other] = []
    var metadata: [String: String] = [:]
    for path in shards {
      let shard = try SafeTensors(path: path)
      let names = Set(shard.tensors.map(\.name) + shard.otherTensors.map(\.name))
      for name in shard.tensors.map(\.name) + shard.otherTensors.map(\.name)
      where !seen.insert(name).inserted { throw .duplicate(path: path, tensor: name) }
      for tensor in shard.tensors { tensors[tensor.name] = tensor }
      for (tensor, owner) in owners.sorted(by: { $0.key < $1.key })
      where folder + "/" + owner == path && !names.contains(tensor) {
        throw .missingFromShard(path: path, tensor: tensor)
      }
      others += shard.otherTensors
      metadata.merge(shard.metadata) { first, _ in first }
    }
    self.tensors = tensors
    self.otherTensors = others
    self.metadata = metadata
    files = shards.sorted()
  }

  /// What stands in a folder in place of a checkpoint's safetensors.
  private static func otherForm(in folder: String) -> String? {
    // The model's own weights in another form go before what lies beside them.
    let known = [
      "pytorch_model.bin", "pytorch_model.bin.index.json", "consolidated.safetensors",
      "model-00001-of-", "adapter_model.safetensors", "adapter_model.bin", "tf_model.h5",
      "flax_model.msgpack", ".gguf",
    ]
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    for form in known {
      if let name = names.first(where: { $0.hasPrefix(form) || $0.hasSuffix(form) }) { return name }
    }
    return nil
  }

  /// Nil when there is no such file.
  private static func file(_ path: String) throws(SafeTensorsError) -> MappedFile? {
    do { return try MappedFile(path: path) } catch {
      if case .notFound = error { return nil }
      throw .file(error)
    }
  }

  private static func weightMap(_ file: MappedFile) throws(SafeTensorsError) -> [String: String] {
    let root: JSONValue
    do { root = try JSONValue.parse(file.bytes, path: file.path) } catch { throw .json(error) }
    guard let members = root["weight_map"]?.members, !members.isEmpty else {
      throw .badIndex(path: file.path, key: "weight_map", expected: "an object of file names")
    }
    var owners: [String: String] = [:]
    for member in members {
      let tensor = String(decoding: member.key, as: UTF8.self)
      guard let name = member.value.text else {
        throw .badIndex(path: file.path, key: "weight_map.\(tensor)", expected: "a file name")
      }
      guard !name.utf8.contains(where: { [0x2F, 0x5C, 0].contains($0) }),
        name.hasSuffix(".safetensors")
      else { throw .escapingPath(path: file.path, name: name) }
      owners[tensor] = name
    }
    return owners
  }
}
