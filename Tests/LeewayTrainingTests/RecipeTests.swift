import LeewayBase
import LeewayTraining
import LeewayYAML
import Testing

@Suite struct RecipeTests {
  static let text = """
    name: tiny
    tokenizer: tok
    model: {architecture: llama, layers: 2, width: 16, heads: 4, kv-heads: 2, context: 24}
    data: {text: text.txt, separator: blank}
    steps: 100
    learning-rate: 1e-3
    """

  @Test func everyKeyIsRead() throws {
    let more = """

      seed: 7
      end-token: "</s>"
      evaluation: {text: other.txt}
      batch: 3
      sequence: 20
      optimizer: {kind: adamw, beta1: 0.8, beta2: 0.99, epsilon: 1e-6}
      schedule: {kind: linear, warm-up: 5, final: 0}
      clip: 0.5
      decay: 0.2
      mlp-drop: 0.1
      save-every: 9
      weights: f32
      """
    let recipe = try RecipeFile(text: Self.text + more, path: "a/b.yaml").recipe
    #expect(recipe.seed == 7 && recipe.endToken == "</s>" && recipe.batch == 3)
    #expect(recipe.evaluation == DataSpec(kind: "text", value: "other.txt"))
    #expect(
      recipe.data == DataSpec(kind: "text", value: "text.txt", options: ["separator": "blank"]))
    #expect(recipe.sequence == 20 && recipe.shape.kvHeads == 2 && recipe.shape.mlpWidth == 64)
    #expect(recipe.optimizer == .adamW(beta1: 0.8, beta2: 0.99, epsilon: 1e-6))
    #expect(recipe.schedule == Schedule(kind: .linear, warmUp: 5, final: 0))
    #expect(recipe.clip == 0.5 && recipe.decay == 0.2 && recipe.mlpDrop == 0.1)
    #expect(recipe.saveEvery == 9 && recipe.weights == .f32 && recipe.learningRate == 1e-3)
  }

  @Test func mistakesAreAllTold() {
    let text = """
      name: tiny
      tokeniser: tok
      model: {architecture: lama, layers: 2, width: 15, heads: 4, context: 24}
      data: {text: text.txt, seperator: blank}
      steps: none
      learning-rate: 1e-3
      """
    do {
      _ = try RecipeFile(text: text, path: "r.yaml")
      Issue.record("was read")
    } catch {
      guard case .invalid("r.yaml", let issues) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(
        issues.map(\.path) == [
          "tokenizer", "tokeniser", "model.architecture", "data.seperator", "steps",
        ])
      #expect(issues.map(\.line) == [1, 2, 3, 4, 5])
      guard case .unknownKey(_, _, let nearest) = issues[1].problem,
        case .unknownName(_, _, _, let family) = issues[2].problem,
        case .unknownKey(_, _, let option) = issues[3].problem
      else {
        Issue.record("\(issues)")
        return
      }
      #expect([nearest, family, option] == ["tokenizer", "llama", "separator"])
    }
  }

  @Test(arguments: [
    ("heads: 4", "heads: 3"), ("kv-heads: 2", "kv-heads: 3"),
    ("data: {text: text.txt", "data: {txt: a"),
    ("steps: 100", "steps: 100\nsequence: 25"),
    ("steps: 100", "steps: 100\nschedule: {warm-up: 100}"),
    ("name: tiny", "name: a/b"), ("steps: 100", "steps: 100\noptimizer: {kind: sgd, beta1: 0.9}"),
    ("width: 16", "width: 20"), ("architecture: llama", "architecture: gpt2"),
  ])
  func whatDoesNotFitIsRefused(change: (String, String)) {
    let text = Self.text.replacing(change.0, with: change.1)
    #expect(text != Self.text)
    #expect(throws: RecipeError.self) { try RecipeFile(text: text, path: "r.yaml") }
  }

  @Test func hashesFollowWhatDecidesTheWeights() throws {
    func hash(_ text: String) throws -> String {
      try RecipeFile(text: text, path: "r.yaml").recipe.hash(tokenizer: "t", data: "d")
    }
    let plain = try hash(Self.text)
    #expect(try hash(Self.text + "\nsave-every: 3\nweights: f32") == plain)
    #expect(try hash(Self.text.replacing("tiny", with: "other")) == plain)
    for change in ["seed: 1", "batch: 5", "mlp-drop: 0.1", "clip: 2", "optimizer: sgd"] {
      #expect(try hash(Self.text + "\n" + change) != plain, "\(change)")
    }
  }

  @Test func everySourceHasAFile() {
    #expect(Set(DataSources.all.map { $0.id }).count == DataSources.all.count)
  }
}

@Suite struct PackedDocumentsTests {
  @Test func everyTokenIsPredictedOncePerRound() {
    let documents = (0..<7).map { first in
      TrainingDocument(tokens: (0..<(first % 3 + 2)).map { first * 10 + $0 })
    }
    let total = documents.reduce(0) { $0 + $1.tokens.count }
    let packed = PackedDocuments(length: 4, seed: "s") { _ in documents }
    #expect(packed.perRound == (total - 1) / 4)
    var orders: [[Int]] = []
    for round in 0..<3 {
      let sequences = (0..<packed.perRound).map {
        packed.sequence(round * packed.perRound + $0)
      }
      #expect(sequences.allSatisfy { $0.tokens.count == 5 && $0.weights.count == 4 })
      for (one, next) in zip(sequences, sequences.dropFirst()) {
        #expect(one.tokens.last == next.tokens.first)
      }
      orders.append(sequences.flatMap { $0.tokens.dropFirst() })
      #expect(Set(orders[round]).count == orders[round].count)
    }
    #expect(orders[0] != orders[1])
    // In any order of asking.
    let again = PackedDocuments(length: 4, seed: "s") { _ in documents }
    #expect(
      again.sequence(2 * packed.perRound).tokens == packed.sequence(2 * packed.perRound).tokens)
    #expect(again.sequence(0).tokens == packed.sequence(0).tokens)
  }
}
