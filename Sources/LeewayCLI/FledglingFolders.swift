import Foundation
import LeewayBase
import LeewayClaims

/// Fledglings by their folders: those that come with Leeway, else those of a cache, under the names
/// that claims give them.
struct FledglingFolders: FledglingSource {
  var models: String
  var cache: String

  func folder(_ fledgling: Fledgling) throws -> String {
    let committed = models + "/fledgling-" + fledgling.name
    if fledgling.seed == 1, fledgling.mlpDrop == 0, holdsWeights(committed) { return committed }
    let kept = cache + "/\(fledgling)"
    guard holdsWeights(kept), isFinished(kept) else {
      throw CommandError.noFledgling(fledgling, folder: kept)
    }
    return kept
  }

  private func holdsWeights(_ folder: String) -> Bool {
    ["config.json", "model.safetensors", "tokenizer.json"].allSatisfy {
      FileManager.default.fileExists(atPath: folder + "/" + $0)
    }
  }

  /// A training that was stopped leaves a model too, and says so.
  private func isFinished(_ folder: String) -> Bool {
    let path = folder + "/training.json"
    guard FileManager.default.fileExists(atPath: path) else { return true }
    guard let text = try? TextFile.read(path),
      let json = try? JSONValue.parse(Array(text.utf8), path: path), let step = json["step"]?.int,
      let steps = json["steps"]?.int
    else { return false }
    return step >= steps
  }
}

extension CommandError {
  /// What a recipe must say to give this model.
  static func recipe(_ fledgling: Fledgling) -> String {
    let changes =
      (fledgling.seed != 1 ? ["seed: \(fledgling.seed)"] : [])
      + (fledgling.mlpDrop > 0 ? ["mlp-drop: \(fledgling.mlpDrop)"] : [])
    return "Recipes/fledgling-\(fledgling.name).yaml"
      + (changes.isEmpty ? "" : " with " + changes.joined(separator: " and "))
  }
}
