import ArgumentParser
import Foundation
import LeewayBase
import LeewayReport
import LeewayStore
import LeewayStudy
import LeewayTensor

/// The main job: a study file in, a window out.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a study: find the window in which a steering vector works.",
    discussion: """
      Writes leeway.sqlite, index.html, window.svg, result.json and trials.csv. What the database \
      holds is not run again: repeat the command to go on after Ctrl-C, or after the study grew. \
      On several models each has a folder of its own, and index.html compares them.
      """)

  @Argument(help: "A study file, or the name of one in Studies/.") var study: String
  @Option(
    name: .customLong("model"),
    help: """
      Checkpoint folder, instead of the study's; given several times, the study is run on each \
      and the models are compared.
      """)
  var models: [String] = []
  @Option(help: "Folder for results; by default runs/NAME.") var out: String?
  @Flag(help: "Print the result as JSON instead of the table.") var json = false
  @OptionGroup var engine: EngineOptions

  func run() throws {
    try reporting {
      let place = try StudyPlace(study, models: models, engine: engine)
      let places = ModelPlaces(
        models: try place.modelFolders(models), out: place.outFolder(out))
      let cancellation = Cancellation()
      let interrupt = Interrupt(cancellation)
      let line = ProgressLine()
      defer { line.finish(wholly: false) }
      let members = try withExtendedLifetime(interrupt) {
        try places.places.map { model in
          line.begin(places.places.count > 1 ? model.name : nil)
          let result = try measure(place, model, cancellation, line)
          let member = ResultFiles.Member(name: model.name, folder: model.out, result: result)
          try member.write()
          return member
        }
      }
      line.finish(wholly: true)
      let files = ResultFiles(folder: places.out, members: members)
      try files.write()
      try files.tell(json: json)
    }
  }

  private func measure(
    _ place: StudyPlace, _ model: ModelPlaces.Place, _ cancellation: Cancellation,
    _ line: ProgressLine
  ) throws -> StudyResult {
    let opened = try engine.open(model.model)
    let precision = engine.precision ?? Precision(rawValue: place.file.study.precision)
    let context = try opened.context(engine, precision: precision ?? .exact)
    try makeFolder(model.out)
    let runner = StudyRunner(
      study: place.study(on: model.model), text: place.file.text, context: context,
      ledger: try SQLiteLedger(path: model.out + "/leeway.sqlite"), cancellation: cancellation,
      progress: line.show)
    return try place.naming(runner.run)
  }
}
