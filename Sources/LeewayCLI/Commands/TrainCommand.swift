import ArgumentParser
import Foundation
import LeewayBase
import LeewayReport
import LeewayStudy
import LeewayTensor
import LeewayTraining

/// A recipe in, a model out.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model by a recipe, on this machine.",
    discussion: """
      Writes a folder that Leeway and Hugging Face transformers open (config.json, \
      model.safetensors, tokenizer.json), with training.json and index.html: how it went. What it \
      needs to go on stands under state/: repeat the command after Ctrl-C. The same recipe, texts \
      and tokenizer give the same weights, on any number of threads.

        leeway train fledgling/m --set seed=2 --set mlp-drop=0.1

      trains Recipes/fledgling-m.yaml with two other values into runs/fledgling-m-mlp-drop0.1-seed2.
      """)

  @Argument(help: "A recipe: a YAML file, or the name of one in Recipes/ (fledgling/m).")
  var recipe: String
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Another value for a key of the recipe; repeat.", valueName: "KEY=VALUE"))
  var settings: [String] = []
  @Option(help: "Folder for the model; by default runs/NAME.") var out: String?
  @Option(help: "Threads; by default all processors.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads should be from 1 to 1024")
    }
  }

  func run() throws {
    try reporting {
      let file = try RecipeBook().file(recipe, try settings.map(Self.setting))
      let folder = out ?? "runs/\(file.recipe.name)"
      let kernels = Kernels(pool: threads > 1 ? ThreadPool(threads: threads) : nil)
      let trainer = try Trainer(file, folder: folder, kernels: kernels)
      try makeFolder(folder)
      let begun = trainer.step
      if begun > 0, begun < file.recipe.steps {
        printError("leeway: going on after step \(begun) of \(file.recipe.steps)")
      }
      let cancellation = Cancellation()
      let interrupt = Interrupt(cancellation, after: "step")
      let line = TrainingLine()
      let done = try withExtendedLifetime(interrupt) {
        defer { line.finish() }
        return try trainer.run(
          isCancelled: { cancellation.isCancelled }, progress: line.show)
      }
      try AtomicFile.write(
        Array(TrainingPage.html(trainer.report).utf8), to: folder + "/index.html")
      guard done else {
        printError(
          "leeway: stopped after step \(trainer.step) of \(file.recipe.steps); all of it is kept."
            + " Run the same command to go on")
        throw ExitCode(130)
      }
      if begun == file.recipe.steps {
        printError("leeway: was trained before; nothing was left to do")
      }
      tell(trainer.report, folder)
    }
  }

  private static func setting(_ text: String) throws -> RecipeSetting {
    guard let setting = RecipeSetting(text) else { throw CommandError.badSetting(text) }
    return setting
  }

  private func tell(_ report: TrainingReport, _ folder: String) {
    var text = String(
      format: "%@: %d parameters, %d steps, loss %.3f", report.recipe.name, report.parameters,
      report.step, report.curve.recent())
    if let last = report.curve.evaluations.last {
      text += String(format: ", on the evaluation text %.3f", last.loss)
    }
    print(text)
    print("model: \(folder)")
    print("page: \(folder)/index.html")
  }
}
