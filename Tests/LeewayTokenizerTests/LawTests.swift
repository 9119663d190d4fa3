import LeewayBase
import LeewayFuzzing
import LeewayTokenizer
import Testing

@Suite("Laws of tokenizers")
struct LawTests {
  /// Those that keep every text, but for the marks that stand for spaces.
  static let lossless = ["bytes-gpt2", "bytes-llama3", "pieces-llama", "pieces-gemma"]

  /// Characters of all lengths and kinds, those of no tokenizer's own tokens.
  static func text(_ stream: inout NamedStream, length: Int) -> String {
    var text = String.UnicodeScalarView()
    while text.count < length {
      let range = Mutation.pick(
        [0..<0x80, 0x61..<0x7B, 0x20..<0x21, 0..<0x800, 0x4E00..<0x9FFF, 0..<0x11_0000], &stream)
      let value = UInt32(range.lowerBound + stream.below(range.count))
      if let scalar = Unicode.Scalar(value), scalar != "<", scalar != "\u{2581}" {
        text.append(scalar)
      }
    }
    return String(text)
  }

  @Test("Texts come back byte by byte", arguments: lossless)
  func roundTrip(_ name: String) throws {
    let tokenizer = try Golden.tokenizer(name)
    var stream = NamedStream("law", "round trip", name)
    for length in [0, 1, 2, 3, 10, 40, 300] {
      for _ in 0..<60 {
        let text = Self.text(&stream, length: length)
        let ids = tokenizer.encode(text)
        #expect(try tokenizer.decodeBytes(ids, skipSpecial: true) == Array(text.utf8))
        #expect(ids == tokenizer.encode(text))
      }
    }
  }

  @Test("Every byte of a text belongs to one piece", arguments: ["bytes-gpt2", "bytes-llama3"])
  func tiling(_ name: String) throws {
    let tokenizer = try Golden.tokenizer(name)
    var stream = NamedStream("law", "tiling", name)
    for _ in 0..<200 {
      let text = Self.text(&stream, length: stream.below(80))
      let bytes = Array(text.utf8)
      var at = 0
      for piece in tokenizer.encodeWithOffsets(text, addSpecial: false) {
        #expect(piece.bytes.lowerBound == at)
        #expect(tokenizer.bytes(of: piece.id) == Array(bytes[piece.bytes]))
        at = piece.bytes.upperBound
      }
      #expect(at == bytes.count)
    }
  }

  @Test("Where a piece came from", arguments: Golden.names)
  func offsets(_ name: String) throws {
    let tokenizer = try Golden.tokenizer(name)
    for text in try Golden.texts() { try TokenizerFuzzTests.hold(tokenizer, text) }
    var stream = NamedStream("law", "offsets", name)
    for _ in 0..<100 {
      try TokenizerFuzzTests.hold(tokenizer, Self.text(&stream, length: stream.below(60)))
    }
  }

  @Test("Normalization does not blur where other pieces came from")
  func normalizedOffsets() throws {
    let pieces: JSONValue = .object(
      try #require(try Golden.json("bytes-nfc.tokenizer.json")["model"]?["vocab"]?.members))
    let json: JSONValue = [
      "model": ["type": "BPE", "vocab": pieces, "merges": []], "normalizer": ["type": "NFKC"],
      "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false],
      "decoder": ["type": "ByteLevel"],
    ]
    let tokenizer = try Tokenizer(json: json.canonicalBytes, path: "nfkc")
    // A wide comma and letter, a composed and a decomposed character, half-width Katakana, Hangul
    // that joins, a sign that becomes two letters.
    let text = "a\u{6d77}\u{ff0c}\u{ff21}Be\u{301}\u{e9}\u{ff76}\u{ff9e}\u{ac00}\u{11a8}\u{fb01}z"
    let expected: [(String, Range<Int>)] = [
      ("a", 0..<1), ("\u{6d77}", 1..<4), (",", 4..<7), ("A", 7..<10), ("B", 10..<11),
      ("\u{e9}", 11..<14), ("\u{e9}", 14..<16), ("\u{30ac}", 16..<22), ("\u{ac01}", 22..<28),
      ("fi", 28..<31), ("z", 31..<32),
    ]
    let found = tokenizer.encodeWithOffsets(text)
    #expect(found.map(\.id) == tokenizer.encode(expected.map(\.0).joined()))
    var wanted: [Range<Int>] = []
    for (new, range) in expected {
      // Unchanged characters are placed byte by byte.
      let same = Array(text.utf8)[range].elementsEqual(new.utf8)
      wanted += new.utf8.indices.enumerated().map { offset, _ in
        same ? range.lowerBound + offset..<range.lowerBound + offset + 1 : range
      }
    }
    #expect(found.map(\.bytes) == wanted)
    #expect(try tokenizer.decode(found.map(\.id)) == expected.map(\.0).joined())
  }

  @Test(
    "A special token divides a text into texts",
    arguments: [
      ("bytes-gpt2", "<|endoftext|>"), ("bytes-llama3", "<|begin|>"), ("bytes-nfc", "<|pad|>"),
      ("bytes-qwen2", "<|im_start|>"), ("bytes-digits", "<|endoftext|>"), ("pieces-llama", "</s>"),
      ("pieces-gemma", "<eos>"),
    ])
  func concatenation(_ name: String, _ special: String) throws {
    let tokenizer = try Golden.tokenizer(name)
    let id = try #require(tokenizer.id(of: special))
    #expect(tokenizer.isSpecial(id))
    var stream = NamedStream("law", "concatenation", name)
    for _ in 0..<100 {
      let parts = (0..<3).map { _ in Self.text(&stream, length: stream.below(20)) }
      let whole = tokenizer.encode(parts.joined(separator: special), addSpecial: false)
      let alone = parts.map { tokenizer.encode($0, addSpecial: false) }
      #expect(whole == Array(alone.joined(separator: [id])))
    }
  }

  @Test("Merging equals the plainest algorithm, in short words and long")
  func merging() throws {
    let name = "pieces-llama"
    let tokenizer = try Golden.tokenizer(name)
    let model = try #require(try Golden.json(name + ".tokenizer.json")["model"])
    let plain = PlainBytePairs(model)
    var stream = NamedStream("law", "merging")
    for length in [1, 2, 3, 5, 8, 20, 46, 47, 48, 49, 60, 200] {
      for _ in 0..<20 {
        let letters = Array("aaeethnorsd  \u{e9}\u{4e2d}")
        let word = String((0..<length).map { _ in Mutation.pick(letters, &stream) })
        let normalized = "\u{2581}" + word.replacing(" ", with: "\u{2581}")
        #expect(tokenizer.encode(word, addSpecial: false) == plain.encode(normalized), "\(word)")
      }
    }
  }

  @Test("The three patterns that are run by hand cut as any expression does", arguments: [0, 1, 2])
  func patterns(_ index: Int) throws {
    let gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    let llama3 =
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"#
      + #" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    let pattern = [gpt2, llama3, llama3.replacing("{1,3}", with: "")][index]
    func tokenizer(_ pattern: String) throws -> Tokenizer {
      let json: JSONValue = [
        "model": ["type": "BPE", "vocab": ["a": 0], "merges": []],
        "pre_tokenizer": ["type": "Split", "pattern": ["Regex": JSONValue(pattern)]],
      ]
      return try Tokenizer(json: json.canonicalBytes, path: "pattern")
    }
    // In a group of its own it is a pattern like any other.
    let (byHand, byExpression) = (try tokenizer(pattern), try tokenizer("(?:\(pattern))"))
    var stream = NamedStream("law", "patterns", "\(index)")
    let parts = [
      "'s", "'LL", "'\u{17f}", "ab", "  ", "\r\n", "12", "\t", "!?", "\u{3000}", "é", "'",
    ]
    for _ in 0..<400 {
      let text = (0..<stream.below(12)).map { _ in
        stream.below(3) == 0 ? Self.text(&stream, length: 3) : Mutation.pick(parts, &stream)
      }.joined()
      #expect(byHand.words(text) == byExpression.words(text), "\(text.debugDescription)")
    }
  }

  @Test("A long run does not deepen the stack", .timeLimit(.minutes(1)))
  func longRuns() throws {
    let json: JSONValue = [
      "model": ["type": "BPE", "vocab": ["a": 0], "merges": []],
      "pre_tokenizer": ["type": "Split", "pattern": ["Regex": #"(?:a+(?!b)|\s+)|."#]],
    ]
    let tokenizer = try Tokenizer(json: json.canonicalBytes, path: "long")
    let count = 300_000
    let text = String(repeating: "a", count: count)
    #expect(tokenizer.words(text) == [text])
    #expect(tokenizer.words(text + "b").map(\.count) == [count - 1, 1, 1])
    // One word of many letters, for the model: the queue's work.
    let word = String(repeating: "the", count: count / 3)
    let tokens = try Golden.tokenizer("bytes-llama3").encode(word, addSpecial: false)
    #expect(tokens.count <= count * 2 / 3 && Set(tokens).count <= 3)
  }

  @Test("A stream of pieces is the text, told in whole characters", arguments: lossless)
  func streaming(_ name: String) throws {
    let tokenizer = try Golden.tokenizer(name)
    var stream = NamedStream("law", "streaming", name)
    for _ in 0..<40 {
      let text = Self.text(&stream, length: 1 + stream.below(40)).replacing("\u{FFFD}", with: "")
      let ids = tokenizer.encode(text, addSpecial: false)
      let cut = stream.below(ids.count + 1)
      var streamer = Tokenizer.Streamer(tokenizer, after: Array(ids[..<cut]))
      var told: [String] = []
      for id in ids[cut...] { told.append(streamer.append(id)) }
      #expect(told.allSatisfy { !$0.unicodeScalars.contains("\u{FFFD}") })
      told.append(streamer.finish())
      let head = try tokenizer.decode(Array(ids[..<cut]))
      let whole = head.replacing("\u{FFFD}", with: "") + told.joined()
      #expect(Array(whole.utf8) == Array(try tokenizer.decode(ids).utf8))
    }
  }

  @Test("Unknown ids are told")
  func unknownIDs() throws {
    let tokenizer = try Golden.tokenizer("bytes-gpt2")
    for id in [-1, .min, .max, tokenizer.vocabularyCount] {
      #expect(
        throws: TokenizerError.unknownID(id, vocabulary: tokenizer.vocabularyCount)
      ) { try tokenizer.decode([0, id]) }
      #expect(tokenizer.bytes(of: id) == nil && !tokenizer.isSpecial(id))
    }
    #expect(throws: TokenizerError.invalidUTF8(offset: 2)) {
      try tokenizer.encode(bytes: [0x61, 0x62, 0xE2, 0x82])
    }
  }

  @Test("Marks that change places come from one place each")
  func reordered() throws {
    // The dot below goes before the dot above: only what stands first is the beginning of the text.
    let json: JSONValue = [
      "model": [
        "type": "BPE", "vocab": ["\u{2581}": 0, "\u{1E0D}": 1, "\u{307}": 2, "a": 3], "merges": [],
      ],
      "normalizer": ["type": "NFC"],
      "pre_tokenizer": [
        "type": "Sequence",
        "pretokenizers": [
          ["type": "Split", "pattern": ["Regex": #"\p{L}+"#], "behavior": "Isolated"],
          ["type": "Metaspace", "prepend_scheme": "first"],
        ],
      ],
    ]
    let tokenizer = try Tokenizer(json: json.canonicalBytes, path: "marks")
    #expect(tokenizer.encode("\u{1E0B}\u{323}") == [0, 1, 2])
    #expect(tokenizer.encode("a\u{1E0B}\u{323}") == [0, 3, 1, 2])
  }

  @Test("Of added tokens that normalize alike a special one counts, then the first")
  func alike() throws {
    func ids(_ special: Bool) throws -> [Int] {
      let json: JSONValue = [
        "model": ["type": "BPE", "vocab": ["x": 0], "merges": []],
        "normalizer": ["type": "Lowercase"],
        "added_tokens": [
          ["id": 1, "content": "<A>", "normalized": true],
          ["id": 2, "content": "<a>", "normalized": true, "special": .bool(special)],
        ],
      ]
      return try Tokenizer(json: json.canonicalBytes, path: "alike").encode("x<A>x")
    }
    #expect(try ids(false) == [0, 1, 0])
    #expect(try ids(true) == [0, 2, 0])
  }

  /// The library's own ordering takes the square of their number: minutes for these.
  @Test("Marks without end are put in order")
  func marks() throws {
    let json: JSONValue = [
      "model": ["type": "BPE", "vocab": ["x": 0], "merges": []], "normalizer": ["type": "NFC"],
    ]
    let tokenizer = try Tokenizer(json: json.canonicalBytes, path: "marks")
    let count = 100_000
    let text = "q" + String(repeating: "\u{301}\u{323}\u{344}", count: count)
    let word = try #require(tokenizer.words(text).first)
    let expected =
      "q" + String(repeating: "\u{323}", count: count)
      + String(repeating: "\u{301}\u{308}\u{301}", count: count)
    #expect(word.utf8.elementsEqual(expected.utf8))
    // So it is with syllables in parts, which stand on each other's borders.
    let syllables = String(repeating: "\u{1112}\u{1161}\u{11AB}", count: count)
    let whole = try #require(tokenizer.words(syllables).first)
    #expect(whole.utf8.elementsEqual(String(repeating: "\u{D55C}", count: count).utf8))
  }

  @Test("A space and the letter that spells it are two pieces")
  func spelling() throws {
    // "Ġ" is how byte-level files spell a space; an added token may be a real one.
    let json: JSONValue = [
      "model": [
        "type": "BPE", "vocab": ["\u{120}": 0, "a": 1, "\u{120}a": 2, "  ": 3, " ": 4],
        "merges": [["\u{120}", "a"]],
      ],
      "added_tokens": [["id": 3, "content": "  "]],
      "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false],
      "decoder": ["type": "ByteLevel"],
    ]
    let tokenizer = try Tokenizer(json: json.canonicalBytes, path: "spelling")
    #expect(tokenizer.encode("a a  a") == [1, 2, 3, 1])
    #expect(try tokenizer.decode([1, 2, 3, 1, 4]) == "a a  a ")
  }
}

/// Byte pairs as one would write them on a blackboard.
private struct PlainBytePairs {
  var ids: [[UInt8]: Int] = [:]
  var ranks: [[[UInt8]]: Int] = [:]

  init(_ model: JSONValue) {
    for member in model["vocab"]?.members ?? [] { ids[member.key] = member.value.int }
    for (rank, merge) in (model["merges"]?.array ?? []).enumerated() {
      ranks[merge.array?.compactMap(\.bytes) ?? []] = rank
    }
  }

  func encode(_ text: String) -> [Int] {
    var pieces: [[UInt8]] = []
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      if ids[bytes] != nil {
        pieces.append(bytes)
      } else {
        for byte in bytes {
          let digits = String(byte, radix: 16, uppercase: true)
          pieces.append(Array("<0x\(digits.count < 2 ? "0" : "")\(digits)>".utf8))
        }
      }
    }
    while true {
      let found = pieces.indices.dropLast().compactMap { index in
        ranks[[pieces[index], pieces[index + 1]]].map { (rank: $0, index: index) }
      }
      guard let best = found.min(by: { ($0.rank, $0.index) < ($1.rank, $1.index) }) else { break }
      pieces[best.index] += pieces.remove(at: best.index + 1)
    }
    return pieces.compactMap { ids[$0] }
  }
}
