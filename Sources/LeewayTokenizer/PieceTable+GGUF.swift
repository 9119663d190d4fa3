import LeewayBase

extension PieceTable {
  /// The vocabulary that a GGUF file carries.
  public init(_ file: GGUF) throws(TokenizerError) {
    let reader = VocabularyKeys(file: file)
    guard let model = file[reader.key("model")]?.text else {
      throw .missingKey(path: file.path, key: reader.key("model"))
    }
    guard let pieces = try reader.list("tokens", "a list of texts", \.strings) else {
      throw .missingKey(path: file.path, key: reader.key("tokens"))
    }
    let cut = try reader.value("pre", "a text", \.text)
    self.init(model: model, preTokenizer: cut == "" ? nil : cut, pieces: pieces)
    let numbers = "a list of \(pieces.count) numbers"
    if let found = try reader.list("scores", numbers, \.floats) {
      guard found.count == pieces.count else { throw reader.wrong("scores", numbers) }
      scores = found
    }
    if let found = try reader.list("token_type", numbers, \.ints) {
      kinds = found.compactMap(Kind.init(rawValue:))
      guard kinds.count == pieces.count, found.count == pieces.count else {
        throw reader.wrong("token_type", numbers + " from 1 to 6")
      }
    }
    merges = try reader.list("merges", "a list of texts", \.strings) ?? []
    begin = try reader.value("bos_token_id", "an id", \.int)
    end = try reader.value("eos_token_id", "an id", \.int)
    unknown = try reader.value("unknown_token_id", "an id", \.int)
    addsBegin = try reader.value("add_bos_token", "true or false", \.bool)
    addsEnd = try reader.value("add_eos_token", "true or false", \.bool)
    addsSpace = try reader.value("add_space_prefix", "true or false", \.bool)
    // The format has no place for it: llama.cpp, too, goes by the name.
    let name = file["general.name"]?.text?.lowercased() ?? ""
    stripsRight = name.contains("phi-3") || name.contains("phi3")
  }
}

/// What stands under `tokenizer.ggml.`: nil where nothing does, an error where it is something else.
private struct VocabularyKeys {
  let file: GGUF

  func key(_ name: String) -> String { "tokenizer.ggml." + name }

  func wrong(_ name: String, _ expected: String) -> TokenizerError {
    .wrongValue(
      path: file.path, key: key(name), expected: expected,
      found: file[key(name)]?.summary ?? "missing")
  }

  func value<T>(_ name: String, _ expected: String, _ read: (GGUFValue) -> T?)
    throws(TokenizerError) -> T?
  {
    guard let found = file[key(name)] else { return nil }
    guard let value = read(found) else { throw wrong(name, expected) }
    return value
  }

  func list<T>(_ name: String, _ expected: String, _ read: (GGUFArray) -> [T]?)
    throws(TokenizerError) -> [T]?
  {
    try value(name, expected) { $0.array.flatMap(read) }
  }
}

extension Tokenizer {
  /// The tokenizer in a GGUF file.
  init(gguf path: String) throws(TokenizerError) {
    let file: GGUF
    do { file = try GGUF(path: path) } catch { throw .gguf(error) }
    try self.init(PieceTable(file), path: path)
  }
}
