import LeewayBase

/// A Hugging Face folder, opened: its configuration as data and its tensors, still mapped.
public struct Checkpoint: Sendable {
  public let folder: String
  public let architecture: Architecture
  public let config: TransformerConfig
  /// Unknown configuration keys that were null, false or 0.
  public let harmlessKeys: [String]
  /// Unknown keys that the caller chose to ignore; recorded with every result.
  public let ignoredKeys: [String]
  let archive: TensorArchive
  let table: ResolvedTable

  /// - Parameter ignoring: configuration keys to accept unread.
  public init(folder: String, ignoring: Set<String> = []) throws(CheckpointError) {
    self.folder = folder
    let path = folder + "/config.json"
    let root = try Self.json(path)
    guard case .object = root else { throw .notAnObject(path: path) }
    let known = Architecture.all.map(\.modelType)
    guard let found = root["model_type"], found != .null else {
      throw .missingKey(path: path, key: "model_type")
    }
    let type = found.text ?? found.canonicalText
    guard let architecture = Architecture.all.first(where: { $0.modelType == type }) else {
      throw .unknownArchitecture(path: path, found: type, known: known)
    }
    self.architecture = architecture
    var reader = try ConfigReader(root, path: path)
    config = try architecture.config(&reader)
    try Self.checkHeads(config, path: path)
    harmlessKeys = try reader.finish(ignoring: ignoring)
    ignoredKeys = ignoring.sorted()
    do { archive = try TensorArchive(folder: folder) } catch { throw .tensors(error) }
    table = try ResolvedTable(
      architecture.weights, config: config, archive: archive, folder: folder)
  }

  /// SHA-256 over the configuration and every tensor file, in name order.
  public func contentHash() throws(CheckpointError) -> String {
    var parts: [String] = []
    for path in [folder + "/config.json"] + archive.files {
      let file: MappedFile
      do { file = try MappedFile(path: path) } catch { throw .file(error) }
      parts.append(file.withBytes { ContentHash.sha256($0) })
    }
    parts += ignoredKeys
    return ContentHash.sha256(parts.joined(separator: "\n"))
  }

  private static func json(_ path: String) throws(CheckpointError) -> JSONValue {
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch { throw .file(error) }
    do {
      return try file.withBytes { (bytes) throws(JSONError) in
        try JSONValue.parse(bytes, path: path)
      }
    } catch { throw .json(error) }
  }

  private static func checkHeads(_ config: TransformerConfig, path: String) throws(CheckpointError)
  {
    guard config.heads % config.kvHeads == 0 else {
      throw .wrongValue(
        path: path, key: "num_key_value_heads", expected: "a divisor of \(config.heads) heads",
        found: "\(config.kvHeads)")
    }
    guard config.headWidth > 0, config.headWidth * config.heads >= config.heads else {
      throw .wrongValue(
        path: path, key: "head_dim", expected: "at least 1", found: "\(config.headWidth)")
    }
    if case .rotary = config.positions {
      // Angles are held for every position: a lie here would take all memory.
      guard config.maxPositions <= 1 << 20 else {
        throw .wrongValue(
          path: path, key: "max_position_embeddings", expected: "at most \(1 << 20)",
          found: "\(config.maxPositions)")
      }
    }
  }
}
