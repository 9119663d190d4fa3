import Foundation
import GRDB
import LeewayStudy

extension LedgerError {
  /// What SQLite's codes mean to someone with a ledger.
  init(_ error: any Error, path: String) {
    guard let error = error as? DatabaseError else {
      self = .failed(path: path, code: 0, detail: "\(error)")
      return
    }
    switch error.resultCode {
    case .SQLITE_FULL: self = .noSpace(path: path)
    case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
    case .SQLITE_NOTADB: self = .notALedger(path: path)
    case .SQLITE_CORRUPT:
      self = .damaged(path: path, detail: error.message ?? "\(error.extendedResultCode)")
    case .SQLITE_CANTOPEN:
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      let exists = FileManager.default.fileExists(atPath: folder)
      self =
        exists && !FileManager.default.isWritableFile(atPath: folder)
        ? .readOnly(path: path) : .cannotOpen(path: path)
    default:
      self = .failed(
        path: path, code: Int(error.extendedResultCode.rawValue), detail: error.message ?? "")
    }
  }
}
