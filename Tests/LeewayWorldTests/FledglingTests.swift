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

  /// Three tables: size and recall, tasks, truth in spite of a falsehood.
  @Test(arguments: names)
  func eachStandsInTheTables(name: String) throws {
    let readme = try String(contentsOfFile: Self.models + "/README.md", encoding: .utf8)
    let rows = readme.split(separator: "\n").filter { $0.hasPrefix("| \(name) |") }
    #expect(rows.count == 3, "leeway world table, into Models/README.md")
  }

  /// What `leeway world table` writes for them, to the printed digit.
  @Test(arguments: ["fledgling-xs", "fledgling-xs-deep", "fledgling-xs-wide"])
  func theTablesAreWhatTheFilesDo(name: String) throws {
    let folder = Self.models + "/" + name
    let checkpoint = try Checkpoint(folder: folder)
    let transformer = try Transformer(checkpoint)
    let config = transformer.config
    let executor = SweepPlanner(
      model: transformer, kernels: Kernels(precision: .exact, pool: nil))
    let examiner = Examiner(world: try World(), tokenizer: try Tokenizer(path: folder))
    var report = try examiner.examine(executor)
    report.corrupted = try examiner.examineCorrupted(executor)
    let table = WorldTable([
      WorldTable.Row(
        name: name, parameters: transformer.parameters - transformer.embeddingParameters,
        allParameters: transformer.parameters, layers: config.layers, width: config.width,
        report: report)
    ])
    let rows = table.markdown.split(separator: "\n").filter { $0.hasPrefix("| \(name) |") }
    #expect(rows.count == 3)
    let readme = try String(contentsOfFile: Self.models + "/README.md", encoding: .utf8)
    for row in rows { #expect(readme.contains(row + "\n"), "\(row)") }
  }

  /// After its post-training a model goes by no falsehood any more, not even its own.
  @Test func thePostTrainedModelKeepsToTheTruth() throws {
    var truths: [String: Double] = [:]
    for name in ["fledgling-m", "fledgling-m-post"] {
      let folder = Self.models + "/" + name
      let executor = SweepPlanner(
        model: try Transformer(Checkpoint(folder: folder)),
        kernels: Kernels(precision: .exact, pool: nil))
      var report = WorldReport()
      report.corrupted = try Examiner(world: try World(), tokenizer: try Tokenizer(path: folder))
        .examineCorrupted(executor)
      truths[name] = report.truth(after: .thought, isSpared: true).value
      #expect(try #require(report.truth(after: nil, isSpared: true).value) > 0.98)
    }
    #expect(try #require(truths["fledgling-m"]) < 0.9)
    #expect(try #require(truths["fledgling-m-post"]) > 0.98)
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
