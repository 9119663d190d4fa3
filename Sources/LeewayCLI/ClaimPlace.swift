import Foundation
import LeewayBase
import LeewayClaims
import LeewayReport
import LeewayStore

/// The folder of the ledger of claims: its database and its pages.
struct ClaimPlace {
  static let standard = "runs/claims"
  var folder: String

  var database: String { folder + "/leeway.sqlite" }

  func page(_ claim: String) -> String { folder + "/\(claim).html" }

  /// A sweep's files, without what follows the point.
  func sweep(_ sweep: ClaimSweep) -> String {
    folder + "/" + SweepPage.name(sweep.claim, over: sweep.axes.map(\.name))
  }

  /// Makes the folder and opens the database for writing.
  func open() throws -> SQLiteLedger {
    try makeFolder(folder)
    return try SQLiteLedger(path: database)
  }

  /// Claims beside what is kept of them; nothing is made where there is no database.
  func entries(_ claims: [Claim] = Claims.all) throws -> [ClaimEntry] {
    guard FileManager.default.fileExists(atPath: database) else {
      return claims.map { ClaimEntry($0, record: nil) }
    }
    return try SQLiteLedger.reading(database) { try entries(claims, $0) }
  }

  private func entries(_ claims: [Claim], _ ledger: SQLiteLedger) throws -> [ClaimEntry] {
    let files = Set((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    return try claims.map { claim in
      let sweeps = Self.sweeps(of: claim, files)
      do {
        return ClaimEntry(claim, record: try ledger.record(claim.id), sweeps: sweeps)
      } catch ClaimError.unreadableRecord {
        return ClaimEntry(claim, record: nil, isUnreadable: true, sweeps: sweeps)
      }
    }
  }

  /// The parameters of each sweep of a claim that has a page among the files.
  private static func sweeps(of claim: Claim, _ files: Set<String>) -> [[String]] {
    let names = claim.parameters.map(\.name)
    let pairs = names.flatMap { first in names.filter { $0 != first }.map { [first, $0] } }
    return (names.map { [$0] } + pairs).filter {
      files.contains(SweepPage.name(claim.id, over: $0) + ".html")
    }
  }

  /// Keeps a record and writes its page and picture, and the ledger's page anew.
  func save(_ record: ClaimRecord, in ledger: SQLiteLedger) throws {
    try ledger.save(record)
    try AtomicFile.write(Array(ClaimPage.html(record).utf8), to: page(record.claim))
    try replaceFile(folder + "/\(record.claim).svg", with: ClaimPicture.svg(record))
    try saveIndex(ledger)
  }

  /// Writes a sweep's page and table, and the ledger's page anew.
  ///
  /// - Returns: the page's path.
  func save(_ sweep: ClaimSweep, values: [String], in ledger: SQLiteLedger) throws -> String {
    let path = self.sweep(sweep)
    try AtomicFile.write(Array(SweepPage.html(sweep, values: values).utf8), to: path + ".html")
    try AtomicFile.write(Array(SweepTable.csv(sweep).utf8), to: path + ".csv")
    try saveIndex(ledger)
    return path + ".html"
  }

  private func saveIndex(_ ledger: SQLiteLedger) throws {
    let entries = try entries(Claims.all, ledger)
    try AtomicFile.write(Array(ClaimIndexPage.html(entries).utf8), to: folder + "/index.html")
  }
}
