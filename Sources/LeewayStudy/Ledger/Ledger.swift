import LeewaySteering

/// Where finished conditions are kept, found by their content.
public protocol Ledger: Sendable {
  func condition(_ id: String) throws -> ConditionRecord?
  /// Which of these are kept.
  func known(_ ids: [String]) throws -> Set<String>
  /// All or none of them.
  func append(_ records: [ConditionRecord]) throws
  func save(_ vectors: [SteeringVector]) throws
  func vector(_ hash: String) throws -> SteeringVector?
  /// Replaces the plan of the same hash.
  func save(_ plan: PlanRecord) throws
  func plan(_ hash: String) throws -> PlanRecord?
  /// Hashes of kept plans, the last saved last.
  func plans() throws -> [String]
}

/// What can go wrong with a ledger on disk. Values only.
public enum LedgerError: Error, Equatable, Sendable {
  /// Written by a later Leeway.
  case newerVersion(path: String, found: Int, known: Int)
  case notALedger(path: String)
  case readOnly(path: String)
  case noSpace(path: String)
  case busy(path: String)
  case cannotOpen(path: String)
  case damaged(path: String, detail: String)
  case failed(path: String, code: Int, detail: String)
}
