import Foundation
import LeewayBase
import LeewayTraining
import Testing

/// Trainings that go on from a finished model.
@Suite struct StartTests {
  let place: TrainerTests.Place

  init() throws { place = try TrainerTests.Place() }

  @Test func beginsWhereTheOtherEnded() throws {
    let base = try place.trainer(try place.recipe(steps: 40, more: "weights: f32"), into: "base")
    #expect(try base.run())
    let next = try place.trainer(try place.recipe(steps: 4, more: "start: base"), into: "next")
    let (kept, taken) = (base.model.weights.floats, next.model.weights.floats)
    #expect(taken.map(\.bitPattern) == kept.map(\.bitPattern))
    #expect(try next.run())
    let drawn = try place.trainer(try place.recipe(steps: 4), into: "drawn")
    #expect(try drawn.run())
    #expect(next.curve.losses[0] < 0.7 * drawn.curve.losses[0])
  }

  @Test func theStartIsPartOfTheHash() throws {
    #expect(try place.trainer(try place.recipe(steps: 4), into: "one").run())
    #expect(try place.trainer(try place.recipe(steps: 4, more: "seed: 5"), into: "two").run())
    func hash(_ more: String) throws -> String {
      try place.trainer(try place.recipe(more: more), into: "none").hash
    }
    let hashes = try [hash(""), hash("start: one"), hash("start: two")]
    #expect(Set(hashes).count == 3)
    // What decides is the content, not where it stands.
    try FileManager.default.copyItem(
      atPath: place.folder + "/one", toPath: place.folder + "/copy")
    #expect(try hash("start: copy") == hashes[1])
  }

  @Test func anotherModelIsRefused() throws {
    #expect(try place.trainer(try place.recipe(steps: 4), into: "base").run())
    let folder = place.folder + "/base"
    func start(_ change: RecipeSetting) throws {
      let file = try place.recipe(more: "start: base").setting([change])
      _ = try place.trainer(file, into: "next")
    }
    #expect(
      throws: TrainingError.otherShape(path: folder, key: "layers", expected: "3", found: "2")
    ) { try start(RecipeSetting("model.layers", "3")) }
    #expect(
      throws: TrainingError.otherShape(path: folder, key: "tied", expected: "false", found: "true")
    ) { try start(RecipeSetting("model.tied", "false")) }
    #expect(
      throws: TrainingError.otherShape(
        path: folder, key: "architecture", expected: "gpt2", found: "llama")
    ) { try start(RecipeSetting("model.architecture", "gpt2")) }
    let tokenizer = folder + "/tokenizer.json"
    let text = try String(contentsOfFile: tokenizer, encoding: .utf8)
    try Data(text.replacing("\"a\":0,\"b\":1", with: "\"a\":1,\"b\":0").utf8)
      .write(to: URL(fileURLWithPath: tokenizer))
    #expect(throws: TrainingError.otherTokenizer(path: folder)) {
      try start(RecipeSetting("seed", "2"))
    }
    #expect(throws: TrainingError.self) { try start(RecipeSetting("start", "nothing")) }
  }
}
