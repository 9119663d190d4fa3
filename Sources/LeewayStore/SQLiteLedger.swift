import Foundation
import GRDB
import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayStudy

/// A ledger in an SQLite file (write-ahead log). Several processes may read while one writes.
///
/// Every error is a `LedgerError`.
public final class SQLiteLedger: Ledger {
  public let path: String
  private let queue: DatabaseQueue

  /// Opens or makes the file.
  public init(path: String) throws(LedgerError) {
    self.path = path
    queue = try Self.guarded(path) {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      guard FileManager.default.fileExists(atPath: folder) else {
        throw LedgerError.cannotOpen(path: path)
      }
      try Self.refuseForeign(path)
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      // By hand: GRDB's own set-up makes and drops a table each time, and the file grows.
      configuration.prepareDatabase { db in
        try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
      }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try Schema.migrator.migrate(queue)
      return queue
    }
  }

  /// Looks before anything is opened for writing: a newer version's file, or one of
  /// another program, stays as it is, to the byte.
  private static func refuseForeign(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    if isFolder.boolValue { throw LedgerError.notALedger(path: path) }
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(10)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    let (found, isForeign) = try queue.read { db in
      let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      let sql = "SELECT count(*) FROM sqlite_master WHERE name NOT IN ('study', 'grdb_migrations')"
      let tables = try Int.fetchOne(db, sql: sql) ?? 0
      return (found, try !db.tableExists("study") && tables > 0)
    }
    try queue.close()
    if isForeign { throw LedgerError.notALedger(path: path) }
    guard found <= Schema.version else {
      throw LedgerError.newerVersion(path: path, found: found, known: Schema.version)
    }
  }

  // MARK: Conditions

  public func condition(_ id: String) throws -> ConditionRecord? {
    try read { db -> ConditionRecord? in
      let sql = "SELECT * FROM condition WHERE id = ?"
      guard let row = try Row.fetchOne(db, sql: sql, arguments: [id]) else { return nil }
      let trials = try Row.fetchAll(
        db, sql: "SELECT * FROM trial WHERE condition = ? ORDER BY place", arguments: [id])
      return ConditionRecord(
        id: id, identity: row["identity"], scorer: row["scorer"], vectorHash: row["vector"],
        dose: row["dose"], trials: try trials.map(TrialRow.trial),
        additionsMade: row["additions_made"], additionsExpected: row["additions_expected"])
    }
  }

  public func known(_ ids: [String]) throws -> Set<String> {
    try read { db -> Set<String> in
      var found: Set<String> = []
      for first in stride(from: 0, to: ids.count, by: 500) {
        let part = Array(ids[first..<min(first + 500, ids.count)])
        let marks = part.map { _ in "?" }.joined(separator: ",")
        found.formUnion(
          try String.fetchAll(
            db, sql: "SELECT id FROM condition WHERE id IN (\(marks))",
            arguments: StatementArguments(part)))
      }
      return found
    }
  }

  public func append(_ records: [ConditionRecord]) throws {
    try write { db in
      for record in records {
        try db.execute(
          sql: """
            INSERT INTO condition
            (id, identity, scorer, vector, dose, additions_made, additions_expected)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
            """,
          arguments: [
            record.id, record.identity, record.scorer, record.vectorHash, record.dose,
            record.additionsMade, record.additionsExpected,
          ])
        // Another process may have finished it meanwhile: the same content, so the same trials.
        guard db.changesCount > 0 else { continue }
        for (place, trial) in record.trials.enumerated() {
          try TrialRow.insert(trial, place: place, of: record.id, db)
        }
      }
    }
  }

  // MARK: Vectors and plans

  public func save(_ vectors: [SteeringVector]) throws {
    try write { db in
      for vector in vectors {
        let provenance = try CanonicalCoder.encode(vector.provenance)
        try db.execute(
          sql: """
            INSERT INTO vector (hash, site, raw_norm, provenance, direction)
            VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING
            """,
          arguments: [
            vector.hash, "\(vector.site)", vector.rawNorm,
            String(decoding: provenance, as: UTF8.self),
            vector.direction.reduce(into: Data()) { data, value in
              withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
            },
          ])
      }
    }
  }

  public func vector(_ hash: String) throws -> SteeringVector? {
    try read { db -> SteeringVector? in
      let sql = "SELECT * FROM vector WHERE hash = ?"
      guard let row = try Row.fetchOne(db, sql: sql, arguments: [hash]) else { return nil }
      let (name, text): (String, String) = (row["site"], row["provenance"])
      let data: Data = row["direction"]
      guard let site = Site(name), data.count % 4 == 0 else {
        throw LedgerError.damaged(path: path, detail: "vector \(hash)")
      }
      let bytes = Array(data)
      let direction = stride(from: 0, to: bytes.count, by: 4).map { at in
        Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) })
      }
      return SteeringVector(
        site: site, direction: direction, rawNorm: row["raw_norm"],
        provenance: try CanonicalCoder.decode(VectorProvenance.self, from: Array(text.utf8)))
    }
  }

  public func save(_ plan: PlanRecord) throws {
    let json = String(decoding: try CanonicalCoder.encode(plan), as: UTF8.self)
    // Saving what is there already, in its place, writes nothing.
    let unchanged = try read { db in
      try Row.fetchOne(db, sql: "SELECT hash, json FROM plan ORDER BY id DESC LIMIT 1")
    }.map { $0["hash"] == plan.planHash && $0["json"] == json }
    if unchanged == true { return }
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO study (name, question, version, text) VALUES (?, ?, ?, ?)
          ON CONFLICT (name, version, text) DO NOTHING
          """,
        arguments: [
          plan.study.name, plan.study.question, plan.study.version, plan.studyText,
        ])
      try db.execute(sql: "DELETE FROM plan WHERE hash = ?", arguments: [plan.planHash])
      try db.execute(
        sql: "INSERT INTO plan (hash, study, json) VALUES (?, ?, ?)",
        arguments: [plan.planHash, plan.study.name, json])
      try PointRow.replace(plan, db)
    }
  }

  public func plan(_ hash: String) throws -> PlanRecord? {
    let json = try read { db in
      try String.fetchOne(db, sql: "SELECT json FROM plan WHERE hash = ?", arguments: [hash])
    }
    guard let json else { return nil }
    do { return try CanonicalCoder.decode(PlanRecord.self, from: Array(json.utf8)) } catch {
      throw StudyError.unreadablePlan(hash: hash, reason: "\(error)")
    }
  }

  public func plans() throws -> [String] {
    try read { try String.fetchAll($0, sql: "SELECT hash FROM plan ORDER BY id") }
  }

  // MARK: Errors

  func read<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
    try Self.guarded(path) { try queue.read(body) }
  }

  func write(_ body: (Database) throws -> Void) throws(LedgerError) {
    try Self.guarded(path) { try queue.write(body) }
  }

  private static func guarded<T>(_ path: String, _ body: () throws -> T) throws(LedgerError) -> T {
    do { return try body() } catch let error as LedgerError { throw error } catch {
      throw LedgerError(error, path: path)
    }
  }
}
