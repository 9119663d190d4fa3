import Synchronization

/// Where claims keep their finished steps and records.
public protocol ClaimNotebook: Sendable {
  /// The bytes kept under a step's hash.
  func step(_ hash: String) throws -> [UInt8]?
  func keep(_ bytes: [UInt8], step hash: String, of claim: String) throws
  /// The newest record of a claim.
  func record(_ claim: String) throws -> ClaimRecord?
  func save(_ record: ClaimRecord) throws
}

/// In memory, for tests and throw-away runs.
public final class MemoryNotebook: ClaimNotebook {
  private let state = Mutex((steps: [String: [UInt8]](), records: [String: ClaimRecord]()))

  public init() {}

  public func step(_ hash: String) -> [UInt8]? { state.withLock { $0.steps[hash] } }
  public func keep(_ bytes: [UInt8], step hash: String, of claim: String) {
    state.withLock { $0.steps[hash] = bytes }
  }
  public func record(_ claim: String) -> ClaimRecord? { state.withLock { $0.records[claim] } }
  public func save(_ record: ClaimRecord) { state.withLock { $0.records[record.claim] = record } }
}
