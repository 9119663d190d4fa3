import LeewayBase
import LeewayModel
import LeewayTensor

/// How far a training is, after a step.
public struct TrainingProgress: Sendable {
  public var step: Int
  public var steps: Int
  /// Mean of the last steps' losses, nats per prediction.
  public var loss: Double
  /// Tokens read since this process began.
  public var tokens: Int
}

/// A recipe at work. The folder that it writes holds the model as others open it, how it went
/// (`training.json`), and under `state/` what it needs to go on.
public final class Trainer {
  public let file: RecipeFile
  public let folder: String
  public private(set) var curve = TrainingCurve()
  /// Steps done.
  public var step: Int { optimizer.step }
  /// Names what decides the weights.
  public let hash: String
  public var recipe: Recipe { file.recipe }
  package let model: Trainee
  private let optimizer: Optimizer
  private let source: any DataSource
  private let evaluation: [TrainingSequence]
  private let tokenizer: RecipeTokenizer
  private var saved: Int?

  /// Sequences that an evaluation reads at most.
  static let evaluated = 64

  /// Makes everything ready, and takes up what `folder` holds of an earlier run.
  public init(_ file: RecipeFile, folder: String, kernels: Kernels) throws(TrainingError) {
    let ingredients = try Ingredients(file)
    let (recipe, config) = (file.recipe, ingredients.config)
    self.file = file
    self.folder = folder
    tokenizer = ingredients.tokenizer
    hash = ingredients.hash
    let table = ParameterTable(ingredients.architecture, config)
    try MemoryNeed(config, table: table, recipe: recipe).check()
    source = ingredients.data
    if let text = try ingredients.evaluation() {
      let count = min(text.perPass ?? Self.evaluated, Self.evaluated)
      evaluation = (0..<count).map { text.sequence($0) }
    } else {
      evaluation = []
    }
    let start = ingredients.start?.values
    model = Trainee(ingredients.architecture, config, kernels: kernels) { tensor in
      start?[tensor.name]
        ?? Initialization.values(tensor, config, seed: "\(recipe.seed)")
    }
    optimizer = Optimizer(recipe.optimizer, decay: recipe.decay, count: table.count)
    if let curve = try TrainingState(folder: folder).load(into: model, optimizer, recipe: hash) {
      self.curve = curve
      saved = optimizer.step
    }
  }

  /// Trains to the end of the recipe, or until asked to stop: between steps, with all saved.
  ///
  /// - Returns: whether the recipe is done.
  public func run(
    isCancelled: () -> Bool = { false }, progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TrainingError) -> Bool {
    do { try ModelFolder.make(folder + "/state") } catch { throw .file(error) }
    var tokens = 0
    while step < recipe.steps {
      if isCancelled() {
        try save()
        return false
      }
      tokens += try advance()
      progress(
        TrainingProgress(step: step, steps: recipe.steps, loss: curve.recent(), tokens: tokens))
      if step % recipe.saveEvery == 0 || step == recipe.steps { try save() }
    }
    if saved != step { try save() }
    // Killed between the last state and the model that it makes.
    if !isWritten { try write() }
    return true
  }

  /// One step; returns the tokens that it read.
  private func advance() throws(TrainingError) -> Int {
    var sequences: [TrainingSequence] = []
    for place in 0..<recipe.batch {
      let index = step * recipe.batch + place
      let sequence = source.sequence(index)
      try sequence.check(model.config, index: index)
      sequences.append(sequence)
    }
    let drop = MLPDrop(share: recipe.mlpDrop, seed: "\(recipe.seed)")
    let variants =
      recipe.mlpDrop > 0
      ? sequences.indices.map {
        drop.variant(step: step, sequence: $0, layers: model.config.layers)
      } : []
    model.gradients.clear()
    let loss = model.accumulate(sequences, variants: variants, balance: recipe.balance)
    let norm = model.gradientNorm()
    guard loss.mean.isFinite, norm.isFinite else {
      throw .lossNotFinite(step: step + 1, kept: saved, folder: folder)
    }
    let rate = recipe.learningRate * recipe.schedule.share(step: step, of: recipe.steps)
    let factor = recipe.clip.map { norm > $0 ? $0 / norm : 1 } ?? 1
    optimizer.advance(model, rate: rate, factor: factor)
    model.refresh()
    curve.losses.append(Float(loss.mean))
    curve.norms.append(Float(norm))
    return loss.tokens
  }

  /// Measures the evaluation text and writes state, model and curve.
  private func save() throws(TrainingError) {
    // A last good state is not overwritten by a broken one.
    guard model.kernels.squares(model.weights.floats).isFinite else {
      throw .lossNotFinite(step: step, kept: saved, folder: folder)
    }
    // At the recipe's own steps only: where somebody stopped is no part of how it went.
    let due = step % recipe.saveEvery == 0 || step == recipe.steps
    if due, !evaluation.isEmpty, curve.evaluations.last?.step != step {
      curve.evaluations.append(.init(step: step, loss: Float(model.loss(evaluation).mean)))
    }
    do { try TrainingState(folder: folder).save(model, optimizer, curve, recipe: hash) } catch {
      throw .file(error)
    }
    saved = step
    try write()
  }

  /// The files for others; `training.json` is the last of them.
  private func write() throws(TrainingError) {
    do throws(FileError) {
      try ModelFolder(path: folder).write(
        model, weights: recipe.weights, tokenizer: tokenizer.files)
      try AtomicFile.write(Array(file.text.utf8), to: folder + "/recipe.yaml")
      try AtomicFile.write(curveBytes, to: folder + "/training.json")
    } catch { throw .file(error) }
  }

  private var curveBytes: [UInt8] { report.json.canonicalBytes + [0x0A] }

  private var isWritten: Bool {
    let found = try? MappedFile(path: folder + "/training.json").withBytes { Array($0) }
    return found == curveBytes
  }

  /// What is said of this training.
  public var report: TrainingReport {
    TrainingReport(
      recipe: recipe, hash: hash, parameters: model.transformer.parameters,
      embeddingParameters: model.table.tensors.filter {
        $0.role == .embedding || $0.role == .positions || $0.name.contains("lm_head")
      }.reduce(0) { $0 + $1.count }, step: step, curve: curve)
  }
}
