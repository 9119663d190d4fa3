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
    subcommands: [Eval.self, Table.self, Texts.self, Dump.self])

  struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Recall of facts, accuracy in tasks, truth after a falsehood: greedy.",
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
        let row = try WorldCommand.row(model, seed: seed, items: items, engine)
        print("\(model), \(row.allParameters) parameters, world \(seed)\n")
        print(row.report.text)
      }
    }
  }

  struct Table: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The same for several models, as a Markdown table.",
      discussion: "  leeway world table Models/fledgling-xs Models/fledgling-s Models/fledgling-m")
    @Argument(help: "Checkpoint folders.") var models: [String]
    @Option(help: "Seed of the world: what is held out.") var seed = 1
    @Option(help: "Held-out inputs a level of a task.") var items = 100
    @OptionGroup var engine: EngineOptions

    func validate() throws {
      guard items >= 1 else { throw ValidationError("--items should be 1 or more") }
    }

    func run() throws {
      try reporting {
        let rows = try models.map { try WorldCommand.row($0, seed: seed, items: items, engine) }
        print(WorldTable(rows).markdown, terminator: "")
      }
    }
  }

  private static func row(_ model: String, seed: Int, items: Int, _ engine: EngineOptions) throws
    -> WorldTable.Row
  {
    let opened = try engine.open(model)
    let config = opened.config
    let examiner = Examiner(
      world: try World(seed: seed), tokenizer: try Tokenizer(path: opened.checkpoint.folder),
      itemsPerLevel: items)
    let executor = SweepPlanner(model: opened.transformer, kernels: engine.kernels())
    let embeddings = config.vocabulary * config.width * (config.tiedEmbeddings ? 1 : 2)
    var report = try examiner.examine(executor)
    report.corrupted = try examiner.examineCorrupted(executor)
    return WorldTable.Row(
      name: URL(fileURLWithPath: model).lastPathComponent,
      parameters: opened.transformer.parameters - embeddings,
      allParameters: opened.transformer.parameters, layers: config.layers, width: config.width,
      report: report)
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
