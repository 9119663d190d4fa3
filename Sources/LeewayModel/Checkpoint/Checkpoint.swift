import LeewayBase

/// A Hugging Face folder or a GGUF file, opened: its configuration as data and its tensors, still
/// mapped.
public struct Checkpoint: Sendable {
  /// The folder, or the file.
  public let folder: String
  public let architecture: Architecture
  public let config: TransformerConfig
  /// Unknown configuration keys that were null, false, 0 or empty.
  public let harmlessKeys: [String]
  /// Unknown keys that the caller chose to ignore; recorded with every result.
  public let ignoredKeys: [String]
  let archive: TensorArchive
  let table: ResolvedTable

  /// - Parameters:
  ///   - folder: a folder with `config.json` and safetensors, or a GGUF file.
  ///   - ignoring: configuration keys to accept unread.
  public init(folder: String, ignoring: Set<String> = []) throws(CheckpointError) {
    // Any file is taken for a GGUF: one that is none is told so.
    do { _ = try MappedFile(path: folder) } catch {
      if case .pointer = error { throw .file(error) }
      try self.init(huggingFace: folder, ignoring: ignoring)
      return
    }
    try self.init(gguf: folder, ignoring: ignoring)
  }

  /// Where the configuration stands.
  public var configPath: String {
    archive.files.contains(folder) ? folder : folder + "/config.json"
  }

  init(
    folder: String, architecture: Architecture, config: TransformerConfig, harmlessKeys: [String],
    ignoredKeys: [String], archive: TensorArchive, table: ResolvedTable
  ) {
    self.folder = folder
    self.architecture = architecture
    self.config = config
    self.harmlessKeys = harmlessKeys
    self.ignoredKeys = ignoredKeys
    self.archive = archive
    self.table = table
  }

  private init(huggingFace folder: String, ignoring: Set<String>) throws(CheckpointError) {
    self.folder = folder
    let path = folder + "/config.json"
    let root = try Self.json(path)
    guard case .object = root else { throw .notAnObject(path: path) }
    let known = Architecture.all.map(\.modelType)
    guard let found = root["model_type"], found != .null else {
      throw .missingKey(path: path, key: "model_type")
    }
    let type = found.text ?? found.excerpt
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
    let names = architecture.weights
    table = try ResolvedTable(
      names, config: config,
      archive: names.unstacked(archive, config: config, folder: folder), folder: folder)
  }

  /// SHA-256 over the configuration and every tensor file, in name order.
  public func contentHash() throws(CheckpointError) -> String {
    var parts: [String] = []
    for path in [configPath] + archive.files.filter({ $0 != configPath }) {
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

  static func checkHeads(_ config: TransformerConfig, path: String) throws(CheckpointError) {
    guard config.heads % config.kvHeads == 0 else {
      throw .wrongValue(
        path: path, key: "num_key_value_heads", expected: "a divisor of \(config.heads) heads",
        found: "\(config.kvHeads)")
    }
    guard config.headWidth > 0 else {
      throw .wrongValue(
        path: path, key: "head_dim", expected: "at least 1", found: "\(config.headWidth)")
    }
    guard config.queryWidth < 1 << 31 else {
      throw .wrongValue(
        path: path, key: "num_attention_heads", expected: "heads of less than 2^31 numbers in all",
        found: "\(config.heads) heads of \(config.headWidth)")
    }
  }
}
