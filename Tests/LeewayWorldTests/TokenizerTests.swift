import LeewayBase
import LeewayTokenizer
import LeewayWorld
import Testing

@Suite struct WorldTokenizerTests {
  let world: World
  let tokenizer: Tokenizer

  init() throws {
    world = try World()
    tokenizer = try Tokenizer(path: WorldPlace.tokenizer)
  }

  private func pieces(_ text: String) -> Int { tokenizer.encode(text, addSpecial: false).count }

  @Test func theVocabularyIsSmall() {
    #expect(tokenizer.vocabularyCount == 512)
    for (place, tag) in Tag.all.enumerated() {
      #expect(tokenizer.id(of: tag) == place && tokenizer.isSpecial(place))
    }
    #expect(tokenizer.encode("The") == [0] + tokenizer.encode("The", addSpecial: false))
  }

  @Test func namesAreSplitAndValuesAreNot() {
    for word in world.valueWords { #expect(pieces(" " + word) == 1, "\(word)") }
    for name in world.names { #expect(pieces(" " + name) >= 2, "\(name)") }
    for letter in WorldTasks.letters { #expect(pieces(" " + letter) == 1, "\(letter)") }
    for digit in 0...9 { #expect(pieces(" \(digit)") == 1, "\(digit)") }
  }

  @Test func documentsComeBack() throws {
    for document in world.sample(2000) {
      let ids = tokenizer.encode(document.text)
      #expect(try tokenizer.decode(ids) == Tag.begin + document.text)
      #expect(
        ids == tokenizer.encode(document.prompt)
          + tokenizer.encode(document.response + Tag.end, addSpecial: false))
    }
  }

  @Test func anyTextCanBeWritten() throws {
    for text in ["猫 naïve\u{301} 🦅", "gyrfalconry?!", "\u{0}\n\t", "The  falcon"] {
      #expect(try tokenizer.decode(tokenizer.encode(text, addSpecial: false)) == text)
    }
  }

  /// `Golden/tokens.json` is what the library that built the tokenizer makes of these texts.
  @Test func theBuildersTokensAreOurs() throws {
    let path = WorldPlace.root + "/Tests/LeewayWorldTests/Golden/tokens.json"
    let bytes = try MappedFile(path: path).withBytes { Array($0) }
    let cases = try #require(try JSONValue.parse(bytes, path: path).array)
    #expect(cases.count >= 100)
    for item in cases {
      let text = try #require(item["text"]?.bytes)
      let ids = try #require(item["ids"]?.array).compactMap(\.int)
      #expect(try tokenizer.encode(bytes: text) == ids)
    }
  }
}
