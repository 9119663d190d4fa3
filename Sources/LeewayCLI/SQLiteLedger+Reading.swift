import Foundation
import LeewayStore
import LeewayStudy

extension SQLiteLedger {
  /// SQLite writes beside a database even to read it: one in a read-only folder is read as a copy.
  static func reading<R>(_ path: String, _ body: (SQLiteLedger) throws -> R) throws -> R {
    let copy = FileManager.default.temporaryDirectory.path + "/leeway-report-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: copy) }
    return try body(try open(path, copy: copy))
  }

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
