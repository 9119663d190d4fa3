import LeewayModel
import LeewayYAML

/// A recipe with what it names: the tokenizer, the texts, the weights to start from. Enough to know
/// which training it is before anything is trained.
struct Ingredients {
  let file: RecipeFile
  let tokenizer: RecipeTokenizer
  let architecture: Architecture
  let config: TransformerConfig
  let data: any DataSource
  let start: StartingWeights?
  /// Names what decides the weights.
  let hash: String

  init(_ file: RecipeFile) throws(TrainingError) {
    let recipe = file.recipe
    self.file = file
    tokenizer = try RecipeTokenizer(recipe, path: file.place(recipe.tokenizer))
    // The reader of recipes knows the architectures.
    architecture = Architecture.named(recipe.architecture) ?? Architecture.all[0]
    config = architecture.config(
      of: recipe.shape.model(
        vocabulary: tokenizer.tokenizer.vocabularyCount, endTokens: [tokenizer.endToken]))
    data = try Self.source(recipe.data, key: "data", file, tokenizer)
    if let folder = recipe.start {
      start = try StartingWeights(
        folder: file.place(folder), architecture, config, tokenizer: tokenizer.tokenizer)
    } else {
      start = nil
    }
    hash = recipe.hash(
      tokenizer: tokenizer.tokenizer.contentHash, data: data.contentHash, start: start?.hash)
  }

  /// The texts that the loss is measured on.
  func evaluation() throws(TrainingError) -> (any DataSource)? {
    guard let spec = file.recipe.evaluation else { return nil }
    return try Self.source(spec, key: "evaluation", file, tokenizer)
  }

  private static func source(
    _ spec: DataSpec, key: String, _ file: RecipeFile, _ tokenizer: RecipeTokenizer
  ) throws(TrainingError) -> any DataSource {
    do {
      return try DataSources.make(
        spec,
        DataContext(
          tokenizer: tokenizer.tokenizer, endToken: tokenizer.endToken,
          sequenceLength: file.recipe.sequence, seed: "\(file.recipe.seed)/\(key)",
          folder: file.folder))
    } catch { throw .data(recipe: file.path, issue: error.issue(under: key)) }
  }
}

extension DataError {
  /// The mistake at its place in the recipe.
  fileprivate func issue(under place: String) -> YAMLIssue {
    switch self {
    case .file(let error, let key): YAMLIssue(path: "\(place).\(key)", problem: .file(error))
    case .unknownName(let key, let name, let known, let nearest):
      YAMLIssue(
        path: "\(place).\(key)",
        problem: .unknownName(kind: "data", name: name, known: known, nearest: nearest))
    case .badValue(let key, let expected, let found):
      YAMLIssue(path: "\(place).\(key)", problem: .badValue(expected: expected, found: found))
    case .empty(let key): YAMLIssue(path: "\(place).\(key)", problem: .empty)
    }
  }
}
