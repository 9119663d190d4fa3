import Foundation
import LeewayBase
import LeewayFuzzing
import LeewayTokenizer
import Testing

@Suite("TokenizerFuzz")
struct TokenizerFuzzTests {
  /// Names and texts that the file format gives a meaning.
  private static let words = [
    "type", "Sequence", "normalizers", "pretokenizers", "decoders", "processors", "NFC", "NFKD",
    "Lowercase", "StripAccents", "Strip", "Prepend", "prepend", "Replace", "pattern", "String",
    "Regex", "content", "ByteLevel", "Nmt", "Precompiled", "precompiled_charsmap",
    "add_prefix_space", "use_regex", "Split", "behavior",
    "Removed", "MergedWithNext", "invert", "Metaspace", "replacement", "prepend_scheme", "first",
    "Digits", "Punctuation", "Whitespace", "ByteFallback", "Fuse", "start", "stop", "merges",
    "vocab", "unk_token", "Unigram", "unk_id", "byte_fallback", "ignore_merges", "fuse_unk", "id",
    "special", "lstrip",
    "normalized", "TemplateProcessing", "RobertaProcessing", "single", "ids", "a b", "\u{120} a",
    "<0x41>", #"\p{L}+|(?i:'s)|[^a-c\s]?\d{2,}|\s+(?!\S)|."#, "\u{2581}", " ", "", "\u{301}", "a",
    "<s>",
  ]
  private static let texts = (try? Golden.texts()) ?? []

  /// The golden tokenizers, their vocabularies and merges cut short so that changes fall elsewhere.
  private static let seeds: [JSONValue] = Golden.names.compactMap { name in
    guard let root = try? Golden.json(name + ".tokenizer.json"), let model = root["model"] else {
      return nil
    }
    if let pieces = model["vocab"]?.array {
      let few = JSONValue.array(Array(pieces.prefix(8) + pieces.suffix(8)))
      return root.setting("model", model.setting("vocab", few))
    }
    guard let vocabulary = model["vocab"]?.members, let merges = model["merges"]?.array else {
      return nil
    }
    let pieces = vocabulary.count - merges.count + 8
    let few = vocabulary.sorted { ($0.value.int ?? 0) < ($1.value.int ?? 0) }
    return root.setting(
      "model",
      model.setting("vocab", .object(Array(few.prefix(pieces) + few.suffix(2))))
        .setting("merges", .array(Array(merges.prefix(8)))))
  }

  private static let components = (try? Golden.json("components.json"))?["components"]?.array ?? []
  private static let decoders = (try? Golden.json("decoders.json"))?["cases"]?.array ?? []

  /// A tokenizer of which everything but the model is drawn from the known components.
  private static func composed(_ stream: inout NamedStream) -> JSONValue {
    func sequence(_ key: String, _ list: String, _ stream: inout NamedStream) -> JSONValue {
      let parts = (components + decoders).compactMap { $0[key] }
      let chosen = (0..<stream.below(4)).map { _ in Mutation.pick(parts, &stream) }
      return JSONValue.object([]).setting("type", "Sequence").setting(list, .array(chosen))
    }
    let root = Mutation.pick(seeds, &stream)
      .setting("normalizer", sequence("normalizer", "normalizers", &stream))
    let steps = sequence("pre_tokenizer", "pretokenizers", &stream)
    let byteLevel: JSONValue = [
      "type": "ByteLevel", "add_prefix_space": .bool(stream.below(2) == 0),
      "use_regex": .bool(stream.below(2) == 0),
    ]
    guard stream.below(2) == 0 else {
      return root.setting("pre_tokenizer", steps)
        .setting("decoder", sequence("decoder", "decoders", &stream))
    }
    return root.setting("decoder", ["type": "ByteLevel"]).setting(
      "pre_tokenizer",
      steps.setting("pretokenizers", .array((steps["pretokenizers"]?.array ?? []) + [byteLevel])))
  }

  private static func text(_ stream: inout NamedStream) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<stream.below(6) {
      if stream.below(2) == 0 {
        text.append(contentsOf: Mutation.pick(texts, &stream).unicodeScalars.prefix(40))
      } else {
        let limit = Mutation.pick([0x80, 0x800, 0x3000, 0x11_0000], &stream)
        for _ in 0..<stream.below(8) {
          if let scalar = Unicode.Scalar(UInt32(stream.below(limit))) { text.append(scalar) }
        }
      }
    }
    return String(text)
  }

  @Test("Whatever the file: a tokenizer that keeps to its ids, or an error")
  func file() throws {
    let seeds = Self.seeds
    try #require(seeds.count == 16)
    let spellings = seeds.map(\.canonicalBytes)
    try Fuzzer("Tokenizer").run { stream in
      switch stream.below(6) {
      case 0: Mutation.bytes(Mutation.pick(spellings, &stream), others: spellings, &stream)
      case 1: Self.composed(&stream).canonicalBytes
      case 2: Mutation.json(Self.composed(&stream), words: Self.words, &stream).canonicalBytes
      default:
        Mutation.json(Mutation.pick(seeds, &stream), words: Self.words, &stream).canonicalBytes
      }
    } check: { input, stream in
      let tokenizer: Tokenizer
      do { tokenizer = try Tokenizer(json: input, path: "fuzz") } catch is TokenizerError {
        return false
      }
      for _ in 0..<3 { try Self.hold(tokenizer, Self.text(&stream)) }
      return true
    }
  }

  /// What holds for every tokenizer.
  static func hold(_ tokenizer: Tokenizer, _ text: String) throws {
    let pieces = tokenizer.encodeWithOffsets(text)
    let ids = pieces.map(\.id)
    try #require(ids == tokenizer.encode(text))
    try #require(try ids == tokenizer.encode(bytes: Array(text.utf8)))
    try #require(ids.allSatisfy { tokenizer.bytes(of: $0) != nil })
    let count = text.utf8.count
    var last = 0
    for piece in pieces {
      try #require(piece.bytes.lowerBound >= last && piece.bytes.upperBound <= count)
      last = piece.bytes.lowerBound
    }
    let whole = try tokenizer.decodeBytes(ids)
    try #require(try tokenizer.decode(ids) == String(decoding: whole, as: UTF8.self))
    _ = try tokenizer.decode(ids, skipSpecial: true)
    var streamer = Tokenizer.Streamer(tokenizer)
    for id in ids.prefix(20) { _ = streamer.append(id) }
    _ = streamer.finish()
  }

  @Test("Whatever the expression: words that make up the text, or an error")
  func expressions() throws {
    let seeds = Self.components.compactMap { $0["pre_tokenizer"]?["pattern"]?["Regex"]?.bytes }
    try #require(seeds.count > 10)
    let parts = [
      "(?:", "(?i:", "(?!", "(?=", ")", "|", "[^", "]", "a-z", "\\p{L}", "\\P{^Lu}", "\\s", "\\d",
      "{1,3}",
      "{2}", "*", "+", "?", "++", ".", "\\", "\\]", "-", "a", "'s",
    ].map { Array($0.utf8) }
    try Fuzzer("Expression").run { stream in
      stream.below(2) == 0
        ? Mutation.bytes(Mutation.pick(seeds, &stream), others: seeds + parts, &stream)
        : (0...stream.below(12)).flatMap { _ in Mutation.pick(parts, &stream) }
    } check: { input, stream in
      let json: JSONValue = [
        "model": ["type": "BPE", "vocab": ["a": 0], "merges": []],
        "pre_tokenizer": ["type": "Split", "pattern": ["Regex": .string(input)]],
      ]
      guard let tokenizer = try? Tokenizer(json: json.canonicalBytes, path: "fuzz") else {
        return false
      }
      for _ in 0..<3 {
        let text = Self.text(&stream)
        let words = tokenizer.words(text)
        try #require(Array(words.joined().utf8) == Array(text.utf8))
        try #require(words.allSatisfy { !$0.isEmpty })
      }
      return true
    }
  }

  /// Damage leads a trie out of itself, or to replacements that are none: then nothing is replaced.
  @Test("Whatever the compiled map: a tokenizer that keeps to its ids, or an error")
  func charsmaps() throws {
    let maps = Self.components.compactMap { $0["normalizer"]?["precompiled_charsmap"]?.text }
    let map = try #require(maps.first)
    let seed = Array(try #require(Data(base64Encoded: map)))
    // The head says how long the trie is; behind it stand the replacements.
    let trie = 4..<(4 + Int(seed[0]) + Int(seed[1]) << 8)
    let report = try Fuzzer("Charsmap").run { stream in
      guard stream.below(2) == 0 else { return Mutation.bytes(seed, others: [seed], &stream) }
      var bytes = seed
      for _ in 0...stream.below(64) {
        bytes[trie.lowerBound + stream.below(trie.count)] ^= 1 << UInt8(stream.below(8))
      }
      return bytes
    } check: { input, stream in
      let json: JSONValue = [
        "model": ["type": "BPE", "vocab": ["a": 0], "merges": [], "unk_token": "a"],
        "normalizer": [
          "type": "Precompiled",
          "precompiled_charsmap": JSONValue(Data(input).base64EncodedString()),
        ],
      ]
      let tokenizer: Tokenizer
      do { tokenizer = try Tokenizer(json: json.canonicalBytes, path: "fuzz") } catch {
        guard case TokenizerError.wrongValue(_, let key, _, _) = error else { throw error }
        try #require(key == "normalizer.precompiled_charsmap")
        return false
      }
      for _ in 0..<3 { try Self.hold(tokenizer, Self.text(&stream)) }
      return true
    }
    #expect(report.accepted > 0 && report.accepted < report.iterations)
  }

  @Test("Whatever the bytes: ids, or the place that is not UTF-8")
  func bytes() throws {
    let tokenizers = try Golden.names.map { try Golden.tokenizer($0) }
    let texts = try Golden.texts().map { Array($0.utf8) }
    try Fuzzer("TokenizerBytes").run { stream in
      Mutation.bytes(Mutation.pick(texts, &stream), others: texts, &stream)
    } check: { input, stream in
      let tokenizer = Mutation.pick(tokenizers, &stream)
      do {
        _ = try tokenizer.encode(bytes: input)
        try #require(String(validating: input, as: UTF8.self) != nil)
        try Self.hold(tokenizer, String(decoding: input.prefix(4096), as: UTF8.self))
        return true
      } catch TokenizerError.invalidUTF8(let offset) {
        try #require(input.indices.contains(offset))
        try #require(String(validating: input[..<offset], as: UTF8.self) != nil)
        let rest = input[offset...]
        try #require(
          (1...min(4, rest.count)).allSatisfy {
            String(validating: rest.prefix($0), as: UTF8.self) == nil
          })
        return false
      }
    }
  }
}
