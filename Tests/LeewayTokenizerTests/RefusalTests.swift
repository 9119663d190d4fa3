import LeewayBase
import LeewayTokenizer
import Testing

@Suite("Tokenizer files that are refused")
struct RefusalTests {
  private static let model: JSONValue = [
    "type": "BPE", "vocab": ["a": 0, "b": 1, "ab": 2, "<unk>": 3, "\u{120}": 4],
    "merges": [["a", "b"]],
  ]
  private static let root: JSONValue = ["model": model]
  private static let bytes: JSONValue = ["type": "ByteLevel"]

  private static func read(_ root: JSONValue) throws(TokenizerError) -> Tokenizer {
    try Tokenizer(json: root.canonicalBytes, path: "t.json")
  }

  private func refuses(
    _ root: JSONValue, _ error: TokenizerError, at place: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: error, sourceLocation: place) { try Self.read(root) }
  }

  private func wrong(
    _ root: JSONValue, _ key: String, _ expected: String, _ found: String,
    at place: SourceLocation = #_sourceLocation
  ) {
    refuses(
      root, .wrongValue(path: "t.json", key: key, expected: expected, found: found), at: place)
  }

  private func missing(
    _ root: JSONValue, _ key: String, at place: SourceLocation = #_sourceLocation
  ) {
    refuses(root, .missingKey(path: "t.json", key: key), at: place)
  }

  private func with(_ key: String, _ value: JSONValue?) -> JSONValue {
    Self.root.setting(key, value)
  }

  private func model(_ key: String, _ value: JSONValue?) -> JSONValue {
    with("model", Self.model.setting(key, value))
  }

  @Test("The base is in order")
  func base() throws {
    #expect(try Self.read(Self.root).encode("abba") == [2, 1, 0])
    // Older files: no type, merges as lines, with their header.
    let old = Self.model.setting("type", nil).setting("merges", ["#version: 0.2", "a b"])
    #expect(try Self.read(with("model", old)).encode("ab") == [2])
    // What only shapes batches, and what is null, is nothing.
    var root = Self.root
    for key in ["normalizer", "pre_tokenizer", "decoder", "post_processor", "added_tokens"] {
      root = root.setting(key, .null)
    }
    root = root.setting("padding", ["strategy": "Fixed"]).setting("truncation", ["max": 5])
    #expect(try Self.read(root).encode("ab") == [2])
  }

  @Test("Of a merge written twice the last counts, as in the reference")
  func mergedTwice() throws {
    let pieces: JSONValue = ["a": 0, "b": 1, "c": 2, "ab": 3, "bc": 4]
    let merges: JSONValue = [["a", "b"], ["b", "c"], ["a", "b"]]
    let twice = Self.model.setting("vocab", pieces).setting("merges", merges)
    #expect(try Self.read(with("model", twice)).encode("abc") == [0, 4])
  }

  @Test(
    "Components that Leeway does not know",
    arguments: [
      ("normalizer", "BertNormalizer"),
      ("normalizer", "ByteLevel"), ("pre_tokenizer", "BertPreTokenizer"),
      ("pre_tokenizer", "UnicodeScripts"), ("pre_tokenizer", "CharDelimiterSplit"),
      ("pre_tokenizer", "nonsense"), ("decoder", "WordPiece"), ("decoder", "BPEDecoder"),
      ("decoder", "CTC"), ("post_processor", "nonsense"), ("model", "WordPiece"),
      ("model", "WordLevel"), ("model", ""),
    ])
  func unknown(_ component: String, _ kind: String) {
    let known: [String: [String]] = [
      "model": ["BPE", "Unigram"],
      "normalizer": [
        "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Nmt", "Precompiled", "Prepend", "Replace",
        "Sequence", "Strip", "StripAccents",
      ],
      "pre_tokenizer": [
        "ByteLevel", "Digits", "Metaspace", "Punctuation", "Sequence", "Split", "Whitespace",
        "WhitespaceSplit",
      ],
      "decoder": [
        "ByteFallback", "ByteLevel", "Fuse", "Metaspace", "Replace", "Sequence", "Strip",
      ],
      "post_processor": [
        "BertProcessing", "ByteLevel", "RobertaProcessing", "Sequence", "TemplateProcessing",
      ],
    ]
    let error = TokenizerError.unsupported(
      path: "t.json", component: component, kind: kind, known: known[component] ?? [])
    let part: JSONValue = ["type": JSONValue(kind), "vocab": [["a", 0]]]
    refuses(with(component, part), error)
    // Inside a sequence it is found too.
    let lists = [
      "normalizer": "normalizers", "pre_tokenizer": "pretokenizers", "decoder": "decoders",
      "post_processor": "processors",
    ]
    if let list = lists[component] {
      let sequence = JSONValue.object([
        JSONMember(key: Array("type".utf8), value: "Sequence"),
        JSONMember(key: Array(list.utf8), value: [part]),
      ])
      refuses(with(component, sequence), error)
      missing(with(component, [:]), "\(component).type")
      wrong(with(component, ["type": 3]), "\(component).type", "a string", "3")
      wrong(
        with(component, sequence.setting(list, 3)), "\(component).\(list)", "a list", "3")
      missing(
        with(component, sequence.setting(list, [[:]])), "\(component).\(list)[0].type")
    }
  }

  @Test(
    "Regular expressions that Leeway does not know",
    arguments: [
      "a{0}", "(?:ab)*)", "(a", "a)", "[a", "[]", "[^]", "[z-a]", "[a-\\w]", "[[:alpha:]]", "[[a]",
      "[a&&]", "[&&a]", "a**", "a{2}+", "a{2}?", "a{1,2}+", "a{,3}", "a{3,2}", "a{1000}", "a{x}",
      "*a",
      "^*", "(?=a)+", "\\1", "\\", "\\p{Klingon}", "\\p{}", "\\pL", "\\x41", "\\x{}",
      "\\x{110000}", "\\u004", "\\ud800", "(?<n>a)", "(?m)a", "{2}", "a]",
      // A loop over nothing; what stands behind without a length; a count around a lazy count.
      "(?:a*)*", "(?:a|^)+", "(?<=a+)b", "(?:a+?)?", "(?:(?:(?:a{900}){900}){900})",
      String(repeating: "[", count: 1000) + "a" + String(repeating: "]", count: 1000),
      String(repeating: "(", count: 1000) + "a" + String(repeating: ")", count: 1000),
    ])
  func expressions(_ pattern: String) {
    let known = ["anchors", "characters", "classes", "counts", "groups", "looks ahead and behind"]
    for (component, part) in [
      ("pre_tokenizer", ["type": "Split", "pattern": ["Regex": JSONValue(pattern)]]),
      (
        "normalizer",
        ["type": "Replace", "pattern": ["Regex": JSONValue(pattern)], "content": ""]
      ),
    ] as [(String, JSONValue)] {
      refuses(
        with(component, part),
        .unsupported(
          path: "t.json", component: component + ".pattern", kind: pattern, known: known))
    }
  }

  @Test(
    "What is replaced is something",
    arguments: ["", "a*", "a{0,2}", "|a", "(?=a)", "(?:a|b*)", "^"])
  func replacedNothing(_ pattern: String) throws {
    let regex: JSONValue = ["Regex": JSONValue(pattern)]
    wrong(
      with("normalizer", ["type": "Replace", "pattern": regex, "content": ""]),
      "normalizer.pattern", "a pattern that matches at least one character", regex.canonicalText)
    // Where texts are cut, it parts what stands beside it.
    _ = try Self.read(with("pre_tokenizer", ["type": "Split", "pattern": regex]))
  }

  @Test("Maps of characters that are none")
  func charsmaps() throws {
    func map(_ text: JSONValue) -> JSONValue {
      with("normalizer", ["type": "Precompiled", "precompiled_charsmap": text])
    }
    missing(with("normalizer", ["type": "Precompiled"]), "normalizer.precompiled_charsmap")
    wrong(map(3), "normalizer.precompiled_charsmap", "a string", "3")
    // No base64; no trie; half a unit; a trie longer than the file; replacements that are no text.
    for text in [
      "", "x", "AAAA", "AAAAAA==", "AAAAAAAAAAA=", "AgAAAAAAAAA=", "CAAAAAAAAAA=", "BAAAAAAAAAD/",
    ] {
      wrong(
        map(JSONValue(text)), "normalizer.precompiled_charsmap", "a compiled map in base64",
        "\"\(text)\"")
    }
    // A trie of one unit leads nowhere, and one without replacements is a map all the same.
    #expect(try Self.read(map("BAAAAAAAAAA=")).encode("ab") == [2])
  }

  @Test("What may follow the step that gives bytes")
  func afterBytes() throws {
    for kind in ["ByteLevel", "Metaspace"] {
      let steps: JSONValue = [Self.bytes, ["type": JSONValue(kind)]]
      wrong(
        with("pre_tokenizer", ["type": "Sequence", "pretokenizers": steps]),
        "pre_tokenizer.pretokenizers[1].type", "a step that may follow ByteLevel", "\"\(kind)\"")
    }
    // What a byte falls back to would be the bytes of the character that spells it.
    wrong(
      with("pre_tokenizer", Self.bytes).setting(
        "model", Self.model.setting("byte_fallback", true)), "model.byte_fallback",
      "false, as the pre_tokenizer gives bytes", "true")
  }

  @Test("Decoders replace plain text only")
  func decoderExpressions() {
    wrong(
      with("decoder", ["type": "Replace", "pattern": ["Regex": "a+"], "content": "b"]),
      "decoder.pattern", "a String pattern", #"{"Regex":"a+"}"#)
  }

  @Test("Parts of components")
  func parts() {
    missing(with("normalizer", ["type": "Prepend"]), "normalizer.prepend")
    wrong(
      with("normalizer", ["type": "Prepend", "prepend": 1]), "normalizer.prepend", "a string", "1")
    missing(with("normalizer", ["type": "Replace", "content": ""]), "normalizer.pattern")
    wrong(
      with("normalizer", ["type": "Replace", "pattern": ["String": ""], "content": ""]),
      "normalizer.pattern", "at least one character", #"{"String":""}"#)
    wrong(
      with("normalizer", ["type": "Strip", "strip_left": "yes"]), "normalizer.strip_left",
      "true or false", "\"yes\"")
    for (component, kind) in [("pre_tokenizer", "Metaspace"), ("decoder", "Metaspace")] {
      for mark in ["", "ab", "\u{2581}x"] {
        wrong(
          with(component, ["type": JSONValue(kind), "replacement": JSONValue(mark)]),
          "\(component).replacement", "one character", "\"\(mark)\"")
      }
      wrong(
        with(component, ["type": JSONValue(kind), "prepend_scheme": "last"]),
        "\(component).prepend_scheme", "always, first or never", "\"last\"")
    }
    wrong(
      with("pre_tokenizer", ["type": "Punctuation", "behavior": "isolated"]),
      "pre_tokenizer.behavior",
      "one of Contiguous, Isolated, MergedWithNext, MergedWithPrevious, Removed", "\"isolated\"")
    let whole = "a whole number from 0 to 4294967295"
    for (value, found) in [(-1, "-1"), (.integer(1 << 60), "1152921504606846976"), (0.5, "0.5")]
      as [(JSONValue, String)]
    {
      wrong(
        with("decoder", ["type": "Strip", "content": " ", "start": value]), "decoder.start", whole,
        found)
    }
    wrong(
      with("decoder", ["type": "Strip", "content": "ab"]), "decoder.content", "one character",
      "\"ab\"")
    wrong(
      with("decoder", Self.bytes), "decoder.type", "a pre_tokenizer ByteLevel to go with it",
      "\"ByteLevel\"")
  }

  @Test("The model")
  func model() {
    missing([:], "model")
    refuses(
      [], .wrongValue(path: "t.json", key: "", expected: "an object", found: "[]"))
    missing(model("vocab", nil), "model.vocab")
    missing(model("merges", nil), "model.merges")
    wrong(model("merges", [:]), "model.merges", "a list", "{}")
    wrong(model("vocab", [["a", 0]]), "model.vocab", "an object", #"[["a",0]]"#)
    wrong(model("dropout", 0.1), "model.dropout", "null", "0.1")
    wrong(model("dropout", "0"), "model.dropout", "null", "\"0\"")
    wrong(
      model("continuing_subword_prefix", "##"), "model.continuing_subword_prefix", "null",
      "\"##\"")
    wrong(model("end_of_word_suffix", "</w>"), "model.end_of_word_suffix", "null", "\"</w>\"")
    wrong(
      model("unk_token", "nowhere"), "model.unk_token", "a piece of the vocabulary",
      "\"nowhere\"")
    wrong(model("byte_fallback", 1), "model.byte_fallback", "true or false", "1")
    for (id, found) in [
      (-1, "-1"), (.integer(1 << 20), "1048576"), (.integer(1 << 60), "1152921504606846976"),
      ("0", "\"0\""),
      (1.5, "1.5"), (.null, "null"),
    ] as [(JSONValue, String)] {
      wrong(
        model("vocab", ["a": id]), "model.vocab.a", "a whole number from 0 to 1048575", found)
    }
  }

  @Test("A unigram model")
  func unigram() throws {
    let base: JSONValue = ["type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", -1]]]
    #expect(try Self.read(with("model", base)).encode("ab") == [1, 0])
    func refused(_ change: JSONValue, _ key: String, _ expected: String, _ found: String) {
      wrong(with("model", change), key, expected, found)
    }
    missing(with("model", base.setting("vocab", nil)), "model.vocab")
    missing(with("model", base.setting("unk_id", nil)), "model.unk_id")
    refused(
      base.setting("unk_id", 2), "model.unk_id", "a whole number from 0 to 1", "2")
    refused(base.setting("vocab", ["a": 0]), "model.vocab", "a list", #"{"a":0}"#)
    refused(
      base.setting("vocab", [["a"]]), "model.vocab[0]", "a piece and its score", #"["a"]"#)
    refused(base.setting("vocab", []), "model.vocab", "at least one piece", "[]")
    wrong(
      with("model", base).setting("pre_tokenizer", Self.bytes), "model.type",
      "BPE, as the pre_tokenizer gives bytes", #""Unigram""#)
  }

  @Test("Merges")
  func merges() {
    func unknown(_ merges: JSONValue, _ line: Int, _ piece: String) {
      refuses(
        model("merges", merges), .unknownMergePiece(path: "t.json", line: line, piece: piece))
    }
    unknown([["a", "b"], ["b", "c"]], 2, "b c")
    unknown([["a", "a"]], 1, "a a")
    unknown(["#version", "b a"], 2, "b a")
    unknown([["", "a"]], 1, " a")
    wrong(model("merges", ["ab"]), "model.merges[0]", "two pieces", "\"ab\"")
    wrong(model("merges", ["a b c"]), "model.merges[0]", "two pieces", "\"a b c\"")
    wrong(model("merges", [["a"]]), "model.merges[0]", "two pieces", #"["a"]"#)
    wrong(model("merges", [["a", 3]]), "model.merges[0]", "two pieces", #"["a",3]"#)
  }

  @Test("Added tokens")
  func added() {
    func token(_ key: String, _ value: JSONValue?) -> JSONValue {
      let token: JSONValue = ["id": 9, "content": "<s>", "special": true]
      return with("added_tokens", [token.setting(key, value)])
    }
    wrong(with("added_tokens", [:]), "added_tokens", "a list", "{}")
    missing(token("id", nil), "added_tokens[0].id")
    missing(token("content", nil), "added_tokens[0].content")
    wrong(token("content", ""), "added_tokens[0].content", "at least one character", "\"\"")
    wrong(
      token("id", .integer(1 << 40)), "added_tokens[0].id", "a whole number from 0 to 1048575",
      "1099511627776")
    wrong(token("special", "x"), "added_tokens[0].special", "true or false", "\"x\"")
    wrong(
      token("content", "ab"), "added_tokens[0].id", "2, the vocabulary's id of that piece", "9")
    // The reference takes no notice of such an id, and gives the next that is free.
    wrong(
      token("single_word", true), "added_tokens[0].id", "5, which follows the ids before it", "9")
    let gap: JSONValue = [
      ["id": 5, "content": "<s>"], ["id": 1, "content": "b"], ["id": 7, "content": "</s>"],
    ]
    wrong(
      with("added_tokens", gap), "added_tokens[2].id", "6, which follows the ids before it", "7")
  }

  @Test("What is put around texts")
  func around() throws {
    let special: JSONValue = ["<unk>": ["id": "<unk>", "ids": [3], "tokens": ["<unk>"]]]
    let text: JSONValue = ["Sequence": ["id": "A", "type_id": 0]]
    let unknown: JSONValue = ["SpecialToken": ["id": "<unk>", "type_id": 0]]
    func template(_ single: JSONValue, _ tokens: JSONValue) -> JSONValue {
      with(
        "post_processor",
        ["type": "TemplateProcessing", "single": single, "special_tokens": tokens])
    }
    #expect(try Self.read(template([unknown, text, unknown], special)).encode("b") == [3, 1, 3])
    missing(template([unknown, text], [:]), "post_processor.special_tokens.<unk>")
    missing(template([[:], text], special), "post_processor.single[0].SpecialToken")
    wrong(template([], special), "post_processor.single", "one Sequence", "[]")
    wrong(
      template([text, text], special), "post_processor.single", "one Sequence",
      "[\(text.canonicalText),\(text.canonicalText)]".prefix(60) + "...")
    for (id, expected) in [
      (5, "a whole number from 0 to 4"), (-1, "a whole number from 0 to 4"),
      (1 << 60, "a whole number from 0 to 4"),
    ] {
      wrong(
        template([unknown, text], ["<unk>": ["ids": [.integer(id)]]]),
        "post_processor.special_tokens.<unk>.ids[0]", expected, "\(id)")
    }
    let roberta: JSONValue = ["type": "RobertaProcessing", "cls": ["a", 0], "sep": ["b", 1]]
    #expect(try Self.read(with("post_processor", roberta)).encode("ab") == [0, 2, 1])
    wrong(
      with("post_processor", roberta.setting("sep", [1])), "post_processor.sep",
      "a piece and its id", "[1]")
    missing(with("post_processor", roberta.setting("cls", nil)), "post_processor.cls")
    let two: JSONValue = ["type": "Sequence", "processors": [Self.bytes, roberta, roberta]]
    wrong(
      with("post_processor", two), "post_processor.processors[2].type",
      "no second processor that adds tokens", #""RobertaProcessing""#)
  }

  @Test("Not JSON, not there")
  func files() {
    #expect(
      throws: TokenizerError.json(
        .syntax(path: "t.json", line: 1, column: 2, expected: "a key in quotes"))
    ) { try Tokenizer(json: Array("{x".utf8), path: "t.json") }
    #expect(throws: TokenizerError.missing(path: "/nonexistent")) {
      try Tokenizer(path: "/nonexistent")
    }
  }
}
