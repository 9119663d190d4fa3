import LeewayClaims

/// A line of the ledger: a claim, and what was measured of it.
public struct ClaimEntry: Sendable {
  public var claim: Claim
  public var record: ClaimRecord?
  /// The kept record is of another version's shape.
  public var isUnreadable: Bool
  /// The parameters of each sweep that has a page.
  public var sweeps: [[String]]

  public init(
    _ claim: Claim, record: ClaimRecord?, isUnreadable: Bool = false, sweeps: [[String]] = []
  ) {
    self.claim = claim
    self.record = record
    self.isUnreadable = isUnreadable
    self.sweeps = sweeps
  }

  package enum Status: Sendable, Equatable {
    case notRun, unreadable, done
    /// Measured away from the default parameters: no target applies.
    case otherParameters
    case targetsFailed(Int, of: Int)
  }

  package var status: Status {
    if isUnreadable { return .unreadable }
    guard let record else { return .notRun }
    let failed = record.failed.count
    if failed > 0 { return .targetsFailed(failed, of: record.checks.count) }
    return record.hasTargets ? .done : .otherParameters
  }
}

extension ClaimRecord {
  /// Targets that were missed.
  public var failed: [Check] { checks.filter { !$0.holds } }

  func check(_ value: Findings.Measured) -> Check? { checks.first { $0.target.id == value.id } }

  /// Targets whose value the findings do not name.
  var unmeasured: [Check] {
    checks.filter { check in !findings.values.contains { $0.id == check.target.id } }
  }
}
