import LeewayBase

extension Tokenizer {
  /// - Parameter path: a checkpoint folder (with `tokenizer.json`, or GPT-2's `vocab.json` and
  ///   `merges.txt`), a lone `tokenizer.json` or a GGUF file.
  public init(path: String) throws(TokenizerError) {
    if let json = try Self.contents(path) {
      if json.starts(with: "GGUF".utf8) {
        try self.init(gguf: path)
      } else {
        try self.init(json: json, path: path)
      }
    } else if let json = try Self.contents(path + "/tokenizer.json") {
      try self.init(json: json, path: path + "/tokenizer.json")
    } else {
      try self.init(vocabularyFolder: path)
    }
  }

  public init(json: [UInt8], path: String) throws(TokenizerError) {
    self = try TokenizerReader(path: path).read(try Self.parse(json, path))
    contentHash = ContentHash.sha256(json)
  }

  /// Nil when there is no such file, or a folder in its place.
  private static func contents(_ path: String) throws(TokenizerError) -> [UInt8]? {
    do {
      // A model of many gigabytes is not copied to see what it is.
      return try MappedFile(path: path).withBytes { bytes in
        bytes.starts(with: "GGUF".utf8) ? Array(bytes.prefix(4)) : Array(bytes)
      }
    } catch {
      switch error {
      case .notFound, .notAFile: return nil
      default: throw .file(error)
      }
    }
  }

  private static func parse(_ json: [UInt8], _ path: String) throws(TokenizerError) -> JSONValue {
    do { return try JSONValue.parse(json, path: path) } catch { throw .json(error) }
  }

  // MARK: GPT-2's two files

  private init(vocabularyFolder folder: String) throws(TokenizerError) {
    let path = folder + "/vocab.json"
    let mergesPath = folder + "/merges.txt"
    guard let vocabularyBytes = try Self.contents(path),
      let mergesBytes = try Self.contents(mergesPath)
    else { throw .missing(path: folder) }
    let vocabulary = try Self.parse(vocabularyBytes, path)
    var hashes = [ContentHash.sha256(vocabularyBytes), ContentHash.sha256(mergesBytes)]
    var config: TokenizerNode?
    let configPath = folder + "/tokenizer_config.json"
    if let bytes = try Self.contents(configPath) {
      hashes.append(ContentHash.sha256(bytes))
      config = TokenizerNode(value: try Self.parse(bytes, configPath), key: "", path: configPath)
    }
    let known = ["GPT2Tokenizer", "Qwen2Tokenizer"]
    let name = try config?.optionalText("tokenizer_class") ?? known[0]
    // The two files do not say how words are cut; only the class does.
    guard known.contains(name.hasSuffix("Fast") ? String(name.dropLast(4)) : name) else {
      throw .unsupported(
        path: configPath, component: "tokenizer_class", kind: name, known: known)
    }
    let qwen = name.hasPrefix(known[1])
    var extra: JSONValue?
    let extraPath = folder + "/added_tokens.json"
    if let bytes = try Self.contents(extraPath) {
      hashes.append(ContentHash.sha256(bytes))
      extra = try Self.parse(bytes, extraPath)
    }
    let added = try Self.addedTokens(config, vocabulary, extra)
    let ids = { (token: [UInt8]) in
      added.array?.first { $0["content"]?.bytes == token }?["id"]
        ?? vocabulary[String(decoding: token, as: UTF8.self)]
    }
    self = try TokenizerReader(path: path).read([
      "model": ["type": "BPE", "vocab": vocabulary, "merges": Self.mergeLines(mergesBytes)],
      "added_tokens": added, "post_processor": try Self.template(config, qwen: qwen, ids: ids),
      "normalizer": qwen ? ["type": "NFC"] : .null,
      "pre_tokenizer": [
        "type": "Sequence",
        "pretokenizers": [
          [
            "type": "Split", "behavior": "Isolated",
            "pattern": ["Regex": JSONValue(qwen ? SplitPattern.qwen2Text : SplitPattern.gpt2Text)],
          ],
          [
            "type": "ByteLevel", "use_regex": false,
            "add_prefix_space": .bool(
              try config?.flag("add_prefix_space", default: false) ?? false),
          ],
        ],
      ],
      "decoder": ["type": "ByteLevel"],
    ])
    contentHash = ContentHash.sha256(hashes.joined())
  }

  /// What the configuration has put before and behind every text. Beside a `tokenizer.json` its flags
  /// mean nothing, as in the reference since its version 5: that file's own processor says it.
  private static func template(
    _ config: TokenizerNode?, qwen: Bool, ids: ([UInt8]) -> JSONValue?
  ) throws(TokenizerError) -> JSONValue {
    guard let config else { return .null }
    let text: JSONValue = ["Sequence": ["id": "A", "type_id": 0]]
    var (single, special) = ([text], [JSONMember]())
    // Qwen's class has no first token unless the configuration names one.
    for (flag, key, standard) in [
      ("add_bos_token", "bos_token", qwen ? nil : "<|endoftext|>"),
      ("add_eos_token", "eos_token", "<|endoftext|>"),
    ] where try config.flag(flag, default: false) {
      let node = config.child(key)
      let named = node?.value.bytes ?? node?.value["content"]?.bytes
      guard let token = named ?? (config.value[key] == nil ? standard.map { Array($0.utf8) } : nil)
      else { continue }
      guard let id = ids(token) else {
        throw (node ?? config).wrong("a token of the vocabulary, for \(flag)")
      }
      let item: JSONValue = ["SpecialToken": ["id": .string(token), "type_id": 0]]
      single.insert(item, at: key == "bos_token" ? 0 : single.count)
      special.append(JSONMember(key: token, value: ["ids": [id]]))
    }
    guard !special.isEmpty else { return .null }
    // Both may be one token.
    let distinct = special.enumerated().filter { index, member in
      !special[..<index].contains { $0.key == member.key }
    }
    return [
      "type": "TemplateProcessing", "single": .array(single),
      "special_tokens": .object(distinct.map(\.element)),
    ]
  }

  /// One merge a line; lines may end in CR LF.
  private static func mergeLines(_ bytes: [UInt8]) -> JSONValue {
    .array(
      bytes.split(separator: 0x0A).compactMap { line in
        let text = line.last == 0x0D ? line.dropLast() : line
        return text.isEmpty ? nil : .string(Array(text))
      })
  }

  /// Those of `tokenizer_config.json`; without them GPT-2's own and those of `added_tokens.json`.
  private static func addedTokens(
    _ config: TokenizerNode?, _ vocabulary: JSONValue, _ extra: JSONValue?
  ) throws(TokenizerError) -> JSONValue {
    guard let table = config?.child("added_tokens_decoder") else {
      var tokens: [JSONValue] = []
      if let id = vocabulary["<|endoftext|>"] {
        tokens.append(
          ["id": id, "content": "<|endoftext|>", "special": true, "normalized": false])
      }
      let special = (config?.value.members ?? []).compactMap { member in
        member.key.suffix(6) == Array("_token".utf8)[...]
          ? member.value.bytes ?? member.value["content"]?.bytes : nil
      }
      for member in extra?.members ?? [] where !tokens.contains(where: { $0["id"] == member.value })
      {
        tokens.append([
          "id": member.value, "content": .string(member.key),
          "special": .bool(special.contains(member.key)),
          "normalized": .bool(!special.contains(member.key)),
        ])
      }
      return .array(tokens)
    }
    guard let members = table.value.members else { throw table.wrong("an object") }
    var tokens: [(id: Int, value: JSONValue)] = []
    for member in members {
      let name = String(decoding: member.key, as: UTF8.self)
      guard let id = Int(name), var token = member.value.members else {
        throw table.wrong("tokens by their ids")
      }
      token.removeAll { $0.key == Array("id".utf8) }
      token.append(JSONMember(key: Array("id".utf8), value: .integer(id)))
      tokens.append((id, .object(token)))
    }
    return .array(tokens.sorted { $0.id < $1.id }.map(\.value))
  }
}
