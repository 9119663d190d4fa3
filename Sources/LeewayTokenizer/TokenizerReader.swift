import LeewayBase

/// Reads `tokenizer.json`: a closed world, in which an unknown component is refused by name.
struct TokenizerReader {
  let path: String

  func read(_ value: JSONValue) throws(TokenizerError) -> Tokenizer {
    let root = TokenizerNode(value: value, key: "", path: path)
    guard value.members != nil else { throw root.wrong("an object") }
    // `truncation` and `padding` only shape batches; Leeway never cuts or pads.
    var tokenizer = Tokenizer()
    if let node = root.child("normalizer") { tokenizer.normalizers = try normalizers(node) }
    var byteLevel = false
    if let node = root.child("pre_tokenizer") {
      tokenizer.preTokenizers = try preTokenizers(node, &byteLevel)
    }
    if let node = root.child("decoder") { tokenizer.decoder = try decodeSteps(node, byteLevel) }
    try model(try root.required("model"), byteLevel: byteLevel, into: &tokenizer)
    try addTokens(try root.items("added_tokens"), to: &tokenizer)
    if let node = root.child("post_processor") { try process(node, &tokenizer) }
    return tokenizer
  }

  /// Ids beyond this are a mistake: the table of pieces would be mostly holes.
  func idLimit(_ pieces: Int) -> Int { min(max(pieces * 16, 1 << 20), 1 << 28) }

  // MARK: The model

  private func model(_ node: TokenizerNode, byteLevel: Bool, into tokenizer: inout Tokenizer)
    throws(TokenizerError)
  {
    switch try node.optionalText("type") ?? "BPE" {
    case "BPE":
      let model = try bytePairs(node, byteLevel: byteLevel)
      (tokenizer.vocabulary, tokenizer.model) = (model.vocabulary, .bytePairs(model))
    case "Unigram":
      guard !byteLevel else {
        throw try node.required("type").wrong("BPE, as the pre_tokenizer gives bytes")
      }
      (tokenizer.vocabulary, tokenizer.model) = try unigram(node)
    default: throw node.unsupported("model", ["BPE", "Unigram"])
    }
  }

  private func unigram(_ node: TokenizerNode) throws(TokenizerError) -> (Vocabulary, PieceModel) {
    _ = try node.required("vocab")
    let entries = try node.items("vocab")
    var vocabulary = Vocabulary(capacity: entries.count)
    var scores: [Double] = []
    for (id, entry) in entries.enumerated() {
      guard let pair = entry.value.array, pair.count == 2, let piece = pair[0].bytes,
        let score = pair[1].double
      else { throw entry.wrong("a piece and its score") }
      vocabulary.add(piece, id: id)
      scores.append(score)
    }
    let unknown = try node.whole("unk_id", below: max(entries.count, 1))
    guard !entries.isEmpty else { throw try node.required("vocab").wrong("at least one piece") }
    let model = UnigramModel(
      vocabulary: vocabulary, scores: scores, unknown: unknown,
      byteFallback: try node.flag("byte_fallback", default: false))
    return (vocabulary, .unigram(model))
  }

  private func bytePairs(_ node: TokenizerNode, byteLevel: Bool) throws(TokenizerError)
    -> BytePairModel
  {
    if let dropout = node.child("dropout"), dropout.value.double != 0 {
      throw dropout.wrong("null")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let text = try node.optionalText(key), !text.isEmpty {
        throw try node.required(key).wrong("null")
      }
    }
    let vocabulary = try node.required("vocab")
    guard let entries = vocabulary.value.members else { throw vocabulary.wrong("an object") }
    var model = BytePairModel(vocabulary: Vocabulary(byteLevel: byteLevel, capacity: entries.count))
    let limit = idLimit(entries.count)
    for entry in entries {
      let id = try TokenizerNode(
        value: entry.value, key: "model.vocab." + String(decoding: entry.key, as: UTF8.self),
        path: path
      ).whole(below: limit)
      model.vocabulary.add(entry.key, id: id)
    }
    model.byteFallback = try node.flag("byte_fallback", default: false)
    model.fuseUnknown = try node.flag("fuse_unk", default: false)
    model.ignoreMerges = try node.flag("ignore_merges", default: false)
    if let name = node.child("unk_token") {
      guard let id = model.vocabulary.id(of: try node.bytes("unk_token")) else {
        throw name.wrong("a piece of the vocabulary")
      }
      model.unknown = id
    }
    _ = try node.required("merges")
    try addMerges(try node.items("merges"), to: &model)
    model.prepare()
    if byteLevel, model.byteFallback, model.lacksBytes {
      throw try node.required("byte_fallback").wrong("false, as the pre_tokenizer gives bytes")
    }
    return model
  }

  func addMerges(_ items: [TokenizerNode], to model: inout BytePairModel)
    throws(TokenizerError)
  {
    model.merges = MergeTable(capacity: items.count)
    for (rank, item) in items.enumerated() {
      // Older files keep the first line of merges.txt.
      if let text = item.value.bytes, text.starts(with: Array("#version".utf8)) { continue }
      let (left, right) = try halves(item)
      guard let first = model.vocabulary.id(of: left), let second = model.vocabulary.id(of: right),
        let merged = model.vocabulary.id(of: left + right)
      else {
        throw .unknownMergePiece(
          path: path, line: rank + 1,
          piece: String(decoding: left + [0x20] + right, as: UTF8.self))
      }
      // Of merges written twice, the last counts, as in the reference.
      model.merges.insert(
        Int32(first), Int32(second), MergeTable.Merge(rank: Int32(rank), id: Int32(merged)))
    }
  }

  /// `["a", "b"]`, or `"a b"` in older files.
  private func halves(_ item: TokenizerNode) throws(TokenizerError) -> ([UInt8], [UInt8]) {
    if let pair = item.value.array, pair.count == 2, let left = pair[0].bytes,
      let right = pair[1].bytes
    {
      return (left, right)
    }
    if let text = item.value.bytes {
      let parts = text.split(separator: 0x20, omittingEmptySubsequences: false)
      if parts.count == 2 { return (Array(parts[0]), Array(parts[1])) }
    }
    throw item.wrong("two pieces")
  }

  // MARK: Around the model

  private func addTokens(_ items: [TokenizerNode], to tokenizer: inout Tokenizer)
    throws(TokenizerError)
  {
    let limit = idLimit(tokenizer.vocabulary.count + items.count)
    let pieces = tokenizer.vocabulary.entries
    var ids: [[UInt8]: Int] = [:]
    var highest = -1
    for item in items {
      let token = AddedToken(
        id: try item.whole("id", below: limit), content: try item.bytes("content"),
        special: try item.flag("special", default: false),
        singleWord: try item.flag("single_word", default: false),
        leftStrip: try item.flag("lstrip", default: false),
        rightStrip: try item.flag("rstrip", default: false),
        normalized: try item.flag("normalized", default: true))
      guard !token.content.isEmpty else {
        throw try item.required("content").wrong("at least one character")
      }
      if let known = tokenizer.vocabulary.id(of: token.content), known != token.id {
        throw try item.required("id").wrong("\(known), the vocabulary's id of that piece")
      }
      // The reference does not read the id of another token: it counts on, and whoever trained with
      // it trained with what it counted.
      let next = highest < pieces ? pieces : highest + 1
      let known = tokenizer.vocabulary.id(of: token.content) ?? ids[token.content] ?? next
      guard token.id == known else {
        throw try item.required("id").wrong("\(known), which follows the ids before it")
      }
      ids[token.content] = known
      highest = max(highest, known)
      tokenizer.added.append(token)
    }
    tokenizer.prepareAdded()
  }

  private func process(_ node: TokenizerNode, _ tokenizer: inout Tokenizer) throws(TokenizerError) {
    switch try node.kind() {
    case "ByteLevel": return
    case "Sequence":
      for item in try node.items("processors") { try process(item, &tokenizer) }
    case "TemplateProcessing":
      try checkOnly(node, tokenizer)
      var before: [Int] = []
      var after: [Int] = []
      var texts = 0
      for item in try node.items("single") {
        if item.child("Sequence") != nil {
          texts += 1
          continue
        }
        let name = try item.required("SpecialToken").text("id")
        let token = try node.required("special_tokens").required(name)
        for id in try token.items("ids") {
          let id = try specialID(id, tokenizer)
          if texts == 0 { before.append(id) } else { after.append(id) }
        }
      }
      guard texts == 1 else { throw try node.required("single").wrong("one Sequence") }
      (tokenizer.prefix, tokenizer.suffix) = (before, after)
    case "BertProcessing", "RobertaProcessing":
      try checkOnly(node, tokenizer)
      let ends = [try node.items("cls"), try node.items("sep")]
      for (key, end) in zip(["cls", "sep"], ends) where end.count != 2 {
        throw try node.required(key).wrong("a piece and its id")
      }
      tokenizer.prefix = [try specialID(ends[0][1], tokenizer)]
      tokenizer.suffix = [try specialID(ends[1][1], tokenizer)]
    default:
      throw node.unsupported(
        "post_processor",
        ["BertProcessing", "ByteLevel", "RobertaProcessing", "Sequence", "TemplateProcessing"])
    }
  }

  /// The reference takes what a second one gets for two texts, or gives up.
  private func checkOnly(_ node: TokenizerNode, _ tokenizer: Tokenizer) throws(TokenizerError) {
    guard tokenizer.prefix.isEmpty, tokenizer.suffix.isEmpty else {
      throw try node.required("type").wrong("no second processor that adds tokens")
    }
  }

  private func specialID(_ node: TokenizerNode, _ tokenizer: Tokenizer) throws(TokenizerError)
    -> Int
  {
    let id = try node.whole(below: max(tokenizer.vocabularyCount, 1))
    guard tokenizer.bytes(of: id) != nil else { throw node.wrong("the id of a piece") }
    return id
  }
}
