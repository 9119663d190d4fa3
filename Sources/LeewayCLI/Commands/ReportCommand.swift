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
      let copy = FileManager.default.temporaryDirectory.path + "/leeway-report-\(getpid())"
      defer { try? FileManager.default.removeItem(atPath: copy) }
      let ledger = try Self.open(path, copy: copy)
      guard let hash = try ledger.plans().last, let plan = try ledger.plan(hash) else {
        throw CommandError.noResult(folder: folder)
      }
      let result = try StudyAnalysis(plan: plan, ledger: ledger).result()
      if csv {
        print(result.csv(), terminator: "")
        return
      }
      let files = ResultFiles(folder: folder)
      do { try files.write(result) } catch {
        // What was asked for is told all the same.
        files.tell(result, json: json, page: false)
        throw error
      }
      files.tell(result, json: json)
    }
  }

  /// SQLite writes beside a database even to read it: one in a read-only folder is read as a copy.
  private static func open(_ path: String, copy: String) throws -> SQLiteLedger {
    do { return try SQLiteLedger(path: path) } catch LedgerError.readOnly {
      let manager = FileManager.default
      try makeFolder(copy)
      for end in ["", "-wal"] where manager.fileExists(atPath: path + end) {
        try manager.copyItem(atPath: path + end, toPath: copy + "/leeway.sqlite" + end)
      }
      return try SQLiteLedger(path: copy + "/leeway.sqlite")
    }
  }
}
