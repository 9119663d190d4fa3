import Foundation
import LeewayTokenizer
import LeewayTraining
import Testing

@Suite struct WorldSourceTests {
  let context: DataContext

  init() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    context = DataContext(
      tokenizer: try Tokenizer(path: root + "/Models/fledgling"), endToken: 1,
      sequenceLength: 64, seed: "1/data", folder: root)
  }

  private func source(_ value: String = "1", _ options: [String: String] = [:], seed: String? = nil)
    throws -> any DataSource
  {
    var context = context
    if let seed { context.seed = seed }
    return try DataSources.make(DataSpec(kind: "world", value: value, options: options), context)
  }

  @Test func aSequenceIsAFunctionOfItsNumber() throws {
    let (one, other) = (try source(), try source())
    let forwards = (0..<30).map(one.sequence)
    #expect(forwards == (0..<30).reversed().map(other.sequence).reversed())
    for sequence in forwards {
      #expect(sequence.tokens.count == 65 && sequence.weights.count == 64)
      #expect(sequence.counted > 0 && sequence.counted < 64)
    }
    #expect(try source("1", ["split": "validation"]).sequence(0) != forwards[0])
    #expect(try source(seed: "2/data").sequence(0) != forwards[0])
  }

  @Test func theHashNamesTheContent() throws {
    #expect(try source().contentHash == source().contentHash)
    #expect(try source().contentHash != source("2").contentHash)
  }

  @Test func mistakesAreTold() {
    #expect(
      throws: DataError.badValue(key: "world", expected: "the world's seed", found: "aviary")
    ) { try source("aviary") }
    #expect(
      throws: DataError.badValue(
        key: "split", expected: "training or validation", found: "test")
    ) { try source("1", ["split": "test"]) }
    #expect(throws: DataError.self) { try source("1", ["spilt": "training"]) }
  }
}
