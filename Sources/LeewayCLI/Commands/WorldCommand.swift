import ArgumentParser
import Foundation
import LeewayBase
import LeewayModel
import LeewayTokenizer
import LeewayWorld

/// The world that the Fledglings are trained on.
struct WorldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "world", abstract: "Ask a model what it knows of the Fledglings' world.",
    subcommands: [Eval.self, Texts.self, Dump.self])

  struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Recall of facts and accuracy in tasks, greedy, on held-out inputs.",
      discussion: """
          leeway world eval --model Models/fledgling-xs

        Exits with 0 whatever the model knows.
        """)
    @Option(help: "Checkpoint folder.") var model: String
    @Option(help: "Seed of the world: what is held out.") var seed = 1
    @Option(help: "Held-out inputs a level of a task.") var items = 100
    @OptionGroup var engine: EngineOptions

    func validate() throws {
      guard items >= 1 else { throw ValidationError("--items should be 1 or more") }
    }

    func run() throws {
      try reporting {
        let opened = try engine.open(model)
        let examiner = Examiner(
          world: try World(seed: seed), tokenizer: try Tokenizer(path: model), itemsPerLevel: items)
        let executor = SweepPlanner(model: opened.transformer, kernels: engine.kernels())
        let report = try examiner.examine(executor)
        print("\(model), \(opened.transformer.parameters) parameters, world \(seed)\n")
        print(report.text)
      }
    }
  }

  struct Texts: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the texts of the caracara study: contrasts, questions, tasks.",
      discussion: "  leeway world texts --out Studies/texts")
    @Option(help: "Seed of the world.") var seed = 1
    @Option(help: "Folder to write to.") var out: String

    func run() throws {
      try reporting {
        let world = try World(seed: seed)
        for file in try StudyTexts.files(world) {
          let text = file.lines.joined(separator: "\n") + "\n"
          try AtomicFile.write(Array(text.utf8), to: out + "/" + file.name)
          print(out + "/" + file.name)
        }
      }
    }
  }

  /// For `Tools/world_tokenizer.py`.
  struct Dump: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print names, values and training documents as lines of JSON.",
      shouldDisplay: false)
    @Option(help: "Seed of the world.") var seed = 1
    @Option(help: "Training documents to print.") var documents = 20000

    func run() throws {
      try reporting {
        let world = try World(seed: seed)
        var lines = ""
        func add(_ key: String, _ text: String) {
          lines +=
            JSONValue.object([JSONMember(key: Array(key.utf8), value: .string(Array(text.utf8)))])
            .canonicalText + "\n"
        }
        for name in world.names { add("name", name) }
        for word in world.valueWords { add("value", word) }
        for document in world.sample(documents) { add("document", document.text) }
        FileHandle.standardOutput.write(Data(lines.utf8))
      }
    }
  }
}
