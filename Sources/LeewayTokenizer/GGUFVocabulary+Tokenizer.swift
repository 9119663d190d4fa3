import LeewayBase

extension GGUFVocabulary {
  /// llama.cpp's names of cuts that have one of these patterns.
  private static let patterns: KeyValuePairs<String, String> = [
    "gpt-2": SplitPattern.gpt2Text, "default": SplitPattern.gpt2Text,
    "llama-bpe": SplitPattern.llama3Text, "llama3": SplitPattern.llama3Text,
    "qwen2": SplitPattern.qwen2Text, "deepseek-r1-qwen": SplitPattern.qwen2Text,
  ]

  /// The tokenizer as `tokenizer.json` would describe it.
  func json() throws(TokenizerError) -> JSONValue {
    switch kind {
    case "gpt2": return try byteLevel()
    case "llama": return try sentencePiece()
    default:
      throw .unsupported(
        path: path, component: "tokenizer.ggml.model", kind: kind, known: ["gpt2", "llama"])
    }
  }

  private func byteLevel() throws(TokenizerError) -> JSONValue {
    guard let pattern = Self.patterns.first(where: { $0.key == preTokenizer })?.value else {
      throw .unsupported(
        path: path, component: "tokenizer.ggml.pre", kind: preTokenizer,
        known: Self.patterns.map(\.key))
    }
    let llama3 = pattern == SplitPattern.llama3Text
    var members: [(String, JSONValue)] = [
      (
        "model",
        [
          "type": "BPE", "vocab": vocabulary, "merges": .array(merges.map { .string($0) }),
          "ignore_merges": .bool(llama3),
        ]
      ),
      ("added_tokens", .array(addedTokens)),
      ("normalizer", pattern == SplitPattern.qwen2Text ? ["type": "NFC"] : .null),
      (
        "pre_tokenizer",
        [
          "type": "Sequence",
          "pretokenizers": [
            ["type": "Split", "behavior": "Isolated", "pattern": ["Regex": JSONValue(pattern)]],
            [
              "type": "ByteLevel", "use_regex": false,
              "add_prefix_space": .bool(addsSpacePrefix ?? false),
            ],
          ],
        ]
      ),
      ("decoder", ["type": "ByteLevel"]),
    ]
    members += processor(beginning: llama3)
    return .object(members.map { JSONMember(key: Array($0.0.utf8), value: $0.1) })
  }

  /// Pieces that stand twice keep their first id, as in llama.cpp's own table.
  var vocabulary: JSONValue {
    var seen: Set<[UInt8]> = []
    return .object(
      pieces.enumerated().compactMap { id, piece in
        seen.insert(piece).inserted ? JSONMember(key: piece, value: .integer(id)) : nil
      })
  }

  var addedTokens: [JSONValue] {
    kinds.enumerated().compactMap { id, kind in
      let special = kind == .control || kind == .unknown
      guard special || kind == .userDefined, !pieces[id].isEmpty else { return nil }
      return [
        "id": .integer(id), "content": .string(pieces[id]), "special": .bool(special),
        "normalized": false,
      ]
    }
  }

  /// What stands around a text; `beginning`: whether the kind begins one where the file does not say.
  func processor(beginning: Bool) -> [(String, JSONValue)] {
    let ends = [
      (addsBeginning ?? beginning) ? special["bos"] : nil,
      (addsEnd ?? false) ? special["eos"] : nil,
    ]
    guard ends.contains(where: { $0 != nil }) else { return [] }
    return [("post_processor", template(ends))]
  }

  private func template(_ ends: [Int?]) -> JSONValue {
    func item(_ id: Int) -> JSONValue {
      ["SpecialToken": ["id": .string(pieces[id]), "type_id": 0]]
    }
    let text: JSONValue = ["Sequence": ["id": "A", "type_id": 0]]
    let before = ends[0].map { [item($0)] } ?? []
    let after = ends[1].map { [item($0)] } ?? []
    let tokens = ends.compactMap { $0 }.map { id in
      JSONMember(
        key: pieces[id],
        value: [
          "id": .string(pieces[id]), "ids": [.integer(id)], "tokens": [.string(pieces[id])],
        ])
    }
    let distinct = tokens.enumerated().filter { index, token in
      !tokens[..<index].contains { $0.key == token.key }
    }.map(\.element)
    return [
      "type": "TemplateProcessing", "single": .array(before + [text] + after),
      "special_tokens": .object(distinct),
    ]
  }
}

extension Tokenizer {
  /// The tokenizer in a GGUF file.
  init(gguf path: String) throws(TokenizerError) {
    let file: GGUF
    do { file = try GGUF(path: path) } catch { throw .gguf(error) }
    let json = try GGUFVocabulary(file).json()
    self = try TokenizerReader(path: path).read(json)
    contentHash = ContentHash.sha256(json.canonicalBytes)
  }
}
