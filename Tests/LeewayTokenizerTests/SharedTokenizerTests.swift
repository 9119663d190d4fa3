import Foundation
import LeewayBase
import LeewayTokenizer
import Testing

/// Tokenizers of real models, which lie outside the repository.
@Suite("Real tokenizers")
struct SharedTokenizerTests {
  static let places: [String] =
    (try? Golden.json("shared.json"))?.members?.map { String(decoding: $0.key, as: UTF8.self) }
    ?? []
  static let areHere = places.allSatisfy {
    FileManager.default.fileExists(atPath: Golden.shared + "/" + $0)
  }

  @Test(
    "Ids equal the reference's, and the text comes back",
    .enabled(if: areHere, "the folder ../shared is not beside the repository"),
    arguments: places)
  func ids(_ place: String) throws {
    let tokenizer = try Tokenizer(path: Golden.shared + "/" + place)
    let expected = try #require(try Golden.json("shared.json")[place]?.array)
    // NFC changes some of the texts.
    let exact = place.hasSuffix("gpt2")
    for (text, ids) in zip(try Golden.texts(), expected) {
      #expect(tokenizer.encode(text, addSpecial: false) == ids.ints, "\(text.debugDescription)")
      if exact { #expect(try tokenizer.decodeBytes(ids.ints) == Array(text.utf8)) }
    }
  }
}
