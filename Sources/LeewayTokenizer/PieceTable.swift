import LeewayBase

/// A vocabulary as tables, the way GGUF keeps one (`tokenizer.ggml.*`).
public struct PieceTable: Sendable {
  /// What a piece is, by the format's own numbers.
  public enum Kind: Int, Sendable {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  /// `tokenizer.ggml.model`: `gpt2` (byte-level pairs) or `llama` (SentencePiece pairs).
  public var model: String
  /// `tokenizer.ggml.pre`: how a byte-level model cuts words. Nil in files from before there were
  /// names: they are cut as llama.cpp cuts them, which may not be how the model learnt to read.
  public var preTokenizer: String?
  public var pieces: [[UInt8]]
  /// By id; a SentencePiece model merges the pair of highest score first.
  public var scores: [Float]
  /// By id; all normal when empty.
  public var kinds: [Kind]
  /// `left right`, in the order of their ranks.
  public var merges: [[UInt8]]
  public var begin: Int?
  public var end: Int?
  public var unknown: Int?
  /// Whether texts begin and end with these; nil is the model's own habit.
  public var addsBegin: Bool?
  public var addsEnd: Bool?
  /// Whether a SentencePiece text is put behind a space; nil is true.
  public var addsSpace: Bool?
  /// Whether special tokens swallow the space behind them, as Phi-3's do.
  public var stripsRight = false

  public init(
    model: String, preTokenizer: String? = nil, pieces: [[UInt8]], scores: [Float] = [],
    kinds: [Kind] = [], merges: [[UInt8]] = [], begin: Int? = nil, end: Int? = nil,
    unknown: Int? = nil, addsBegin: Bool? = nil, addsEnd: Bool? = nil, addsSpace: Bool? = nil
  ) {
    (self.model, self.preTokenizer, self.pieces) = (model, preTokenizer, pieces)
    (self.scores, self.kinds, self.merges) = (scores, kinds, merges)
    (self.begin, self.end, self.unknown) = (begin, end, unknown)
    (self.addsBegin, self.addsEnd, self.addsSpace) = (addsBegin, addsEnd, addsSpace)
  }
}

extension Tokenizer {
  /// - Parameter path: where the tables come from, for messages.
  /// - Throws: `unsupported` for a model or a way of cutting that is not known: a guess would give
  ///   wrong ids.
  public init(_ table: PieceTable, path: String) throws(TokenizerError) {
    self.init()
    try PieceTableReader(table: table, path: path).read(into: &self)
  }
}

struct PieceTableReader {
  let table: PieceTable
  let path: String
  private static let key = "tokenizer.ggml."

  func read(into tokenizer: inout Tokenizer) throws(TokenizerError) {
    let count = table.pieces.count
    try check(count > 0, "tokens", "at least one piece", "none")
    try check(
      table.kinds.isEmpty || table.kinds.count == count, "token_type", "one for each piece",
      "\(table.kinds.count)")
    for (key, id) in [
      ("bos_token_id", table.begin), ("eos_token_id", table.end),
      ("unknown_token_id", table.unknown),
    ] {
      if let id {
        try check((0..<count).contains(id), key, "an id from 0 to \(count - 1)", "\(id)")
      }
    }
    switch table.model {
    case "gpt2": try byteLevel(&tokenizer)
    case "llama": try sentencePiece(&tokenizer)
    default:
      throw .unsupported(
        path: path, component: Self.key + "model", kind: table.model, known: ["gpt2", "llama"])
    }
    try addTokens(&tokenizer)
    tokenizer.contentHash = hash
  }

  private func check(_ holds: Bool, _ key: String, _ expected: String, _ found: String)
    throws(TokenizerError)
  {
    guard !holds else { return }
    throw .wrongValue(path: path, key: Self.key + key, expected: expected, found: found)
  }

  private func kind(_ id: Int) -> PieceTable.Kind {
    table.kinds.isEmpty ? .normal : table.kinds[id]
  }

  // MARK: Byte-level pairs

  private func byteLevel(_ tokenizer: inout Tokenizer) throws(TokenizerError) {
    let name = table.preTokenizer ?? WordCutting.standard
    guard let cutting = WordCutting.named(name) else {
      throw .unsupported(
        path: path, component: Self.key + "pre", kind: name,
        known: WordCutting.all.flatMap(\.names).sorted())
    }
    tokenizer.guessesWords = table.preTokenizer == nil
    var model = BytePairModel(
      vocabulary: Vocabulary(byteLevel: true, capacity: table.pieces.count))
    // A piece that stands twice keeps its first id.
    for (id, piece) in table.pieces.enumerated() where model.vocabulary.id(of: piece) == nil {
      model.vocabulary.add(piece, id: id)
    }
    model.merges = MergeTable(capacity: table.merges.count)
    for (rank, line) in table.merges.enumerated() {
      // A piece may itself begin with a space.
      let cut = line.dropFirst().firstIndex(of: 0x20) ?? line.endIndex
      let (left, right) = (Array(line[..<cut]), Array(line[cut...].dropFirst()))
      guard let first = model.vocabulary.id(of: left), let second = model.vocabulary.id(of: right),
        let merged = model.vocabulary.id(of: left + right)
      else {
        throw .unknownMergePiece(
          path: path, line: rank + 1, piece: String(decoding: line, as: UTF8.self))
      }
      model.merges.insert(
        Int32(first), Int32(second), MergeTable.Merge(rank: Int32(rank), id: Int32(merged)))
    }
    model.ignoreMerges = cutting.wholeWords
    model.prepare()
    (tokenizer.vocabulary, tokenizer.model) = (model.vocabulary, .bytePairs(model))
    if cutting.composes { tokenizer.normalizers = [.nfc] }
    tokenizer.preTokenizers = try cutting.steps(path)
    tokenizer.decoder = [.byteLevel]
    around(&tokenizer, begins: table.addsBegin ?? cutting.begins)
  }

  // MARK: SentencePiece pairs

  private func sentencePiece(_ tokenizer: inout Tokenizer) throws(TokenizerError) {
    try check(
      table.scores.count == table.pieces.count, "scores", "one for each piece",
      "\(table.scores.count)")
    var whole = Vocabulary(capacity: table.pieces.count)
    // What the model may make of a text: neither its own marks nor names of bytes.
    var spelt = Vocabulary()
    for (id, piece) in table.pieces.enumerated() {
      if whole.ids[piece] == nil { whole.add(piece, id: id) }
      guard kind(id) == .normal || kind(id) == .userDefined, spelt.ids[piece] == nil else {
        continue
      }
      spelt.add(piece, id: id)
    }
    var model = BytePairModel(vocabulary: whole)
    model.merges = merges(spelt)
    model.unknown = table.unknown ?? table.kinds.firstIndex(of: .unknown)
    model.byteFallback = true
    model.fuseUnknown = true
    model.prepare()
    (tokenizer.vocabulary, tokenizer.model) = (whole, .bytePairs(model))
    let mark = Array("▁".utf8)
    let addsSpace = table.addsSpace ?? true
    tokenizer.normalizers = (addsSpace ? [.prepend(mark)] : []) + [.replace([0x20], mark)]
    tokenizer.decoder =
      [.replace(mark, [0x20]), .byteFallback, .fuse]
      + (addsSpace ? [.strip([0x20], start: 1, stop: 0)] : [])
    around(&tokenizer, begins: table.addsBegin ?? true)
  }

  /// Every way to make a piece of two, the pieces of highest score first, equal ones at once.
  private func merges(_ pieces: Vocabulary) -> MergeTable {
    let ids = pieces.ids.values.sorted { (table.scores[$0], $1) > (table.scores[$1], $0) }
    var merges = MergeTable(capacity: ids.count * 2)
    var rank: Int32 = 0
    for (index, id) in ids.enumerated() {
      if index > 0, table.scores[id] < table.scores[ids[index - 1]] { rank += 1 }
      let piece = table.pieces[id]
      for cut in piece.indices.dropFirst() where piece[cut] & 0xC0 != 0x80 {
        guard let left = pieces.ids[Array(piece[..<cut])],
          let right = pieces.ids[Array(piece[cut...])]
        else { continue }
        merges.insert(
          Int32(left), Int32(right), MergeTable.Merge(rank: rank, id: Int32(id)))
      }
    }
    return merges
  }

  // MARK: Around the model

  private func around(_ tokenizer: inout Tokenizer, begins: Bool) {
    if begins, let begin = table.begin { tokenizer.prefix = [begin] }
    if table.addsEnd ?? false, let end = table.end { tokenizer.suffix = [end] }
  }

  private func addTokens(_ tokenizer: inout Tokenizer) throws(TokenizerError) {
    for (id, piece) in table.pieces.enumerated() {
      let kind = kind(id)
      guard [.unknown, .control, .userDefined].contains(kind), !piece.isEmpty else { continue }
      tokenizer.added.append(
        AddedToken(
          id: id, content: piece, special: kind != .userDefined, singleWord: false,
          leftStrip: false, rightStrip: table.stripsRight && !Self.unstripped.contains(piece),
          normalized: false))
    }
    tokenizer.prepareAdded()
  }

  private static let unstripped = ["<unk>", "<s>", "<|endoftext|>"].map { Array($0.utf8) }

  private var hash: String {
    let pieces = table.pieces.map { JSONValue.string($0) }
    var value: JSONValue = [
      "model": JSONValue(table.model), "pre": JSONValue(table.preTokenizer ?? ""),
      "pieces": .array(pieces), "scores": .array(table.scores.map { .real(Double($0)) }),
      "kinds": .array(table.kinds.map { .integer($0.rawValue) }),
      "merges": .array(table.merges.map { .string($0) }),
      "around": .array(
        [table.begin, table.end, table.unknown].map { .integer($0 ?? -1) }
          + [table.addsBegin, table.addsEnd, table.addsSpace].map { $0.map { .bool($0) } ?? .null }),
    ]
    if table.stripsRight { value = [value, "strips right"] }
    return ContentHash.sha256(value.canonicalBytes)
  }
}
