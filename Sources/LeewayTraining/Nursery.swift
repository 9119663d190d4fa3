import Foundation
import LeewayBase
import LeewayTensor

/// Models by their recipes: those that were trained before are found, others are trained on demand
/// and kept.
///
/// What counts is the recipe's hash, never a name: a model that comes with the package, one that this
/// cache trained, or the finished folder of a plain `leeway train` that somebody put into the cache
/// under any name. A new one goes to `NAME-HASH8`, the recipe's name and the first eight digits of its
/// hash, and with `-f32` where the weights are stored so. What was stopped there goes on; of several
/// processes that want the same model one trains and the others wait.
public struct Nursery: Sendable, Hashable {
  /// Models that come with the package.
  public var models: String
  /// Where new ones go.
  public var cache: String

  public init(models: String = "Models", cache: String = "runs/models") {
    self.models = models
    self.cache = cache
  }

  /// The finished model's folder, trained now if there is none yet.
  ///
  /// - Parameter progress: of a training; not called where the model is there.
  /// - Throws: `stopped` when it was asked to stop before the model was done.
  public func folder(
    _ file: RecipeFile, kernels: Kernels, isCancelled: () -> Bool = { false },
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TrainingError) -> String {
    let wanted = Wanted(recipe: file.recipe, hash: try Ingredients(file).hash)
    if let found = find(wanted) { return found }
    let place = place(wanted)
    do { try ModelFolder.make(cache) } catch { throw .file(error) }
    guard let lock = try lock(place, isCancelled) else {
      throw .stopped(step: 0, steps: file.recipe.steps, folder: place)
    }
    // Whoever had the lock before may have done it.
    if let found = find(wanted) { return found }
    return try withExtendedLifetime(lock) { () throws(TrainingError) in
      let trainer = try Trainer(file, folder: place, kernels: kernels)
      guard try trainer.run(isCancelled: isCancelled, progress: progress) else {
        throw .stopped(step: trainer.step, steps: file.recipe.steps, folder: place)
      }
      return place
    }
  }

  /// The finished model's folder; nil where it would have to be trained.
  public func find(_ file: RecipeFile) throws(TrainingError) -> String? {
    find(Wanted(recipe: file.recipe, hash: try Ingredients(file).hash))
  }

  /// Names the weights without needing them: the hash of the recipe and of all that it reads.
  public func name(_ file: RecipeFile) throws(TrainingError) -> String {
    try Ingredients(file).hash
  }

  /// Where the model goes if it is trained.
  public func place(_ file: RecipeFile) throws(TrainingError) -> String {
    place(Wanted(recipe: file.recipe, hash: try Ingredients(file).hash))
  }

  private struct Wanted {
    var recipe: Recipe
    var hash: String
  }

  private func place(_ wanted: Wanted) -> String {
    let stored = wanted.recipe.weights == .bf16 ? "" : "-\(wanted.recipe.weights.rawValue)"
    return "\(cache)/\(wanted.recipe.name)-\(wanted.hash.prefix(8))\(stored.lowercased())"
  }

  private func find(_ wanted: Wanted) -> String? {
    let place = place(wanted)
    if isFinished(place, wanted) { return place }
    return [models, cache].lazy.flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        .map { folder + "/" + $0 }
    }.first { isFinished($0, wanted) }
  }

  /// `training.json` is written last, so where it tells of the last step all the rest is there.
  private func isFinished(_ folder: String, _ wanted: Wanted) -> Bool {
    guard let text = try? TextFile.read(folder + "/training.json"),
      let json = try? JSONValue.parse(Array(text.utf8), path: folder),
      json["recipe"]?.text == wanted.hash, json["step"]?.int == wanted.recipe.steps,
      FileManager.default.fileExists(atPath: folder + "/config.json"),
      let tensors = try? SafeTensors(path: folder + "/model.safetensors").tensors
    else { return false }
    return tensors.allSatisfy { $0.dtype == wanted.recipe.weights }
  }

  /// Nil when asked to stop while another holds it.
  private func lock(_ place: String, _ isCancelled: () -> Bool) throws(TrainingError) -> FileLock? {
    while !isCancelled() {
      do { if let lock = try FileLock.take(place + ".lock") { return lock } } catch {
        throw .file(error)
      }
      Thread.sleep(forTimeInterval: 0.1)
    }
    return nil
  }
}
