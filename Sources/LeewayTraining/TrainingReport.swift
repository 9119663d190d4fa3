import LeewayBase

/// How a training went, for a file and a page.
public struct TrainingReport: Sendable, Hashable {
  public var recipe: Recipe
  /// Names what decides the weights.
  public var hash: String
  /// Tied ones counted once.
  public var parameters: Int
  /// Those that stand for tokens and positions.
  public var embeddingParameters: Int
  /// Steps done.
  public var step: Int
  public var curve: TrainingCurve

  public init(
    recipe: Recipe, hash: String, parameters: Int, embeddingParameters: Int, step: Int,
    curve: TrainingCurve
  ) {
    self.recipe = recipe
    self.hash = hash
    self.parameters = parameters
    self.embeddingParameters = embeddingParameters
    self.step = step
    self.curve = curve
  }

  /// `training.json`: nothing in it depends on when or how fast it was made.
  public var json: JSONValue {
    func list(_ values: [Float]) -> JSONValue { .array(values.map { .real(Double("\($0)") ?? 0) }) }
    return [
      "name": JSONValue(recipe.name), "recipe": JSONValue(hash),
      "parameters": .integer(parameters), "embeddingParameters": .integer(embeddingParameters),
      "step": .integer(step), "steps": .integer(recipe.steps),
      "tokensPerStep": .integer(recipe.batch * recipe.sequence), "losses": list(curve.losses),
      "gradientNorms": list(curve.norms),
      "evaluations": .array(
        curve.evaluations.map {
          ["step": .integer($0.step), "loss": list([$0.loss]).array?[0] ?? .null]
        }),
    ]
  }
}
