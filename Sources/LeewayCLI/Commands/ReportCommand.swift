import ArgumentParser
import Foundation
import LeewayStore
import LeewayStudy

/// A finished study again, without its model.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write the page and print the table of a finished study.",
    discussion: "Reads DIR/leeway.sqlite; needs no model and runs nothing.")

  @Argument(help: "Folder that leeway run wrote.") var folder: String
  @Flag(help: "Print the result as JSON.") var json = false
  @Flag(help: "Print one line a dose as CSV.") var csv = false

  func run() throws {
    try reporting {
      let path = folder + "/leeway.sqlite"
      guard FileManager.default.fileExists(atPath: path) else {
        throw CommandError.noResult(folder: folder)
      }
      let ledger = try SQLiteLedger(path: path)
      guard let hash = try ledger.plans().last, let plan = try ledger.plan(hash) else {
        throw CommandError.noResult(folder: folder)
      }
      let result = try StudyAnalysis(plan: plan, ledger: ledger).result()
      if csv {
        print(result.csv(), terminator: "")
        return
      }
      try ResultFiles(folder: folder).write(result)
      ResultFiles(folder: folder).tell(result, json: json)
    }
  }
}
