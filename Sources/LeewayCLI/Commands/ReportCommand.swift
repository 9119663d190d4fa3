import ArgumentParser
import Foundation
import LeewayStore
import LeewayStudy

/// A finished study again, without its model.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write the page and print the table of a finished study.",
    discussion:
      "Reads DIR/leeway.sqlite, or those of a comparison; needs no model and runs nothing.")

  @Argument(help: "Folder that leeway run wrote.") var folder: String
  @Flag(help: "Print the result as JSON.") var json = false
  @Flag(help: "Print one line a dose as CSV.") var csv = false

  func run() throws {
    try reporting {
      let family = try FamilyFile.read(in: folder)
      let members = try family.map { file in
        try file.members.map { name in
          ResultFiles.Member(
            name: name, folder: folder + "/" + name, result: try result(in: folder + "/" + name))
        }
      }
      if csv {
        for result in try members.map({ $0.map(\.result) }) ?? [result(in: folder)] {
          print(result.csv(), terminator: "")
        }
        return
      }
      let files = ResultFiles(
        folder: folder,
        members: try members
          ?? [ResultFiles.Member(name: folder, folder: folder, result: result(in: folder))])
      do {
        for member in files.members { try member.write() }
        try files.write()
      } catch {
        // What was asked for is told all the same.
        try files.tell(json: json, page: false)
        throw error
      }
      try files.tell(json: json)
    }
  }

  private func result(in folder: String) throws -> StudyResult {
    let path = folder + "/leeway.sqlite"
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandError.noResult(folder: folder)
    }
    return try SQLiteLedger.reading(path) { ledger in
      guard let hash = try ledger.plans().last, let plan = try ledger.plan(hash) else {
        throw CommandError.noResult(folder: folder)
      }
      return try StudyAnalysis(plan: plan, ledger: ledger).result()
    }
  }
}
