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
    folder + "/\(sweep.claim)-by-" + sweep.axes.map(\.name).joined(separator: "-")
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
    return try SQLiteLedger.reading(database) { try Self.entries(claims, $0) }
  }

  private static func entries(_ claims: [Claim], _ ledger: SQLiteLedger) throws -> [ClaimEntry] {
    try claims.map { claim in
      do {
        return ClaimEntry(claim, record: try ledger.record(claim.id))
      } catch ClaimError.unreadableRecord {
        return ClaimEntry(claim, record: nil, isUnreadable: true)
      }
    }
  }

  /// Keeps a record and writes its page and picture, and the ledger's page anew.
  func save(_ record: ClaimRecord, in ledger: SQLiteLedger) throws {
    try ledger.save(record)
    try AtomicFile.write(Array(ClaimPage.html(record).utf8), to: page(record.claim))
    try replaceFile(folder + "/\(record.claim).svg", with: ClaimPicture.svg(record))
    let entries = try Self.entries(Claims.all, ledger)
    try AtomicFile.write(Array(ClaimIndexPage.html(entries).utf8), to: folder + "/index.html")
  }
}
