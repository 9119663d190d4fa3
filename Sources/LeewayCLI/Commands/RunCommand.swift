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
      Writes leeway.sqlite, index.html, window.svg, result.json and trials.csv. What the database holds is not \
      run again: repeat the command to go on after Ctrl-C, or after the study grew.
      """)

  @Argument(help: "A study file, or the name of one in Studies/.") var study: String
  @Option(help: "Checkpoint folder, instead of the study's.") var model: String?
  @Option(help: "Folder for results; by default runs/NAME.") var out: String?
  @Flag(help: "Print the result as JSON instead of the table.") var json = false
  @OptionGroup var engine: EngineOptions

  func run() throws {
    try reporting {
      let place = try StudyPlace(study, model: model, engine: engine)
      let opened = try engine.open(try place.modelFolder(model))
      let precision = engine.precision ?? Precision(rawValue: place.file.study.precision)
      let context = try opened.context(engine, precision: precision ?? .exact)
      let folder = place.outFolder(out)
      try makeFolder(folder)
      let ledger = try SQLiteLedger(path: folder + "/leeway.sqlite")
      let cancellation = Cancellation()
      let interrupt = Interrupt(cancellation)
      let line = ProgressLine()
      defer { line.finish(wholly: false) }
      let runner = StudyRunner(
        study: place.file.study, text: place.file.text, context: context, ledger: ledger,
        cancellation: cancellation, progress: line.show)
      let result = try withExtendedLifetime(interrupt) { try place.naming(runner.run) }
      line.finish(wholly: true)
      try ResultFiles(folder: folder).write(result)
      ResultFiles(folder: folder).tell(result, json: json)
    }
  }
}

/// Makes a folder or says why not.
func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    switch (cause ?? error as NSError).code {
    case Int(EEXIST), Int(ENOTDIR), NSFileWriteFileExistsError:
      throw FileError.unwritable(path: path, errno: ENOTDIR)
    case Int(ENOSPC): throw FileError.noSpace(path: path)
    default: throw FileError.readOnly(path: path)
    }
  }
}

/// The files of a finished study.
struct ResultFiles {
  var folder: String

  func write(_ result: StudyResult) throws {
    try AtomicFile.write(Array(StudyPage.html(result).utf8), to: folder + "/index.html")
    if let picture = StudyPicture.svg(result) {
      try AtomicFile.write(Array(picture.utf8), to: folder + "/window.svg")
    }
    try AtomicFile.write(try result.json(), to: folder + "/result.json")
    try AtomicFile.write(Array(result.csv().utf8), to: folder + "/trials.csv")
  }

  func tell(_ result: StudyResult, json: Bool, page: Bool = true) {
    if json {
      FileHandle.standardOutput.write(Data((try? result.json()) ?? []))
      print()
      return
    }
    let terminal = isatty(STDOUT_FILENO) == 1
    print(StudyTable.text(result, columns: Self.columns, color: terminal))
    if page { print("page: \(folder)/index.html") }
  }

  /// Width of the terminal; 110 where there is none.
  private static var columns: Int {
    if let told = ProcessInfo.processInfo.environment["COLUMNS"].flatMap({ Int($0) }) {
      return told
    }
    var size = winsize()
    let known = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return known ? Int(size.ws_col) : 110
  }
}
