import LeewayBase
import LeewayTokenizer
import Testing

@Suite("Tokenizers against the reference")
struct GoldenTokenizerTests {
  @Test("There are vectors for every kind of tokenizer")
  func present() throws {
    #expect(Golden.names.count == 16)
    #expect(try Golden.texts().count > 50)
  }

  @Test("Ids", arguments: Golden.names)
  func ids(_ name: String) throws {
    let tokenizer = try Golden.tokenizer(name)
    let vectors = try Golden.json(name + ".vectors.json")
    let (head, tail) = (vectors["head"]?.ints ?? [], vectors["tail"]?.ints ?? [])
    let entries = try #require(vectors["entries"]?.array)
    for (text, entry) in zip(try Golden.texts(), entries) {
      let expected = try #require(entry["ids"]?.ints)
      #expect(tokenizer.encode(text, addSpecial: false) == expected, "\(text.debugDescription)")
      #expect(tokenizer.encode(text) == head + expected + tail, "\(text.debugDescription)")
    }
  }

  @Test("Texts", arguments: Golden.names)
  func texts(_ name: String) throws {
    let tokenizer = try Golden.tokenizer(name)
    let vectors = try Golden.json(name + ".vectors.json")
    let (head, tail) = (vectors["head"]?.ints ?? [], vectors["tail"]?.ints ?? [])
    for (text, entry) in zip(try Golden.texts(), try #require(vectors["entries"]?.array)) {
      let ids = head + (entry["ids"]?.ints ?? []) + tail
      let plain = entry["plain"]?.bytes ?? Array(text.utf8)
      let full = entry["full"]?.bytes ?? plain
      let found = (
        plain: try tokenizer.decodeBytes(ids, skipSpecial: true),
        full: try tokenizer.decodeBytes(ids)
      )
      #expect(
        found.plain == plain,
        "\(String(decoding: found.plain, as: UTF8.self).debugDescription) for \(text.debugDescription)"
      )
      #expect(found.full == full, "\(text.debugDescription)")
    }
  }
}
