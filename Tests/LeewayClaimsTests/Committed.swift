import Foundation
import LeewayClaims

/// The models that stand in the package.
struct Committed: FledglingSource {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Models").standardizedFileURL.path

  func identity(_ fledgling: Fledgling) -> String { "\(fledgling)" }
  func folder(_ fledgling: Fledgling) throws -> String { Self.folder + "/\(fledgling)" }

  static let tools = ClaimTools(models: Committed())

  static func open(_ name: String) throws -> PushedModel {
    try PushedModel(Fledgling(name), tools: tools)
  }

  /// Some birds that the model knows.
  static func facts(_ model: PushedModel, _ count: Int) throws -> [FalseFact] {
    let facts = Array(FalseFact.all(model.world).prefix(3 * count))
    let known = try model.knowledge(facts)
    return zip(facts, known).filter { $0.1.probability > 0.9 }.map(\.0).prefix(count).map { $0 }
  }
}
