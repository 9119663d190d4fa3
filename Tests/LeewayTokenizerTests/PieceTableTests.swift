import Foundation
import LeewayBase
import LeewayFuzzing
import LeewayTokenizer
import Testing

@Suite("Tokenizers from tables")
struct PieceTableTests {
  private static let mark = "\u{2581}"

  private static func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  /// A small SentencePiece vocabulary: marks, bytes, letters, and pieces of chance scores.
  private static func table(_ stream: inout NamedStream) -> PieceTable {
    var pieces =
      ["<unk>", "<s>", "</s>"]
      + (0..<256).map { byte in
        let digits = String(byte, radix: 16, uppercase: true)
        return "<0x\(byte < 16 ? "0" : "")\(digits)>"
      }
    var kinds = [PieceTable.Kind.unknown, .control, .control]
    kinds += [PieceTable.Kind](repeating: .byte, count: 256)
    let letters = [mark, "a", "b", "c", "\u{E9}"]
    var made = letters
    while made.count < 40 {
      let piece = Mutation.pick(made, &stream) + Mutation.pick(made, &stream)
      if piece.count < 9, !made.contains(piece) { made.append(piece) }
    }
    pieces += made
    kinds += [PieceTable.Kind](repeating: .normal, count: made.count)
    let scores = pieces.indices.map { $0 < 259 ? 0 : -Float(1 + stream.below(12)) }
    return PieceTable(
      model: "llama", pieces: bytes(pieces), scores: scores, kinds: kinds, begin: 1, end: 2,
      unknown: 0)
  }

  /// SentencePiece as its paper tells it: of all neighbours whose join is a piece, the join of the
  /// highest score is made, leftmost first, until there is none.
  private static func naive(_ table: PieceTable, _ text: String) -> [Int] {
    if text.isEmpty { return [] }
    var ids: [[UInt8]: Int] = [:]
    for (id, piece) in table.pieces.enumerated() where table.kinds[id] == .normal {
      ids[piece] = id
    }
    let marked = (mark + text).replacing(" ", with: mark)
    var symbols = marked.unicodeScalars.map { Array(String($0).utf8) }
    while true {
      var best: (at: Int, score: Float)?
      for at in symbols.indices.dropLast() {
        guard ids[symbols[at]] != nil, ids[symbols[at + 1]] != nil,
          let id = ids[symbols[at] + symbols[at + 1]]
        else { continue }
        if table.scores[id] > best?.score ?? -.infinity { best = (at, table.scores[id]) }
      }
      guard let best else { break }
      symbols[best.at] += symbols.remove(at: best.at + 1)
    }
    return symbols.flatMap { symbol in
      ids[symbol].map { [$0] } ?? symbol.map { 3 + Int($0) }
    }
  }

  @Test("Pairs by score, as SentencePiece makes them")
  func scores() throws {
    var stream = NamedStream("pieces", "scores")
    for _ in 0..<40 {
      let table = Self.table(&stream)
      let tokenizer = try Tokenizer(table, path: "t.gguf")
      for length in [0, 1, 5, 20, 80] {
        let text = (0..<length).map { _ in
          Mutation.pick([" ", "a", "b", "c", "\u{E9}", "d", "\u{6D77}"], &stream)
        }.joined()
        let expected = Self.naive(table, text)
        #expect(tokenizer.encode(text, addSpecial: false) == expected, "\(text)")
        #expect(tokenizer.encode(text) == [1] + expected)
        #expect(try tokenizer.decode(expected) == text)
      }
    }
  }

  private static func small(_ change: (inout PieceTable) -> Void) throws(TokenizerError)
    -> Tokenizer
  {
    var table = PieceTable(
      model: "gpt2", preTokenizer: "llama-bpe",
      pieces: bytes(["h", "i", "hi", "\u{120}", "\u{120}hi", "<|end|>", "<w>", "whole", "12"]),
      kinds: [
        .normal, .normal, .normal, .normal, .normal, .control, .userDefined, .normal, .normal,
      ],
      merges: bytes(["h i", "\u{120} hi"]), begin: 5, end: 5)
    change(&table)
    return try Tokenizer(table, path: "t.gguf")
  }

  @Test("Byte-level tables")
  func byteLevel() throws {
    let tokenizer = try Self.small { _ in }
    #expect(tokenizer.encode("hi hi<w><|end|>whole") == [5, 2, 4, 6, 5, 7])
    #expect(try tokenizer.decode([2, 4], skipSpecial: true) == "hi hi")
    #expect(tokenizer.isSpecial(5) && !tokenizer.isSpecial(6))
    let other = try Self.small { $0.preTokenizer = "gpt-2" }
    #expect(other.encode("hi") == [2])
    #expect(other.contentHash != tokenizer.contentHash)
    #expect(try Self.small { $0.addsBegin = false }.encode("hi") == [2])
    #expect(try Self.small { $0.addsEnd = true }.encode("hi") == [5, 2, 5])
  }

  @Test("Tables that are refused")
  func refused() {
    func refuses(
      _ key: String, _ expected: String, _ found: String,
      at place: SourceLocation = #_sourceLocation, _ change: (inout PieceTable) -> Void
    ) {
      #expect(
        throws: TokenizerError.wrongValue(
          path: "t.gguf", key: "tokenizer.ggml." + key, expected: expected, found: found),
        sourceLocation: place
      ) { try Self.small(change) }
    }
    refuses("tokens", "at least one piece", "none") { $0.pieces = [] }
    refuses("token_type", "one for each piece", "1") { $0.kinds = [.normal] }
    refuses("bos_token_id", "an id from 0 to 8", "9") { $0.begin = 9 }
    refuses("scores", "one for each piece", "0") { $0.model = "llama" }
    #expect(
      throws: TokenizerError.unsupported(
        path: "t.gguf", component: "tokenizer.ggml.model", kind: "t5", known: ["gpt2", "llama"])
    ) { try Self.small { $0.model = "t5" } }
    #expect(
      throws: TokenizerError.unknownMergePiece(path: "t.gguf", line: 1, piece: "h x")
    ) { try Self.small { $0.merges = Self.bytes(["h x"]) } }
    // By another name the words would be cut by guess.
    for name in ["nonsense", "Default", ""] {
      do {
        _ = try Self.small { $0.preTokenizer = name }
        Issue.record("\(name) was taken")
      } catch {
        guard case .unsupported(_, "tokenizer.ggml.pre", let kind, let known) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(kind == name && known.contains("qwen2") && known.contains("gpt-2"))
      }
    }
  }

  // MARK: Real vocabularies, which lie outside the repository

  private static let folder = Golden.shared + "/tokenizers/llama.cpp"
  static let areHere = FileManager.default.fileExists(atPath: folder)

  @Test(
    "Ids equal llama.cpp's",
    .enabled(if: areHere, "the folder ../shared is not beside the repository"),
    arguments: ["gpt-2", "llama-spm"])
  func vectors(_ name: String) throws {
    let path = "\(Self.folder)/ggml-vocab-\(name).gguf"
    let tokenizer = try Tokenizer(try MetadataReader.table(path), path: path)
    try expect(tokenizer, try Self.cases(path))
  }

  @Test(
    "Qwen's two files give llama.cpp's ids",
    .enabled(if: areHere, "the folder ../shared is not beside the repository"))
  func qwen() throws {
    let tokenizer = try Tokenizer(path: Golden.shared + "/tokenizers/qwen2.5")
    try expect(tokenizer, try Self.cases(Self.folder + "/ggml-vocab-qwen2.gguf"))
  }

  private func expect(_ tokenizer: Tokenizer, _ cases: [(text: String, ids: [Int])]) throws {
    #expect(cases.count > 40)
    for (text, ids) in cases {
      #expect(tokenizer.encode(text, addSpecial: false) == ids, "\(text.debugDescription)")
    }
  }

  private static func cases(_ path: String) throws -> [(text: String, ids: [Int])] {
    let input = try MappedFile(path: path + ".inp").withBytes {
      String(decoding: $0, as: UTF8.self)
    }
    let output = try MappedFile(path: path + ".out").withBytes {
      String(decoding: $0, as: UTF8.self)
    }
    let texts = input.components(separatedBy: "\n__ggml_vocab_test__\n")
    let lines = output.components(separatedBy: "\n")
    return zip(texts, lines).map { text, line in
      (text, line.split(separator: " ").compactMap { Int($0) })
    }
  }
}

/// The tables of a GGUF file's metadata, read without any check: only for files of this test.
private struct MetadataReader {
  private let bytes: [UInt8]
  private var at = 8

  static func table(_ path: String) throws -> PieceTable {
    var reader = MetadataReader(bytes: try MappedFile(path: path).withBytes { Array($0) })
    return reader.table()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func number(_ width: Int) -> UInt64 {
    defer { at += width }
    return (0..<width).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
  }

  private mutating func text() -> [UInt8] {
    let count = Int(number(8))
    defer { at += count }
    return Array(bytes[at..<at + count])
  }

  private enum Value {
    case number(UInt64)
    case text([UInt8])
    case list([Value])
  }

  private mutating func value(_ kind: UInt64) -> Value {
    switch kind {
    case 0, 1, 7: return .number(number(1))
    case 2, 3: return .number(number(2))
    case 4, 5, 6: return .number(number(4))
    case 8: return .text(text())
    case 9:
      let kind = number(4)
      return .list((0..<Int(number(8))).map { _ in value(kind) })
    default: return .number(number(8))
    }
  }

  private mutating func table() -> PieceTable {
    _ = number(8)
    var values: [String: Value] = [:]
    for _ in 0..<number(8) {
      let key = String(decoding: text(), as: UTF8.self)
      values[key] = value(number(4))
    }
    func whole(_ key: String) -> Int? {
      if case .number(let value) = values["tokenizer.ggml." + key] { Int(value) } else { nil }
    }
    func list(_ key: String) -> [Value] {
      if case .list(let list) = values["tokenizer.ggml." + key] { list } else { [] }
    }
    func texts(_ key: String) -> [[UInt8]] {
      list(key).map { if case .text(let text) = $0 { text } else { [] } }
    }
    func numbers(_ key: String) -> [UInt64] {
      list(key).map { if case .number(let number) = $0 { number } else { 0 } }
    }
    func word(_ key: String) -> String {
      if case .text(let text) = values["tokenizer.ggml." + key] {
        String(decoding: text, as: UTF8.self)
      } else {
        ""
      }
    }
    return PieceTable(
      model: word("model"), preTokenizer: word("pre"), pieces: texts("tokens"),
      scores: numbers("scores").map { Float(bitPattern: UInt32($0)) },
      kinds: numbers("token_type").compactMap { PieceTable.Kind(rawValue: Int($0)) },
      merges: texts("merges"), begin: whole("bos_token_id"), end: whole("eos_token_id"),
      unknown: whole("unknown_token_id"))
  }
}
