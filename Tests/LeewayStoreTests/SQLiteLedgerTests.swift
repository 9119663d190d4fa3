import Foundation
import GRDB
import LeewayModel
import LeewayStatistics
import LeewaySteering
import LeewayStore
import LeewayStudy
import Testing

@Suite struct SQLiteLedgerTests {
  private func folder(_ name: String = #function) throws -> String {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url.path
  }

  private func record(_ id: String, trials: [Trial]) -> ConditionRecord {
    ConditionRecord(
      id: id, identity: "{\"a\":1}", scorer: "generation", vectorHash: "v", dose: 0.25,
      trials: trials, additionsMade: 12, additionsExpected: 12)
  }

  private let trials = [
    Trial(
      item: 0, seed: 3, value: 0.1, numbers: [1.5, -2], label: "target", text: "ö \"x\"\n",
      tokens: [1, 2]),
    Trial(item: 1, error: "not-finite"),
    Trial(item: 2, value: 1, text: "", tokens: []),
  ]

  @Test func keepsWhatItIsGiven() throws {
    let path = try folder() + "/l.sqlite"
    let kept = record("a", trials: trials)
    do {
      let ledger = try SQLiteLedger(path: path)
      try ledger.append([kept, record("b", trials: [])])
      // Once more changes nothing.
      try ledger.append([kept])
      #expect(try ledger.known(["a", "b", "c"]) == ["a", "b"])
      #expect(try ledger.condition("c") == nil)
    }
    let again = try SQLiteLedger(path: path)
    #expect(try again.condition("a") == kept)
    #expect(try again.known((0..<2000).map { "x\($0)" } + ["b"]) == ["b"])
  }

  @Test func keepsVectorsBitForBit() throws {
    let ledger = try SQLiteLedger(path: try folder() + "/l.sqlite")
    let vector = SteeringVector(
      site: Site(.residPost, layer: 2), direction: [0.1, -0.7, .leastNonzeroMagnitude, -0.0],
      rawNorm: 3.3,
      provenance: VectorProvenance(
        method: "m", contrastHash: "c", checkpointHash: "k", read: "last", notes: "n"))
    try ledger.save([vector, vector])
    #expect(try ledger.vector(vector.hash) == vector)
    #expect(try ledger.vector("none") == nil)
  }

  @Test func appendsAllOrNothing() throws {
    let path = try folder() + "/l.sqlite"
    let ledger = try SQLiteLedger(path: path)
    // The second record cannot be written: its dose may not be NULL.
    var broken = record("bad", trials: trials)
    broken.dose = .nan
    #expect(throws: LedgerError.self) {
      try ledger.append([record("good", trials: trials), broken])
    }
    #expect(try ledger.known(["good", "bad"]).isEmpty)
  }

  @Test func refusesANewerFile() throws {
    let path = try folder() + "/l.sqlite"
    _ = try SQLiteLedger(path: path)
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "PRAGMA user_version = 99") }
    try queue.close()
    #expect(throws: LedgerError.newerVersion(path: path, found: 99, known: 2)) {
      try SQLiteLedger(path: path)
    }
  }

  @Test func leavesAnotherProgramsFileAlone() throws {
    let path = try folder() + "/l.sqlite"
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "CREATE TABLE song (name TEXT)") }
    try queue.close()
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(throws: LedgerError.notALedger(path: path)) { try SQLiteLedger(path: path) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    // An empty file is a beginning.
    let empty = try folder() + "/e.sqlite"
    try Data().write(to: URL(fileURLWithPath: empty))
    #expect(try SQLiteLedger(path: empty).plans().isEmpty)
  }

  @Test func namesWhatIsWrongWithTheFile() throws {
    let place = try folder()
    let text = place + "/text.sqlite"
    try String(repeating: "not a database ", count: 100).write(
      toFile: text, atomically: true, encoding: .utf8)
    #expect(throws: LedgerError.notALedger(path: text)) { try SQLiteLedger(path: text) }
    let missing = place + "/no/such/l.sqlite"
    #expect(throws: LedgerError.cannotOpen(path: missing)) { try SQLiteLedger(path: missing) }
  }

  @Test(.enabled(if: getuid() != 0, "root may write anywhere"))
  func saysThatAFolderIsReadOnly() throws {
    let place = try folder()
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: place)
    let path = place + "/l.sqlite"
    #expect(throws: LedgerError.readOnly(path: path)) { try SQLiteLedger(path: path) }
  }
}
