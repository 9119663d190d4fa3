import Foundation
import LeewayBase
import LeewayTokenizer
import Testing

@Suite("Tokenizers in folders")
struct FolderTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-tokenizer-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func save(_ text: String, _ path: String) throws {
    try AtomicFile.write(Array(text.utf8), to: path)
  }

  private static let vocabulary =
    #"{"h":0,"i":1,"hi":2,"Ġ":3,"Ġhi":4,"<|endoftext|>":5,"1":6,"2":7,"É":8,"Ã":9,"Ģ":10,"ĩ":11}"#
  private static let merges = "#version: 0.2\nh i\nĠ hi\n"

  @Test("A file, its folder, and the hash of the file")
  func file() throws {
    try withFolder { folder in
      let bytes = try Golden.bytes("bytes-gpt2.tokenizer.json")
      try AtomicFile.write(bytes, to: folder + "/tokenizer.json")
      for path in [folder, folder + "/tokenizer.json"] {
        let tokenizer = try Tokenizer(path: path)
        #expect(tokenizer.contentHash == ContentHash.sha256(bytes))
        #expect(tokenizer.vocabularyCount == 402)
      }
      #expect(throws: TokenizerError.missing(path: folder + "/none")) {
        try Tokenizer(path: folder + "/none")
      }
      try AtomicFile.write(Array("{".utf8), to: folder + "/tokenizer.json")
      #expect(
        throws: TokenizerError.json(
          .syntax(
            path: folder + "/tokenizer.json", line: 1, column: 2, expected: "a key in quotes"))
      ) { try Tokenizer(path: folder) }
    }
  }

  @Test("GPT-2's two files, with line ends of any kind")
  func gpt2() throws {
    try withFolder { folder in
      try save(Self.vocabulary, folder + "/vocab.json")
      #expect(throws: TokenizerError.missing(path: folder)) { try Tokenizer(path: folder) }
      var hashes: Set<String> = []
      for ends in ["\n", "\r\n"] {
        try save(Self.merges.replacing("\n", with: ends), folder + "/merges.txt")
        let tokenizer = try Tokenizer(path: folder)
        #expect(tokenizer.encode("hi hi<|endoftext|>hi12") == [2, 4, 5, 2, 6, 7])
        #expect(try tokenizer.decode([2, 4, 5], skipSpecial: true) == "hi hi")
        #expect(tokenizer.id(of: "<|endoftext|>") == 5 && tokenizer.isSpecial(5))
        #expect(tokenizer.id(of: " hi") == 4)
        hashes.insert(tokenizer.contentHash)
      }
      #expect(hashes.count == 2)
      try save("h h\n", folder + "/merges.txt")
      #expect(
        throws: TokenizerError.unknownMergePiece(
          path: folder + "/vocab.json", line: 1, piece: "h h")
      ) { try Tokenizer(path: folder) }
    }
  }

  /// As transformers 5 has it, where the ids are these; version 4 has no `add_eos_token` here and no
  /// `add_bos_token` for Qwen.
  @Test("Two files: the configuration says what stands around a text")
  func aroundTwoFiles() throws {
    try withFolder { folder in
      try save(Self.vocabulary, folder + "/vocab.json")
      try save(Self.merges, folder + "/merges.txt")
      let path = folder + "/tokenizer_config.json"
      let named: JSONValue = ["bos_token": "1", "eos_token": ["content": "2", "special": true]]
      for (config, ids) in [
        ([:], [2]), (["add_bos_token": true], [5, 2]), (["add_eos_token": true], [2, 5]),
        (["add_bos_token": true, "add_eos_token": true], [5, 2, 5]),
        (named, [2]), (named.setting("add_bos_token", false), [2]),
        (named.setting("add_bos_token", true).setting("add_eos_token", true), [6, 2, 7]),
        (["tokenizer_class": "Qwen2Tokenizer", "add_bos_token": true], [2]),
        (["tokenizer_class": "Qwen2Tokenizer", "add_eos_token": true], [2, 5]),
        (
          named.setting("tokenizer_class", "Qwen2Tokenizer").setting("add_bos_token", true), [6, 2]
        ),
        (["add_bos_token": true, "bos_token": .null], [2]),
      ] as [(JSONValue, [Int])] {
        try save(config.canonicalText, path)
        #expect(try Tokenizer(path: folder).encode("hi") == ids, "\(config.canonicalText)")
        #expect(try Tokenizer(path: folder).encode("hi", addSpecial: false) == [2])
      }
      try save(#"{"add_bos_token":true,"bos_token":"<s>"}"#, path)
      #expect(
        throws: TokenizerError.wrongValue(
          path: path, key: "bos_token", expected: "a token of the vocabulary, for add_bos_token",
          found: #""<s>""#)
      ) { try Tokenizer(path: folder) }
    }
  }

  @Test("Qwen's two files with their configuration")
  func qwen() throws {
    try withFolder { folder in
      try save(Self.vocabulary, folder + "/vocab.json")
      try save(Self.merges, folder + "/merges.txt")
      let config: JSONValue = [
        "tokenizer_class": "Qwen2Tokenizer",
        "added_tokens_decoder": [
          "12": ["content": "<|im_start|>", "special": true, "normalized": false],
          "13": ["content": "<w>", "special": false, "normalized": false],
        ],
      ]
      try save(config.canonicalText, folder + "/tokenizer_config.json")
      let tokenizer = try Tokenizer(path: folder)
      #expect(tokenizer.encode("<|im_start|>hi<w>") == [12, 2, 13])
      #expect(tokenizer.isSpecial(12) && !tokenizer.isSpecial(13))
      // NFC: the accent joins its letter.
      #expect(tokenizer.encode("E\u{301}") == tokenizer.encode("\u{c9}"))
      let path = folder + "/tokenizer_config.json"
      try save(
        config.setting("added_tokens_decoder", ["x": ["content": "y"]]).canonicalText, path)
      #expect(
        throws: TokenizerError.wrongValue(
          path: path, key: "added_tokens_decoder", expected: "tokens by their ids",
          found: #"{"x":{"content":"y"}}"#)
      ) { try Tokenizer(path: folder) }
    }
  }
}
