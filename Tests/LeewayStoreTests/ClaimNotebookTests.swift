import Foundation
import GRDB
import LeewayClaims
import LeewayStore
import LeewayStudy
import Synchronization
import Testing

@Suite struct ClaimNotebookTests {
  private func withPath<R>(_ body: (String) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-claims-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path + "/l.sqlite")
  }

  /// Adds two numbers, and says how often it did.
  private func claim(_ made: @escaping @Sendable () -> Void = {}) -> Claim {
    Claim(
      id: "sum", title: "Is the sum so?", sentence: "ö \"x\"\n", hypothesis: "h", experiment: "e",
      cost: .quick(seconds: 1),
      parameters: [.number("a", 0.1, 0...9, "one"), .words("w", ["x"], of: ["x", "y"], "some")],
      targets: [.init("sum", 0.3, within: .absolute(1e-9))],
      measure: { run in
        let sum = try run.once("sum of \(run.number("a"))") {
          made()
          return run.number("a") + 0.2
        }
        return Findings(
          .init(.supported, because: "It is \(sum)."),
          values: [.init("sum", "the sum", sum, low: 0.25, high: nil)],
          tables: [.init("t", columns: ["c", "d"], rows: [[.missing, .number(sum, 2)]])],
          pictures: [
            .chart(Chart("c", x: .init("x", .log), y: .init("y"), series: [.init("s", .line, [])])),
            .heat(
              Heat(
                "h", rowName: "r", columnName: "c", rows: ["1"], columns: ["1", "2"],
                values: [[0.5, nil]], low: 0, high: 1)),
          ])
      })
  }

  @Test func keepsRecordsAndSteps() throws {
    try withPath { path in
      let counter = Counter()
      let claim = claim { counter.add() }
      let first = try claim.run(
        engine: "v", tools: ClaimTools(notebook: try SQLiteLedger(path: path)))
      try SQLiteLedger(path: path).save(first)
      #expect(counter.count == 1)
      let again = try SQLiteLedger(path: path)
      #expect(try again.record("sum") == first)
      #expect(try again.record("other") == nil)
      #expect(first.checks.map(\.holds) == [true])
      #expect(try claim.run(engine: "v", tools: ClaimTools(notebook: again)) == first)
      #expect(counter.count == 1, "the step was made twice")
      _ = try claim.run(["a=1"], tools: ClaimTools(notebook: again))
      #expect(counter.count == 2)
    }
  }

  @Test func theNewestRecordWins() throws {
    try withPath { path in
      let ledger = try SQLiteLedger(path: path)
      let tools = ClaimTools(notebook: ledger)
      let standard = try claim().run(tools: tools)
      let other = try claim().run(["a=2"], tools: tools)
      for record in [standard, other, other, standard, other] { try ledger.save(record) }
      #expect(try ledger.record("sum") == other)
      let queue = try DatabaseQueue(path: path)
      let rows = try queue.read { try Row.fetchAll($0, sql: "SELECT * FROM v_claims") }
      #expect(rows.count == 1)
      let row = try #require(rows.first)
      let told: [String] = [row["outcome"], row["because"], row["key"]]
      #expect(told == ["supported", "It is 2.2.", "the sum"])
      let value: Double = row["value"]
      #expect(value == 2.2)
      let count = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM claim_record") }
      #expect(count == 4, "what is there already is not kept twice in a row")
    }
  }

  @Test func aStepThatCannotBeReadIsMadeAnew() throws {
    try withPath { path in
      let ledger = try SQLiteLedger(path: path)
      try ledger.keep([1, 2], step: "s", of: "c")
      try ledger.keep([3], step: "s", of: "c")
      #expect(try ledger.step("s") == [3])
      #expect(try ledger.step("none") == nil)
    }
  }

  /// A file of version 1, with what it holds.
  @Test func anOlderFileIsMigrated() throws {
    try withPath { path in
      let kept = ConditionRecord(
        id: "a", identity: "{}", scorer: "s", vectorHash: nil, dose: 1, trials: [],
        additionsMade: 0, additionsExpected: 0)
      try SQLiteLedger(path: path).append([kept])
      let queue = try DatabaseQueue(path: path)
      try queue.write { db in
        try db.execute(
          sql: """
            DROP VIEW v_claims; DROP TABLE claim_step; DROP TABLE claim_record;
            DELETE FROM grdb_migrations WHERE identifier LIKE '002%'; PRAGMA user_version = 1;
            """)
      }
      try queue.close()
      let ledger = try SQLiteLedger(path: path)
      #expect(try ledger.condition("a") == kept)
      let record = try claim().run(tools: ClaimTools(notebook: ledger))
      try ledger.save(record)
      #expect(try ledger.record("sum") == record)
      let version = try DatabaseQueue(path: path).read {
        try Int.fetchOne($0, sql: "PRAGMA user_version")
      }
      #expect(version == 2)
    }
  }

  @Test func aRecordOfAnotherShapeIsNamed() throws {
    try withPath { path in
      let ledger = try SQLiteLedger(path: path)
      let queue = try DatabaseQueue(path: path)
      try queue.write {
        try $0.execute(sql: "INSERT INTO claim_record (claim, json) VALUES ('sum', '{}')")
      }
      let error = #expect(throws: ClaimError.self) { try ledger.record("sum") }
      guard case .unreadableRecord("sum", _)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      let record = try claim().run(tools: ClaimTools(notebook: ledger))
      try ledger.save(record)
      #expect(try ledger.record("sum") == record)
    }
  }
}

/// Counts from any thread.
private final class Counter: Sendable {
  private let made = Mutex(0)
  func add() { made.withLock { $0 += 1 } }
  var count: Int { made.withLock { $0 } }
}
