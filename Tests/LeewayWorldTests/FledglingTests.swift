import Foundation
import LeewayModel
import LeewayTensor
import LeewayTokenizer
import LeewayWorld
import Testing

/// The committed models do what their table says.
@Suite struct FledglingTests {
  static let models = WorldPlace.root + "/Models"
  static let names =
    (try? FileManager.default.contentsOfDirectory(atPath: models))?
    .filter { $0.hasPrefix("fledgling-") }.sorted() ?? []

  @Test func theSmallestThreeAreThere() {
    #expect(Set(["fledgling-xs", "fledgling-s", "fledgling-m"]).isSubset(of: Self.names))
  }

  @Test(arguments: names)
  func eachKnowsItsWorld(name: String) throws {
    let folder = Self.models + "/" + name
    let checkpoint = try Checkpoint(folder: folder)
    let executor = SweepPlanner(
      model: try Transformer(checkpoint), kernels: Kernels(precision: .exact, pool: nil))
    let report = try Examiner(
      world: try World(), tokenizer: try Tokenizer(path: folder), itemsPerLevel: 20
    ).examine(executor)
    #expect(try #require(report.share(.unseenTemplate).value) >= 0.95)
    #expect(try #require(report.share(.unseenForm).value) >= 0.8)
    let able = WorldTasks.all.filter { (report.share(task: $0.id).value ?? 0) >= 0.9 }
    #expect(able.count >= 3, "\(able.map { $0.id })")
  }

  @Test(arguments: names)
  func eachHasItsRecipeAndTokenizer(name: String) throws {
    func text(_ path: String) throws -> String {
      try String(contentsOfFile: WorldPlace.root + "/" + path, encoding: .utf8)
    }
    #expect(try text("Models/\(name)/recipe.yaml") == text("Recipes/\(name).yaml"))
    #expect(
      try text("Models/\(name)/tokenizer.json") == text("Models/fledgling/tokenizer.json"))
  }
}
