import LeewayBase
import LeewayTokenizer
import Testing

/// Normalizers, pre-tokenizers and decoders one by one, on a model of no consequence.
@Suite("Components against the reference")
struct ComponentTests {
  private static func tokenizer(_ parts: JSONValue, pieces: [JSONValue] = ["a"]) throws
    -> Tokenizer
  {
    let vocabulary = pieces.enumerated().map {
      JSONMember(key: $1.bytes ?? [], value: .integer($0))
    }
    var root: JSONValue = [
      "model": ["type": "BPE", "vocab": .object(vocabulary), "merges": []]
    ]
    for key in ["normalizer", "pre_tokenizer", "decoder"] { root = root.setting(key, parts[key]) }
    return try Tokenizer(json: root.canonicalBytes, path: "component")
  }

  @Test("Words are cut where the reference cuts them")
  func words() throws {
    let file = try Golden.json("components.json")
    let texts = try #require(file["texts"]).strings
    let components = try #require(file["components"]?.array)
    #expect(components.count > 40)
    for component in components {
      let tokenizer = try Self.tokenizer(component)
      for (text, words) in zip(texts, component["words"]?.array ?? []) {
        let name = component.setting("words", nil).canonicalText
        let found = tokenizer.words(text).map { Array($0.utf8) }
        #expect(
          found == words.array?.compactMap(\.bytes),
          "\(name) on \(text.debugDescription) gives \(tokenizer.words(text))")
      }
    }
  }

  @Test("Pieces become the text that the reference makes of them")
  func decoders() throws {
    let file = try Golden.json("decoders.json")
    let pieces = try #require(file["pieces"]?.array)
    let runs = try #require(file["runs"]?.array).map(\.ints)
    for entry in try #require(file["cases"]?.array) {
      let tokenizer = try Self.tokenizer(entry, pieces: pieces)
      for (run, text) in zip(runs, entry["texts"]?.array ?? []) {
        #expect(
          try tokenizer.decodeBytes(run) == text.bytes ?? [],
          "\(entry["decoder"]?.canonicalText ?? "") on \(run)")
      }
    }
  }
}
