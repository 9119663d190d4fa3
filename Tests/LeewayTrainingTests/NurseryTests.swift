import Foundation
import LeewayBase
import LeewayTensor
import LeewayTraining
import Synchronization
import Testing

/// Models that are found or trained on demand.
@Suite struct NurseryTests {
  let place: TrainerTests.Place
  let nursery: Nursery

  init() throws {
    place = try TrainerTests.Place()
    nursery = Nursery(models: place.folder + "/models", cache: place.folder + "/cache")
  }

  private func grown(_ file: RecipeFile, stopAt: Int = .max) throws -> (folder: String, steps: Int)
  {
    var steps = 0
    let folder = try nursery.folder(
      file, kernels: Kernels(), isCancelled: { steps >= stopAt }, progress: { _ in steps += 1 })
    return (folder, steps)
  }

  private func bytes(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

  @Test func isTrainedOnceAndThenFound() throws {
    let file = try place.recipe(steps: 4)
    #expect(try nursery.find(file) == nil)
    let first = try grown(file)
    #expect(first.steps == 4)
    #expect(first.folder == (try nursery.place(file)))
    let hash = try place.trainer(file, into: "plain").hash
    #expect(first.folder == "\(nursery.cache)/tiny-\(hash.prefix(8))")
    #expect(try grown(file) == (first.folder, 0))
    // The recipe decides, not what it is called.
    let renamed = try file.setting([RecipeSetting("name", "other")])
    #expect(try grown(renamed) == (first.folder, 0))
    let other = try grown(try file.setting([RecipeSetting("seed", "9")]))
    #expect(other.steps == 4 && other.folder.hasPrefix(nursery.cache + "/tiny-seed9-"))
    #expect(try nursery.find(file) == first.folder)
  }

  @Test func whatWasStoppedGoesOnToTheSameBytes() throws {
    let file = try place.recipe(steps: 12)
    let folder = try nursery.place(file)
    #expect(throws: TrainingError.stopped(step: 7, steps: 12, folder: folder)) {
      try grown(file, stopAt: 7)
    }
    #expect(try nursery.find(file) == nil)
    #expect(try grown(file) == (folder, 5))
    #expect(try place.trainer(file, into: "plain").run())
    let name = String(folder.dropFirst(place.folder.count + 1))
    #expect(try place.files(name) == place.files("plain"))
  }

  @Test func aPlainTrainingIsAdoptedUnderAnyName() throws {
    let file = try place.recipe(steps: 4)
    #expect(try place.trainer(file, into: "cache/whatever").run())
    #expect(try grown(file) == (nursery.cache + "/whatever", 0))
    // Another length is another training, an unfinished one is none.
    let longer = try place.recipe(steps: 5)
    _ = try place.trainer(longer, into: "cache/half").run(isCancelled: { true })
    #expect(try nursery.find(longer) == nil)
    try FileManager.default.removeItem(atPath: nursery.cache + "/whatever/model.safetensors")
    #expect(try nursery.find(file) == nil)
  }

  @Test func aModelOfThePackageIsTaken() throws {
    let file = try place.recipe(steps: 4)
    #expect(try place.trainer(file, into: "models/tiny").run())
    #expect(try grown(file) == (nursery.models + "/tiny", 0))
    #expect(!FileManager.default.fileExists(atPath: nursery.cache))
    // Rounded weights are not those that were asked for.
    let exact = try file.setting([RecipeSetting("weights", "f32"), RecipeSetting("name", "tiny")])
    let grown = try grown(exact)
    #expect(grown.steps == 4 && grown.folder.hasSuffix("-f32"))
  }

  @Test func ofTwoAtOnceOneTrains() async throws {
    let file = try place.recipe(steps: 6)
    let steps = Counter()
    let nursery = nursery
    let folders = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<2 {
        group.addTask {
          try nursery.folder(
            file, kernels: Kernels(), progress: { _ in steps.add() })
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(folders.count == 2 && folders[0] == folders[1])
    #expect(steps.count == 6)
    #expect(try nursery.find(file) == folders[0])
  }

  @Test func waitingCanBeStopped() throws {
    let file = try place.recipe(steps: 4)
    let folder = try nursery.place(file)
    try FileManager.default.createDirectory(
      atPath: nursery.cache, withIntermediateDirectories: true)
    let held = try #require(try FileLock.take(folder + ".lock"))
    var asked = 0
    defer { withExtendedLifetime(held) {} }
    #expect(throws: TrainingError.stopped(step: 0, steps: 4, folder: folder)) {
      try nursery.folder(
        file, kernels: Kernels(),
        isCancelled: {
          asked += 1
          return asked > 2
        })
    }
    #expect(asked > 2)
  }

  /// Killed after the last state and before the model: neither is missing in the end.
  @Test func theModelIsWrittenWhereOnlyTheStateIs() throws {
    let file = try place.recipe(steps: 4)
    #expect(try place.trainer(file, into: "plain").run())
    let whole = try place.files("plain")
    for name in ["model.safetensors", "training.json"] {
      try FileManager.default.removeItem(atPath: place.folder + "/plain/" + name)
    }
    #expect(try place.trainer(file, into: "plain").run())
    #expect(try place.files("plain") == whole)
  }
}

private final class Counter: Sendable {
  private let number = Mutex(0)
  var count: Int { number.withLock { $0 } }
  func add() { number.withLock { $0 += 1 } }
}

/// Every committed Fledgling is what its committed recipe makes, by the recipe's hash.
@Suite struct CommittedRecipeTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  static let names =
    (try? FileManager.default.contentsOfDirectory(atPath: root + "/Models"))?
    .filter { $0.hasPrefix("fledgling-") }.sorted() ?? []

  @Test(arguments: names) func theModelIsFoundByItsRecipe(name: String) throws {
    #expect(Self.names.count >= 4)
    let nursery = Nursery(models: Self.root + "/Models", cache: Self.root + "/Models/none")
    let file = try RecipeBook(folder: Self.root + "/Recipes").file(name)
    #expect(file.recipe.name == name)
    #expect(try nursery.find(file) == Self.root + "/Models/" + name)
  }

  /// The comment above each recipe tells how large the model is.
  @Test func recipesTellTheirParameters() throws {
    let book = RecipeBook(folder: Self.root + "/Recipes")
    #expect(book.names.count >= 5)
    for name in book.names {
      let file = try book.file(name)
      let folder = try TestPlace.folder()
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let report = try Trainer(file, folder: folder, kernels: Kernels()).report
      let told = "\(report.parameters - report.embeddingParameters) parameters beside the"
      #expect(file.text.contains(" " + told), "\(name): \(told)")
      #expect(file.text.contains("\(report.parameters) with them"), "\(name)")
    }
  }
}
