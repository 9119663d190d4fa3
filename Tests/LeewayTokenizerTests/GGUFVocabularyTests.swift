import Foundation
import LeewayBase
import LeewayFuzzing
import LeewayTokenizer
import Testing

/// Tokenizers that stand in GGUF files.
@Suite struct GGUFVocabularyTests {
  private func place<R>(
    _ metadata: [(key: String, value: GGUF.Written)], _ body: (String) throws -> R
  )
    throws -> R
  {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-vocabulary-\(UUID().uuidString).gguf").path
    try GGUF.write([], metadata: metadata, to: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  /// Bytes as the characters that byte-level vocabularies write for them: letters stand for themselves.
  private static let pieces = ["<|end|>", "t", "h", "e", "Ġ", "o", "w", "l", "th", "the", "Ġthe"]
  private static func bytePairs(_ pre: String) -> [(key: String, value: GGUF.Written)] {
    [
      ("tokenizer.ggml.model", .string("gpt2")), ("tokenizer.ggml.pre", .string(pre)),
      ("tokenizer.ggml.tokens", .strings(pieces)),
      ("tokenizer.ggml.token_type", .ints([3] + .init(repeating: 1, count: pieces.count - 1))),
      ("tokenizer.ggml.merges", .strings(["t h", "th e", "Ġ the"])),
      ("tokenizer.ggml.bos_token_id", .u32(0)), ("tokenizer.ggml.eos_token_id", .u32(0)),
    ]
  }

  @Test(arguments: ["gpt-2", "default", "llama-bpe", "qwen2"])
  func byteLevelVocabulariesEncode(pre: String) throws {
    try place(Self.bytePairs(pre)) { path in
      let tokenizer = try Tokenizer(path: path)
      // Only Llama 3's kind begins a text where the file does not say.
      let beginning = pre == "llama-bpe" ? [0] : []
      #expect(tokenizer.encode("the the owl<|end|>") == beginning + [9, 10, 4, 5, 6, 7, 0])
      #expect(try tokenizer.decode([9, 10, 4, 5, 6, 7]) == "the the owl")
      #expect(tokenizer.isSpecial(0) && !tokenizer.isSpecial(9))
      #expect(tokenizer.contentHash.count == 64)
    }
    let asked = Self.bytePairs(pre) + [("tokenizer.ggml.add_bos_token", .bool(pre == "gpt-2"))]
    try place(asked) { path in
      let tokenizer = try Tokenizer(path: path)
      #expect(tokenizer.encode("the") == (pre == "gpt-2" ? [0, 9] : [9]))
    }
  }

  /// llama.cpp's own default cuts numbers from their spaces and then into threes, and punctuation
  /// from the letters behind it, which GPT-2's way does not.
  @Test func withoutANameWordsAreCutAsLlamaCppCutsThem() throws {
    let text = "it's over 12345 owls, [[really]]\n\n  yes"
    let unnamed = Self.bytePairs("default").filter { $0.key != "tokenizer.ggml.pre" }
    for (metadata, guesses) in [
      (unnamed, true), (unnamed + [("tokenizer.ggml.pre", .string(""))], true),
      (Self.bytePairs("default"), false),
    ] {
      try place(metadata) { path in
        let tokenizer = try Tokenizer(path: path)
        #expect(tokenizer.guessesWords == guesses)
        #expect(
          tokenizer.words(text) == [
            "it", "'", "s", " over", " ", "123", "45", " owls", ",", " ", "[[", "really", "]]",
            "\n\n ", " yes",
          ])
      }
    }
    try place(Self.bytePairs("gpt-2")) { path in
      let words = try Tokenizer(path: path).words(text)
      #expect(words.contains("'s") && words.contains(" 12345"))
    }
  }

  @Test func scoresAreMergesInOrder() throws {
    let pieces = ["<unk>", "<s>", "<0x41>", "▁", "a", "b", "ab", "▁a", "▁ab", "<b>"]
    let scores: [Float] = [0, 0, 0, -9, -9, -9, -2, -1, -3, 0]
    let metadata: [(key: String, value: GGUF.Written)] = [
      ("tokenizer.ggml.model", .string("llama")), ("tokenizer.ggml.tokens", .strings(pieces)),
      ("tokenizer.ggml.scores", .floats(scores)),
      ("tokenizer.ggml.token_type", .ints([2, 3, 6, 1, 1, 1, 1, 1, 1, 4])),
      ("tokenizer.ggml.bos_token_id", .u32(1)), ("tokenizer.ggml.unknown_token_id", .u32(0)),
    ]
    try place(metadata) { path in
      let tokenizer = try Tokenizer(path: path)
      // `▁a` has the better score than `ab`, so `▁ab` comes of it; a byte has its own piece.
      #expect(tokenizer.encode("ab") == [1, 8])
      #expect(tokenizer.encode("bab", addSpecial: false) == [3, 5, 6])
      #expect(tokenizer.encode("A", addSpecial: false) == [3, 2])
      #expect(tokenizer.encode("a<b>", addSpecial: false) == [7, 9])
      #expect(try tokenizer.decode([8, 2]) == "abA")
    }
  }

  /// llama.cpp would also join a character that is no piece (`c` and `a` to `ca`). SentencePiece builds
  /// pieces of pieces, so none of its vocabularies holds such a one; `tokenizer.json` cannot say it.
  @Test func piecesAreMadeOfPieces() throws {
    let pieces = ["<unk>", "<s>", "<0x63>", "▁", "a", "b", "ab", "ca"]
    let metadata: [(key: String, value: GGUF.Written)] = [
      ("tokenizer.ggml.model", .string("llama")), ("tokenizer.ggml.tokens", .strings(pieces)),
      ("tokenizer.ggml.scores", .floats([0, 0, 0, -9, -9, -9, -2, -1])),
      ("tokenizer.ggml.token_type", .ints([2, 3, 6, 1, 1, 1, 1, 1])),
      ("tokenizer.ggml.unknown_token_id", .u32(0)),
    ]
    try place(metadata) { path in
      let tokenizer = try Tokenizer(path: path)
      #expect(tokenizer.encode("cab") == [3, 2, 6])
    }
  }

  /// As in its `tokenizer.json`, and as llama.cpp reads it: a prompt writes a line break behind each
  /// mark, which the model has never seen.
  @Test(arguments: ["Phi 3", "Phi-3 Mini", "phi3", nil])
  func marksOfPhi3SwallowTheSpaceBehindThem(name: String?) throws {
    let pieces = ["<unk>", "<s>", "<|user|>", "▁", "a", "<0x0A>", "<|endoftext|>"]
    var metadata: [(key: String, value: GGUF.Written)] = [
      ("tokenizer.ggml.model", .string("llama")), ("tokenizer.ggml.tokens", .strings(pieces)),
      ("tokenizer.ggml.scores", .floats([0, 0, 0, -1, -1, 0, 0])),
      ("tokenizer.ggml.token_type", .ints([2, 3, 3, 1, 1, 6, 3])),
      ("tokenizer.ggml.bos_token_id", .u32(1)), ("tokenizer.ggml.unknown_token_id", .u32(0)),
    ]
    if let name { metadata.append(("general.name", .string(name))) }
    try place(metadata) { path in
      let ids = try Tokenizer(path: path).encode("<|user|>\n a<|endoftext|>\na")
      let swallows = name == "Phi-3 Mini" || name == "phi3"
      #expect(ids == [1, 2, 3] + (swallows ? [4] : [5, 3, 4]) + [6, 3, 5, 4])
    }
  }

  @Test func whatIsWrongIsNamed() throws {
    func refusal(_ change: (inout [(key: String, value: GGUF.Written)]) -> Void) throws -> String? {
      var metadata = Self.bytePairs("gpt-2")
      change(&metadata)
      return try place(metadata) { path in
        do { _ = try Tokenizer(path: path) } catch let error as TokenizerError {
          switch error {
          case .missingKey(_, let key), .wrongValue(_, let key, _, _): return key
          case .unsupported(_, let component, _, _): return component
          default: return "\(error)"
          }
        }
        return nil
      }
    }
    func set(_ key: String, _ value: GGUF.Written?) -> (
      inout [(key: String, value: GGUF.Written)]
    ) -> Void {
      { metadata in
        metadata.removeAll { $0.key == key }
        if let value { metadata.append((key, value)) }
      }
    }
    #expect(try refusal { _ in } == nil)
    let cases: [(String, GGUF.Written?)] = [
      ("tokenizer.ggml.model", nil), ("tokenizer.ggml.tokens", nil),
      ("tokenizer.ggml.tokens", .ints([1])), ("tokenizer.ggml.model", .string("bert")),
      ("tokenizer.ggml.pre", .string("unheard-of")), ("tokenizer.ggml.token_type", .ints([1])),
      ("tokenizer.ggml.scores", .floats([1])), ("tokenizer.ggml.bos_token_id", .u32(99)),
      ("tokenizer.ggml.eos_token_id", .string("0")), ("tokenizer.ggml.merges", .ints([1])),
      ("tokenizer.ggml.token_type", .ints(.init(repeating: 7, count: Self.pieces.count))),
      ("tokenizer.ggml.add_bos_token", .u32(1)), ("tokenizer.ggml.pre", .u32(1)),
    ]
    for (key, value) in cases { #expect(try refusal(set(key, value)) == key, "\(key)") }
  }

  @Test func aPieceThatStandsTwiceKeepsItsFirstID() throws {
    var metadata = Self.bytePairs("gpt-2").filter {
      !["tokenizer.ggml.tokens", "tokenizer.ggml.token_type"].contains($0.key)
    }
    metadata.append(("tokenizer.ggml.tokens", .strings(Self.pieces + ["the", "t"])))
    let ids = try place(metadata) { try Tokenizer(path: $0).encode("the t") }
    #expect(ids == [9, 4, 1])
  }

  @Test func whateverTheBytesThereIsATokenizerOrAnError() throws {
    try place(Self.bytePairs("gpt-2")) { path in
      let whole = try MappedFile(path: path).withBytes { Array($0) }
      try Fuzzer("GGUFVocabulary").run { stream in
        Mutation.bytes(whole, others: [whole], &stream)
      } check: { input, _ in
        try AtomicFile.write(input, to: path)
        let tokenizer: Tokenizer
        do { tokenizer = try Tokenizer(path: path) } catch {
          try #require(error is TokenizerError)
          return false
        }
        let ids = tokenizer.encode("the owl, the the")
        try #require(ids.allSatisfy { (0..<tokenizer.vocabularyCount).contains($0) })
        return true
      }
    }
  }

  // MARK: Real vocabularies

  static let shared = Golden.shared + "/tokenizers/llama.cpp"
  static let present = ["gpt-2", "llama-spm"].filter {
    FileManager.default.fileExists(atPath: shared + "/ggml-vocab-\($0).gguf")
  }

  /// llama.cpp's own vocabularies on llama.cpp's own texts.
  @Test(
    .enabled(if: !present.isEmpty, "llama.cpp's vocabularies are not beside the repository"),
    arguments: present)
  func llamaCppsTextsEncodeAsThere(name: String) throws {
    let path = Self.shared + "/ggml-vocab-\(name).gguf"
    let tokenizer = try Tokenizer(path: path)
    let texts = try String(contentsOfFile: path + ".inp", encoding: .utf8)
      .components(separatedBy: "\n__ggml_vocab_test__\n")
    let lines = try String(contentsOfFile: path + ".out", encoding: .utf8)
      .components(separatedBy: "\n")
    #expect(texts.count > 30 && lines.count >= texts.count)
    for (text, line) in zip(texts, lines) {
      let expected = line.split(separator: " ").compactMap { Int($0) }
      #expect(tokenizer.encode(text, addSpecial: false) == expected, "\(text.debugDescription)")
    }
  }
}
