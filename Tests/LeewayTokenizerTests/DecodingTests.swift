import LeewayBase
import LeewayTokenizer
import Testing

/// What the reference (tokenizers 0.23) makes of ids where the file leaves room.
@Suite("Decoding at the edges")
struct DecodingTests {
  @Test("Without a decoder, pieces stand apart")
  func noDecoder() throws {
    func tokenizer(_ decoder: JSONValue) throws -> Tokenizer {
      let root: JSONValue = [
        "model": ["type": "BPE", "vocab": ["the": 0, "re": 1, "fore": 2], "merges": []],
        "decoder": decoder,
      ]
      return try Tokenizer(json: root.canonicalBytes, path: "t")
    }
    #expect(try tokenizer(.null).decode([0, 1, 2]) == "the re fore")
    #expect(try tokenizer(.null).decode([]) == "")
    #expect(try tokenizer(["type": "Sequence", "decoders": []]).decode([0, 1, 2]) == "therefore")
  }

  @Test("An added token that is spelt in the alphabet decodes to the bytes that it stands for")
  func addedInTheAlphabet() throws {
    let root: JSONValue = [
      "model": ["type": "BPE", "vocab": ["\u{E2}": 0, "\u{124}": 1, "\u{AC}": 2], "merges": []],
      "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false],
      "decoder": ["type": "ByteLevel"],
      "added_tokens": [
        ["id": 0, "content": "\u{E2}", "special": false, "normalized": false],
        ["id": 3, "content": "\u{120}so", "special": false, "normalized": false],
        ["id": 4, "content": "a \u{E9}", "special": false, "normalized": false],
      ],
    ]
    let tokenizer = try Tokenizer(json: root.canonicalBytes, path: "t")
    // The three bytes of a euro sign, the first of them added too.
    #expect(try tokenizer.decode([0, 1, 2]) == "\u{20AC}")
    #expect(try tokenizer.decode([3]) == " so")
    #expect(try tokenizer.decode([4]) == "a \u{E9}")
    // Found in the text as the file spells them.
    #expect(tokenizer.encode("\u{E2}\u{120}so") == [0, 3])
  }

  @Test("A special token that the normalizer changes is told as it was changed, and not left out")
  func normalizedSpecial() throws {
    let root: JSONValue = [
      "model": ["type": "BPE", "vocab": ["\u{2581}": 0, "a": 1], "merges": []],
      "normalizer": ["type": "Prepend", "prepend": "\u{2581}"],
      "decoder": ["type": "Fuse"],
      "added_tokens": [
        ["id": 2, "content": "<s>", "special": true, "normalized": true],
        ["id": 3, "content": "</s>", "special": true, "normalized": false],
      ],
    ]
    let tokenizer = try Tokenizer(json: root.canonicalBytes, path: "t")
    #expect(try tokenizer.decode([2, 1, 3]) == "\u{2581}<s>a</s>")
    #expect(try tokenizer.decode([2, 1, 3], skipSpecial: true) == "\u{2581}<s>a")
    #expect(tokenizer.isSpecial(2) && tokenizer.isSpecial(3))
  }
}
