import Foundation
import LeewayTraining
import LeewayYAML
import Testing

/// Other values for the keys of a recipe, and recipes by name.
@Suite struct SettingTests {
  static let text = """
    # A comment that may no longer be true.
    name: tiny
    seed: 1
    tokenizer: ../tok
    model:
      architecture: llama
      layers: 2
      width: 16
      heads: 4
      context: 24
    data: {text: text.txt, separator: blank}
    steps: 100
    learning-rate: 1e-3
    optimizer: {kind: adamw, beta1: 0.9, beta2: 0.98}

    """

  private func file() throws -> RecipeFile { try RecipeFile(text: Self.text, path: "r/tiny.yaml") }

  private func set(_ texts: String...) throws -> RecipeFile {
    try file().setting(texts.map { try #require(RecipeSetting($0)) })
  }

  @Test func aSettingIsReadAsIfItStoodThere() throws {
    let changed = try set(
      "seed=2", "mlp-drop=0.1", "model.layers=9", "optimizer.beta1=0.8", "schedule.warm-up=5",
      "data.separator=line", "model.kv-heads=2")
    var expected = try file().recipe
    expected.seed = 2
    expected.mlpDrop = 0.1
    expected.shape.layers = 9
    expected.shape.kvHeads = 2
    expected.optimizer = .adamW(beta1: 0.8, beta2: 0.98, epsilon: 1e-8)
    expected.schedule = Schedule(kind: .cosine, warmUp: 5)
    expected.data.options = ["separator": "line"]
    expected.name =
      "tiny-separatorline-mlp-drop0.1-kv-heads2-layers9-beta10.8-warm-up5-seed2"
    #expect(changed.recipe == expected)
    #expect(changed.path == "r/tiny.yaml")
    // What is kept beside the model is that recipe.
    #expect(try RecipeFile(text: changed.text, path: "r/tiny.yaml").recipe == expected)
    #expect(!changed.text.contains("no longer"))
    #expect(try file().setting([]) == file())
  }

  @Test func theNameTellsTheSettings() throws {
    #expect(try set("seed=2").recipe.name == "tiny-seed2")
    #expect(try set("seed=2", "mlp-drop=0.1").recipe.name == "tiny-mlp-drop0.1-seed2")
    #expect(try set("mlp-drop=0.1", "seed=2") == set("seed=2", "mlp-drop=0.1"))
    #expect(try set("seed=2", "name=other").recipe.name == "other")
    #expect(try set("tokenizer=/a/b").recipe.name == "tiny-tokenizer-a-b")
  }

  @Test(arguments: [
    ("sed=2", YAMLIssue.Problem.unknownKey(key: "sed", known: [], nearest: "seed"), "sed"),
    ("model.layer=3", .unknownKey(key: "layer", known: [], nearest: "layers"), "model.layer"),
    ("steps=many", .wrongType(expected: "a whole number", found: "“many”"), "steps"),
    ("model=3", .wrongType(expected: "the path of one value", found: "keys"), "model"),
    ("steps.x=3", .wrongType(expected: "a key that holds keys", found: "“100”"), "steps.x"),
    ("model.width=18", .badValue(expected: "a divisor of the width 18", found: "4"), "model.heads"),
    ("steps=", .missingKey(key: "steps"), "steps"),
  ])
  func mistakesAreTold(text: String, problem: YAMLIssue.Problem, path: String) throws {
    do {
      _ = try set(text)
      Issue.record("\(text) was taken")
    } catch let error as RecipeError {
      guard case .settings("r/tiny.yaml", let issues) = error, let issue = issues.first else {
        Issue.record("\(error)")
        return
      }
      #expect(issue.path == path && issue.line == nil)
      if case .unknownKey(let key, let known, let nearest) = issue.problem {
        #expect(known.contains(nearest ?? ""))
        #expect(.unknownKey(key: key, known: [], nearest: nearest) == problem)
      } else {
        #expect(issue.problem == problem)
      }
    }
  }

  @Test func aKeySetTwiceIsRefused() throws {
    #expect(
      throws: RecipeError.settings(
        path: "r/tiny.yaml",
        issues: [YAMLIssue(path: "seed", problem: .duplicateKey(key: "seed"))])
    ) { try set("seed=2", "seed=3") }
    #expect(RecipeSetting("seed") == nil && RecipeSetting("=2") == nil)
    #expect(RecipeSetting("a=b=c") == RecipeSetting("a", "b=c"))
  }

  @Test func recipesGoByName() throws {
    let folder = try TestPlace.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in ["bird-m", "bird-xs-deep", "plain"] {
      let text = Self.text.replacing("name: tiny", with: "name: \(name)")
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).yaml"))
    }
    try Data().write(to: URL(fileURLWithPath: folder + "/README.md"))
    let book = RecipeBook(folder: folder)
    #expect(book.names == ["bird/m", "bird/xs-deep", "plain"])
    for name in ["bird/m", "bird-m"] {
      #expect(try book.file(name).path == folder + "/bird-m.yaml")
    }
    #expect(try book.file("bird/xs-deep", [RecipeSetting("seed", "3")]).recipe.seed == 3)
    #expect(try book.file("plain").recipe.name == "plain")
    // A file that is there wins over a name.
    #expect(try book.file(folder + "/plain.yaml").recipe.name == "plain")
    #expect(
      throws: RecipeError.unknownName(
        "bird/xs-dep", folder: folder, known: book.names, nearest: "bird/xs-deep")
    ) { try book.file("bird/xs-dep") }
    #expect(throws: RecipeError.file(.notFound(path: folder + "/none.yaml"))) {
      try book.file(folder + "/none.yaml")
    }
  }
}
