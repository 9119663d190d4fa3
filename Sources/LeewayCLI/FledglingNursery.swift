import LeewayBase
import LeewayClaims
import LeewayTensor
import LeewayTraining

/// Fledglings by their recipes: those that come with Leeway, those of the cache, and others trained
/// when a claim needs them.
struct FledglingNursery: FledglingSource {
  var nursery: Nursery
  var recipes = RecipeBook()
  var kernels: Kernels
  var isCancelled: @Sendable () -> Bool
  var progress: @Sendable (Fledgling, TrainingProgress) -> Void

  func folder(_ fledgling: Fledgling) throws -> String {
    try nursery.folder(
      file(fledgling), kernels: kernels, isCancelled: isCancelled
    ) { progress(fledgling, $0) }
  }

  func identity(_ fledgling: Fledgling) throws -> String {
    try nursery.name(file(fledgling))
  }

  private func file(_ fledgling: Fledgling) throws -> RecipeFile {
    var settings: [RecipeSetting] = []
    if fledgling.seed != 1 { settings.append(RecipeSetting("seed", "\(fledgling.seed)")) }
    if fledgling.mlpDrop > 0 { settings.append(RecipeSetting("mlp-drop", "\(fledgling.mlpDrop)")) }
    if !settings.isEmpty { settings.append(RecipeSetting("name", "\(fledgling)")) }
    return try recipes.file("fledgling-\(fledgling.name)", settings)
  }
}
