import Foundation
import LeewayBase
import LeewayFuzzing
import LeewayTemplate
import Testing

@Suite("Chat templates in GGUF files")
struct GGUFTemplateTests {
  private static let metadata: [(key: String, value: GGUF.Written)] = [
    ("tokenizer.ggml.tokens", .strings(["<s>", "</s>", "a"])),
    ("tokenizer.ggml.bos_token_id", .u32(0)), ("tokenizer.ggml.eos_token_id", .u32(1)),
    ("tokenizer.chat_template", .string("{{ bos_token }}A{{ eos_token }}{{ pad_token }}")),
    ("tokenizer.chat_template.rag", .string("R{{ bos_token }}")),
  ]

  private func withFile(
    _ metadata: [(key: String, value: GGUF.Written)] = metadata, _ body: (String) throws -> Void
  ) throws {
    // Its name says nothing: the first bytes do.
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-template-\(UUID().uuidString)").path
    try GGUF.write([], metadata: metadata, to: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test("By name, with the vocabulary's own tokens")
  func renders() throws {
    func text(_ path: String, _ variant: String?) throws -> String {
      try ChatTemplate(folder: path, variant: variant).render([])
    }
    try withFile { path in
      let texts = try [nil, "default", "rag"].map { try text(path, $0) }
      #expect(texts == ["<s>A</s>", "<s>A</s>", "R<s>"])
      #expect(
        throws: TemplateError.unknownTemplate(path: path, name: "x", known: ["default", "rag"])
      ) { try ChatTemplate(folder: path, variant: "x") }
    }
  }

  @Test("What is missing or wrong is named")
  func refuses() throws {
    func changed(_ index: Int, _ value: GGUF.Written) -> [(key: String, value: GGUF.Written)] {
      var metadata = Self.metadata
      metadata[index].value = value
      return metadata
    }
    try withFile(Self.metadata.dropLast(2).map { $0 }) { path in
      #expect(throws: TemplateError.missing(folder: path)) { try ChatTemplate(folder: path) }
    }
    try withFile(changed(3, .u32(1))) { path in
      #expect(
        throws: TemplateError.wrongValue(
          path: path, key: "tokenizer.chat_template", expected: "a template", found: "1")
      ) { try ChatTemplate(folder: path) }
    }
    try withFile(changed(2, .u32(3))) { path in
      #expect(
        throws: TemplateError.wrongValue(
          path: path, key: "tokenizer.ggml.eos_token_id", expected: "one of 3 tokens", found: "3")
      ) { try ChatTemplate(folder: path) }
    }
    try withFile(changed(3, .string("a\n{{ 1 | nonsense }}"))) { path in
      #expect(
        throws: TemplateError.fault(
          template: path, line: 2, .unsupported(kind: "filter", name: "nonsense"))
      ) { try ChatTemplate(folder: path).render([]) }
    }
  }

  @Test("Whatever the bytes: a template or an error")
  func fuzz() throws {
    try withFile { path in
      let whole = try MappedFile(path: path).withBytes { Array($0) }
      let report = try Fuzzer("GGUFTemplate").run { stream in
        Mutation.bytes(whole, others: [whole], &stream)
      } check: { input, _ in
        try AtomicFile.write(input, to: path)
        do { _ = try ChatTemplate(folder: path).render([]) } catch {
          try #require(error is TemplateError)
          return false
        }
        return true
      }
      #expect(report.iterations > 0)
    }
  }
}
