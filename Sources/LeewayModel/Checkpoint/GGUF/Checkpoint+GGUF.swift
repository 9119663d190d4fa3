import LeewayBase

extension Checkpoint {
  /// A model in one GGUF file, or in the parts that `gguf-split` makes of one.
  init(gguf path: String, ignoring: Set<String>) throws(CheckpointError) {
    let files = try Self.parts(path)
    let first = files[0]
    guard let name = first["general.architecture"] else {
      throw .missingKey(path: path, key: "general.architecture")
    }
    let candidates = GGUFFamily.all.filter { $0.architecture == name.text && $0.matches(first) }
    guard let family = candidates.first,
      let architecture = Architecture.named(family.modelType)
    else {
      throw .unknownArchitecture(
        path: path, found: name.text ?? name.summary,
        known: Set(GGUFFamily.all.map(\.architecture)).sorted())
    }
    // Before anything is missed for it: the vocabulary's size is that of a tensor, too.
    if let other = files.flatMap(\.otherTensors).first {
      throw .unsupportedNumbers(folder: path, name: other.name, found: other.dtype)
    }
    var reader = try ConfigReader(try family.json(first), path: path)
    let config: TransformerConfig
    do { config = try architecture.config(&reader) } catch { throw family.told(error) }
    try Self.checkHeads(config, path: path)
    try Self.checkWidths(config, first, family)
    let harmless = try reader.finish(ignoring: ignoring)
    let table = family.table(architecture)
    // What the factors say stands in the configuration by now.
    let stored = files.flatMap(\.tensors).filter { !GGUFFamily.rotaryTensors.contains($0.name) }
    let tensors = family.renamed(stored, table)
    let archive = TensorArchive(
      tensors: tensors, otherTensors: [], files: files.map(\.path))
    let resolved: ResolvedTable
    do {
      resolved = try ResolvedTable(table, config: config, archive: archive, folder: path)
    } catch { throw family.told(error, table) }
    self.init(
      folder: path, architecture: architecture, config: config, harmlessKeys: harmless,
      ignoredKeys: ignoring.sorted(), archive: archive, table: resolved)
  }

  private static func parts(_ path: String) throws(CheckpointError) -> [GGUF] {
    func open(_ path: String) throws(CheckpointError) -> GGUF {
      do { return try GGUF(path: path) } catch { throw .gguf(error) }
    }
    let first = try open(path)
    guard let count = first["split.count"]?.int, count > 1 else { return [first] }
    let end = format5(1) + "-of-" + format5(count) + ".gguf"
    guard first["split.no"]?.int == 0, path.hasSuffix(end), count < 100_000 else {
      throw .wrongValue(
        path: path, key: "split.count", expected: "the first part, named …\(end)",
        found: "\(count)")
    }
    var files = [first]
    for part in 1..<count {
      files.append(
        try open(path.dropLast(end.count) + format5(part + 1) + "-of-" + format5(count) + ".gguf"))
    }
    return files
  }

  private static func format5(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 5 - text.count)) + text
  }

  /// Widths that the file tells beside those from which the family computes them.
  private static func checkWidths(_ config: TransformerConfig, _ file: GGUF, _ family: GGUFFamily)
    throws(CheckpointError)
  {
    var wanted = [
      ("attention.key_length", config.headWidth), ("attention.value_length", config.headWidth),
      ("vocab_size", config.vocabulary),
    ]
    if case .rotary(_, let width, _, _) = config.positions {
      wanted.append(("rope.dimension_count", width))
    }
    for (key, expected) in wanted {
      let key = "\(family.architecture).\(key)"
      guard let found = file[key], found.int != expected else { continue }
      throw .wrongValue(
        path: file.path, key: key, expected: "\(expected)", found: found.summary)
    }
  }
}

extension GGUFFamily {
  /// An error of the configuration under the file's own key.
  fileprivate func told(_ error: CheckpointError) -> CheckpointError {
    switch error {
    case .missingKey(let path, let key): .missingKey(path: path, key: self.key(for: key))
    case .wrongValue(let path, let key, let expected, let found):
      .wrongValue(path: path, key: self.key(for: key), expected: expected, found: found)
    default: error
    }
  }

  /// An error about a tensor under the file's own name.
  fileprivate func told(_ error: CheckpointError, _ table: WeightTable) -> CheckpointError {
    switch error {
    case .missingTensor(let path, let name):
      .missingTensor(folder: path, name: self.name(inFile: name, table))
    case .wrongShape(let path, let name, let expected, let found):
      .wrongShape(
        folder: path, name: self.name(inFile: name, table), expected: expected, found: found)
    case .unclaimedTensors(let path, let names):
      .unclaimedTensors(folder: path, names: names.map { name(inFile: $0, table) })
    default: error
    }
  }
}
