import LeewayBase

/// Reads `tokenizer.json`: a closed world, in which an unknown component is refused by name.
struct TokenizerReader {
  let path: String
  private var byteLevel = false

  init(path: String) { self.path = path }

  mutating func read(_ root: JSONValue) throws(TokenizerError) -> Tokenizer {
    var tokenizer = Tokenizer()
    for key in ["truncation", "padding"] where root[key] != nil && root[key] != .null {
      // Both only shape batches; Leeway never cuts or pads.
      continue
    }
    if let value = present(root["normalizer"]) { tokenizer.normalizers = try normalizers(value) }
    if let value = present(root["pre_tokenizer"]) {
      tokenizer.preTokenizers = try preTokenizers(value)
    }
    if let value = present(root["decoder"]) { tokenizer.decoder = try decodeSteps(value) }
    guard let model = root["model"] else { throw .missingKey(path: path, key: "model") }
    tokenizer.model = try bytePairs(model)
    try addTokens(root["added_tokens"]?.array ?? [], to: &tokenizer)
    if let value = present(root["post_processor"]) { try template(value, &tokenizer) }
    return tokenizer
  }

  private func present(_ value: JSONValue?) -> JSONValue? { value == .null ? nil : value }

  private func kind(_ value: JSONValue, _ component: String) throws(TokenizerError) -> String {
    guard let kind = value["type"]?.text else {
      throw .missingKey(path: path, key: component + ".type")
    }
    return kind
  }

  private func bytes(_ value: JSONValue, _ key: String) throws(TokenizerError) -> [UInt8] {
    guard let bytes = value[key]?.bytes else { throw .missingKey(path: path, key: key) }
    return bytes
  }

  // MARK: Components

  private func normalizers(_ value: JSONValue) throws(TokenizerError) -> [Normalizer] {
    let kind = try kind(value, "normalizer")
    switch kind {
    case "Sequence":
      var all: [Normalizer] = []
      for item in value["normalizers"]?.array ?? [] { all += try normalizers(item) }
      return all
    case "Prepend": return [.prepend(try bytes(value, "prepend"))]
    case "Replace":
      guard let pattern = value["pattern"]?["String"]?.bytes else {
        throw .wrongValue(
          path: path, key: "normalizer.pattern", expected: "a String pattern",
          found: value["pattern"]?.canonicalText ?? "nothing")
      }
      return [.replace(pattern, try bytes(value, "content"))]
    case "NFC": return [.nfc]
    case "NFD": return [.nfd]
    case "NFKC": return [.nfkc]
    case "NFKD": return [.nfkd]
    case "Lowercase": return [.lowercase]
    case "Strip":
      return [
        .strip(
          left: value["strip_left"]?.bool ?? true, right: value["strip_right"]?.bool ?? true)
      ]
    default:
      throw .unsupported(
        path: path, component: "normalizer", kind: kind,
        known: [
          "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Prepend", "Replace", "Sequence", "Strip",
        ])
    }
  }

  private mutating func preTokenizers(_ value: JSONValue) throws(TokenizerError) -> [PreTokenizer] {
    let kind = try kind(value, "pre_tokenizer")
    switch kind {
    case "Sequence":
      var all: [PreTokenizer] = []
      for item in value["pretokenizers"]?.array ?? [] { all += try preTokenizers(item) }
      return all
    case "ByteLevel":
      byteLevel = true
      let prefix: [PreTokenizer] = value["add_prefix_space"]?.bool == true ? [.prefixSpace] : []
      return prefix + (value["use_regex"]?.bool == false ? [] : [.split(.gpt2)])
    case "Split":
      let text = value["pattern"]?["Regex"]?.text ?? value["pattern"]?["String"]?.text ?? ""
      guard let pattern = SplitPattern(text: text), value["invert"]?.bool != true else {
        throw .unsupported(
          path: path, component: "pre_tokenizer.pattern", kind: text,
          known: ["GPT-2's", "Llama 3's", "Qwen2's"])
      }
      return [.split(pattern)]
    case "Metaspace":
      let scheme: PreTokenizer.Prepend =
        switch value["prepend_scheme"]?.text {
        case "first": .first
        case "never": .never
        case nil where value["add_prefix_space"]?.bool == false: .never
        default: .always
        }
      return [
        .metaspace(
          mark: value["replacement"]?.bytes ?? Array("▁".utf8), prepend: scheme,
          split: value["split"]?.bool ?? true)
      ]
    case "WhitespaceSplit": return [.whitespace]
    case "Digits": return [.digits(individual: value["individual_digits"]?.bool ?? false)]
    default:
      throw .unsupported(
        path: path, component: "pre_tokenizer", kind: kind,
        known: ["ByteLevel", "Digits", "Metaspace", "Sequence", "Split", "WhitespaceSplit"])
    }
  }

  private mutating func decodeSteps(_ value: JSONValue) throws(TokenizerError) -> [DecodeStep] {
    let kind = try kind(value, "decoder")
    switch kind {
    case "Sequence":
      var all: [DecodeStep] = []
      for item in value["decoders"]?.array ?? [] { all += try decodeSteps(item) }
      return all
    case "Replace":
      guard let pattern = value["pattern"]?["String"]?.bytes else {
        throw .missingKey(path: path, key: "decoder.pattern.String")
      }
      return [.replace(pattern, try bytes(value, "content"))]
    case "ByteFallback": return [.byteFallback]
    case "Fuse": return [.fuse]
    case "Strip":
      return [
        .strip(
          try bytes(value, "content").first ?? 0x20, start: value["start"]?.int ?? 0,
          stop: value["stop"]?.int ?? 0)
      ]
    case "ByteLevel":
      byteLevel = true
      return [.byteLevel]
    case "Metaspace":
      return [
        .metaspace(
          mark: value["replacement"]?.bytes ?? Array("▁".utf8),
          prepended: value["prepend_scheme"]?.text != "never"
            && value["add_prefix_space"]?.bool != false)
      ]
    default:
      throw .unsupported(
        path: path, component: "decoder", kind: kind,
        known: [
          "ByteFallback", "ByteLevel", "Fuse", "Metaspace", "Replace", "Sequence", "Strip",
        ])
    }
  }

  // MARK: The model

  /// A byte-level piece is spelt in GPT-2's alphabet; inside, it is its bytes.
  private func plain(_ piece: [UInt8]) -> [UInt8] {
    guard byteLevel else { return piece }
    var out: [UInt8] = []
    for scalar in String(decoding: piece, as: UTF8.self).unicodeScalars {
      guard let byte = ByteAlphabet.bytes[scalar.value] else { return piece }
      out.append(byte)
    }
    return out
  }

  private func bytePairs(_ value: JSONValue) throws(TokenizerError) -> BytePairModel {
    if let kind = value["type"]?.text, kind != "BPE" {
      throw .unsupported(path: path, component: "model", kind: kind, known: ["BPE"])
    }
    if let dropout = value["dropout"]?.double, dropout != 0 {
      throw .wrongValue(
        path: path, key: "model.dropout", expected: "null", found: "\(dropout)")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let text = value[key]?.text, !text.isEmpty {
        throw .wrongValue(path: path, key: "model.\(key)", expected: "null", found: text)
      }
    }
    guard let entries = value["vocab"]?.members else {
      throw .missingKey(path: path, key: "model.vocab")
    }
    var model = BytePairModel(vocabulary: Vocabulary())
    let limit = max(entries.count * 16, 1 << 20)
    for entry in entries {
      guard let id = entry.value.int, id >= 0, id < limit else {
        throw .wrongValue(
          path: path, key: "model.vocab." + String(decoding: entry.key, as: UTF8.self),
          expected: "an id from 0 to \(limit - 1)", found: entry.value.canonicalText)
      }
      model.vocabulary.add(plain(entry.key), id: id)
      if let byte = DecodeStep.byteValue(entry.key) { model.byteIDs[Int(byte)] = id }
    }
    model.bytewise = byteLevel
    model.byteFallback = value["byte_fallback"]?.bool ?? false
    model.fuseUnknown = value["fuse_unk"]?.bool ?? false
    model.ignoreMerges = value["ignore_merges"]?.bool ?? false
    model.unknown = value["unk_token"]?.bytes.flatMap { model.vocabulary.ids[$0] }
    for (rank, merge) in (value["merges"]?.array ?? []).enumerated() {
      let (left, right) = try halves(merge, line: rank)
      guard let first = model.vocabulary.ids[left], let second = model.vocabulary.ids[right],
        let merged = model.vocabulary.ids[left + right]
      else {
        throw .unknownMergePiece(
          path: path, line: rank + 1,
          piece: String(decoding: left, as: UTF8.self) + " "
            + String(decoding: right, as: UTF8.self))
      }
      let pair = BytePairModel.Pair(left: Int32(first), right: Int32(second))
      if model.merges[pair] == nil {
        model.merges[pair] = BytePairModel.Merge(rank: Int32(rank), id: Int32(merged))
      }
    }
    return model
  }

  private func halves(_ merge: JSONValue, line: Int) throws(TokenizerError) -> ([UInt8], [UInt8]) {
    if let pair = merge.array, pair.count == 2, let left = pair[0].bytes, let right = pair[1].bytes
    {
      return (plain(left), plain(right))
    }
    if let text = merge.bytes, let space = text.firstIndex(of: 0x20) {
      return (plain(Array(text[..<space])), plain(Array(text[(space + 1)...])))
    }
    throw .wrongValue(
      path: path, key: "model.merges[\(line)]", expected: "two pieces", found: merge.canonicalText)
  }

  // MARK: Around the model

  private func addTokens(_ values: [JSONValue], to tokenizer: inout Tokenizer)
    throws(TokenizerError)
  {
    for value in values {
      guard let id = value["id"]?.int, id >= 0, id < 1 << 24 else {
        throw .missingKey(path: path, key: "added_tokens.id")
      }
      let token = AddedToken(
        id: id, content: try bytes(value, "content"), special: value["special"]?.bool ?? false,
        singleWord: value["single_word"]?.bool ?? false,
        leftStrip: value["lstrip"]?.bool ?? false, rightStrip: value["rstrip"]?.bool ?? false,
        normalized: value["normalized"]?.bool ?? true)
      tokenizer.added.append(token)
      tokenizer.model.vocabulary.setText(token.content, id: id)
    }
    let normalizers = tokenizer.normalizers
    tokenizer.plainMatcher = AddedMatcher(
      tokenizer.added.filter { !$0.normalized }.map { ($0.content, $0) })
    tokenizer.normalizedMatcher = AddedMatcher(
      tokenizer.added.filter(\.normalized).map { token in
        var text = NormalizedText(token.content[...])
        for normalizer in normalizers { normalizer.apply(&text) }
        return (text.bytes, token)
      })
  }

  private func template(_ value: JSONValue, _ tokenizer: inout Tokenizer) throws(TokenizerError) {
    let kind = try kind(value, "post_processor")
    switch kind {
    case "ByteLevel": return
    case "Sequence":
      for item in value["processors"]?.array ?? [] { try template(item, &tokenizer) }
    case "TemplateProcessing":
      var before = true
      for item in value["single"]?.array ?? [] {
        if item["Sequence"] != nil {
          before = false
        } else if let name = item["SpecialToken"]?["id"]?.text {
          let ids = value["special_tokens"]?[name]?["ids"]?.array?.compactMap(\.int) ?? []
          if before { tokenizer.prefix += ids } else { tokenizer.suffix += ids }
        }
      }
    case "BertProcessing", "RobertaProcessing":
      tokenizer.prefix += value["cls"]?.array?.compactMap(\.int) ?? []
      tokenizer.suffix += value["sep"]?.array?.compactMap(\.int) ?? []
    default:
      throw .unsupported(
        path: path, component: "post_processor", kind: kind,
        known: [
          "BertProcessing", "ByteLevel", "RobertaProcessing", "Sequence", "TemplateProcessing",
        ])
    }
  }
}
