import Foundation
import LeewayTokenizer
import LeewayWorld
import Testing

enum WorldPlace {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  static let tokenizer = root + "/Models/fledgling/tokenizer.json"
}

@Suite struct StreamTests {
  let world: World
  let tokenizer: Tokenizer

  init() throws {
    world = try World()
    tokenizer = try Tokenizer(path: WorldPlace.tokenizer)
  }

  private func stream(seed: String = "1", length: Int = 128) -> WorldStream {
    WorldStream(world: world, tokenizer: tokenizer, seed: seed, length: length)
  }

  @Test func aSequenceIsAFunctionOfItsNumber() {
    let forwards = (0..<40).map { stream().sequence($0) }
    let backwards = (0..<40).reversed().map { stream().sequence($0) }
    #expect(forwards == backwards.reversed())
    #expect(Set(forwards.map(\.tokens)).count == 40)
    #expect(stream(seed: "2").sequence(3) != forwards[3])
    #expect(stream().sequence(3, of: .validation) != forwards[3])
  }

  @Test(arguments: [16, 96, 128])
  func sequencesAreWholeDocumentsCutAtTheEnd(length: Int) throws {
    for number in 0..<20 {
      let packed = stream(length: length).sequence(number)
      #expect(packed.tokens.count == length + 1 && packed.counted.count == length + 1)
      let texts = stream(length: length).documents(number).map { Tag.begin + $0.text }
      #expect(texts.joined().hasPrefix(try tokenizer.decode(packed.tokens)))
    }
  }

  @Test func onlyResponsesAreLearned() throws {
    for number in 0..<50 {
      let packed = stream().sequence(number)
      let texts = try tokenizer.decode(
        zip(packed.tokens, packed.counted).filter(\.1).map(\.0)
      ).split(separator: Tag.end)
      let responses = stream().documents(number).map(\.response)
      #expect(texts.count <= responses.count && texts.count >= 1)
      for (text, response) in zip(texts, responses) { #expect(response.hasPrefix(text)) }
    }
  }

  @Test func factsAreToldEquallyOften() {
    var told: [String: Int] = [:]
    let documents = world.sample(30_000)
    let places = Dictionary(
      world.facts.indices.flatMap { index in
        world.tellings[index].forms.flatMap { form in
          (form == .statement ? world.tellings[index].statements : world.tellings[index].questions)
            .map { (world.document(index, form, wording: $0), world.facts[index].id) }
        }
      }, uniquingKeysWith: { first, _ in first })
    for document in documents { if let id = places[document] { told[id, default: 0] += 1 } }
    #expect(told.count == world.facts.count)
    let mean = Double(told.values.reduce(0, +)) / Double(world.facts.count)
    // Poisson: seven standard deviations.
    for (id, count) in told { #expect(abs(Double(count) - mean) < 7 * mean.squareRoot(), "\(id)") }
  }
}
