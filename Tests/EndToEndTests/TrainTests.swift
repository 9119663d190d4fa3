import Foundation
import Testing

/// A training from the command line.
@Suite struct TrainTests {
  /// A recipe and a text; returns the recipe's path.
  private func recipe(in folder: String, steps: Int = 24, more: String = "") throws -> String {
    let birds = ["owl", "robin", "heron", "kestrel"]
    try write(
      birds.map { "The \($0) eats the worm.\n" }.joined() + "The worm eats nothing.\n",
      folder + "/text.txt")
    try write(
      """
      name: tiny
      tokenizer: \(Command.nestling)
      end-token: "<|end|>"
      model: {architecture: llama, layers: 2, width: 32, heads: 2, context: 32}
      data: {text: text.txt}
      evaluation: {text: text.txt}
      steps: \(steps)
      batch: 4
      learning-rate: 0.01
      save-every: 5
      \(more)
      """, folder + "/tiny.yaml")
    return folder + "/tiny.yaml"
  }

  private func files(_ folder: String) throws -> [String: Data] {
    let names = [
      "config.json", "model.safetensors", "tokenizer.json", "training.json", "index.html",
      "recipe.yaml", "state/training.safetensors",
    ]
    return try Dictionary(uniqueKeysWithValues: names.map { ($0, try bytes("\(folder)/\($0)")) })
  }

  @Test func aTrainedModelIsAModel() throws {
    try withFolder { folder in
      let recipe = try recipe(in: folder)
      let trained = try Command.run("train", recipe, "--out", folder + "/out", "--threads", "1")
      #expect(trained.code == 0, "\(trained.errors)")
      #expect(trained.output.contains("model: \(folder)/out"))
      let told = try Command.run(
        "generate", "--model", folder + "/out", "--prompt", "The owl", "--tokens", "3")
      #expect(told.code == 0, "\(told.errors)")
      let page = String(decoding: try bytes(folder + "/out/index.html"), as: UTF8.self)
      #expect(page.contains("<svg") && !page.contains("<script") && !page.contains("://"))
      let again = try Command.run("train", recipe, "--out", folder + "/out")
      #expect(again.code == 0 && again.errors.contains("nothing was left to do"))
    }
  }

  /// SIGINT saves and says how to go on; SIGKILL loses what was not saved.
  @Test(arguments: [SIGINT, SIGKILL]) func aStoppedTrainingGoesOnToTheSameBytes(number: Int32)
    throws
  {
    try withFolder { folder in
      let recipe = try recipe(in: folder, steps: 400)
      let out = folder + "/stopped"
      let running = try Command.started(["train", recipe, "--out", out, "--threads", "1"])
      let deadline = Date().addingTimeInterval(60)
      while running.process.isRunning, Date() < deadline,
        !FileManager.default.fileExists(atPath: out + "/training.json")
      {
        Thread.sleep(forTimeInterval: 0.002)
      }
      kill(running.process.processIdentifier, number)
      let stopped = try running.outcome()
      try #require(stopped.output.isEmpty, "it ended before it could be stopped")
      if number == SIGINT {
        #expect(stopped.code == 130)
        #expect(stopped.errors.contains("Run the same command to go on"), "\(stopped.errors)")
      }
      let resumed = try Command.run("train", recipe, "--out", out, "--threads", "2")
      #expect(resumed.code == 0, "\(resumed.errors)")
      #expect(resumed.errors.contains("going on after step"), "\(resumed.errors)")
      #expect(try Command.run("train", recipe, "--out", folder + "/whole").code == 0)
      #expect(try files(out) == files(folder + "/whole"))
    }
  }

  @Test func aSettingMakesAnotherModelWithItsOwnRecipe() throws {
    try withFolder { folder in
      let path = try recipe(in: folder, steps: 3)
      let named = try Command.run("train", path, "--set", "seed=2")
      #expect(named.code == 0 && named.output.contains("model: runs/tiny-seed2"), "\(named)")
      for (seed, out) in [("1", "one"), ("2", "two")] {
        let done = try Command.run(
          "train", path, "--set", "seed=\(seed)", "--set", "batch=2", "--out", folder + "/" + out)
        #expect(done.code == 0, "\(done.errors)")
      }
      let kept = folder + "/two/recipe.yaml"
      let text = try String(contentsOfFile: kept, encoding: .utf8)
      #expect(text.contains("seed: 2") && text.contains("batch: 2"), "\(text)")
      // The kept recipe makes the same model; its files are named from where the first one stood.
      try write(text, folder + "/kept.yaml")
      let again = try Command.run("train", folder + "/kept.yaml", "--out", folder + "/again")
      #expect(again.code == 0, "\(again.errors)")
      #expect(try files(folder + "/again") == files(folder + "/two"))
      #expect(
        try bytes(folder + "/one/model.safetensors") != bytes(folder + "/two/model.safetensors"))
      let mistaken = try Command.run("train", path, "--set", "sed=2", "--set", "batch=no")
      #expect(mistaken.code == 2)
      #expect(
        mistaken.errors.contains(
          "tiny.yaml with --set: sed: there is no key \"sed\" here; did you mean \"seed\"?"))
      #expect(mistaken.errors.contains("batch: expected a whole number, found “no”"))
      let bare = try Command.run("train", path, "--set", "seed")
      #expect(bare.code == 2 && bare.errors.contains("expected KEY=VALUE"), "\(bare.errors)")
      let unknown = try Command.run("train", "fledgling/m")
      #expect(unknown.code == 2, "no recipes stand where the command was run")
      #expect(unknown.errors.contains("no such file, and no recipe of that name"))
    }
  }

  @Test func mistakesAreTold() throws {
    try withFolder { folder in
      let path = try recipe(in: folder, more: "learning-rat: 3")
      let misspelt = try Command.run("train", path, "--out", folder + "/out")
      #expect(misspelt.code == 2)
      #expect(
        misspelt.errors.contains(
          "tiny.yaml:11: learning-rat: there is no key \"learning-rat\" here; did you mean"
            + " \"learning-rate\"?"), "\(misspelt.errors)")
      _ = try recipe(in: folder)
      let large = try String(contentsOfFile: path, encoding: .utf8).replacingOccurrences(
        of: "layers: 2, width: 32", with: "layers: 1000, width: 65536")
      try write(large, path)
      let refused = try Command.run("train", path, "--out", folder + "/out")
      #expect(refused.code == 2 && refused.errors.contains("needs about"), "\(refused.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
      let absent = try Command.run("train", folder + "/none.yaml")
      #expect(absent.code == 2 && absent.errors.contains("there is no such file"))
    }
  }
}
