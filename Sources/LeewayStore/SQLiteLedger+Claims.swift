import Foundation
import GRDB
import LeewayClaims
import LeewayStudy

/// Claims keep their steps and records beside the studies, in the same kind of file.
extension SQLiteLedger: ClaimNotebook {
  public func step(_ hash: String) throws -> [UInt8]? {
    let value = try read { db in
      try Data.fetchOne(
        db, sql: "SELECT value FROM claim_step WHERE hash = ?", arguments: [hash])
    }
    return value.map(Array.init)
  }

  /// A step that could not be read was made anew: the newer one stays.
  public func keep(_ bytes: [UInt8], step hash: String, of claim: String) throws {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO claim_step (hash, claim, value) VALUES (?, ?, ?)
          ON CONFLICT (hash) DO UPDATE SET value = excluded.value
          """,
        arguments: [hash, claim, Data(bytes)])
    }
  }

  /// - Throws: `ClaimError.unreadableRecord` for one that another version wrote otherwise.
  public func record(_ claim: String) throws -> ClaimRecord? {
    guard let json = try recordText(claim) else { return nil }
    do { return try CanonicalCoder.decode(ClaimRecord.self, from: Array(json.utf8)) } catch {
      throw ClaimError.unreadableRecord(claim: claim, reason: "\(error)")
    }
  }

  public func save(_ record: ClaimRecord) throws {
    let json = String(decoding: try CanonicalCoder.encode(record), as: UTF8.self)
    // What was measured before and came out the same adds nothing.
    if try recordText(record.claim) == json { return }
    try write { db in
      try db.execute(
        sql: "INSERT INTO claim_record (claim, json) VALUES (?, ?)",
        arguments: [record.claim, json])
    }
  }

  /// The newest record as it is kept.
  private func recordText(_ claim: String) throws -> String? {
    try read { db in
      try String.fetchOne(
        db, sql: "SELECT json FROM claim_record WHERE claim = ? ORDER BY id DESC LIMIT 1",
        arguments: [claim])
    }
  }
}
