import LeewayBase
import LeewayClaims
import LeewayStudy
import Synchronization
import Testing

/// A claim at a grid of parameter values.
@Suite struct SweepTests {
  /// Its value is height times 10 plus seed; above a height of 4 there is no answer.
  private static func claim(_ measured: @escaping @Sendable () -> Void = {}) -> Claim {
    Claim(
      id: "steps", title: "Does it rise?", sentence: "It rises.", hypothesis: "", experiment: "",
      cost: .quick(seconds: 1),
      parameters: [
        .number("height", 1, 0...5, "how high"), .integer("seed", 1, 0...9, "of chance"),
        .words("kinds", ["a"], of: ["a", "b"], "which"),
        .file("notes", "a file"),
      ],
      targets: [.init("sum", 12, within: .absolute(1))],
      measure: { run in
        measured()
        let height = run.number("height")
        if height > 4 { throw ClaimError.noSolution(claim: "steps", condition: "height below 4") }
        return Findings(
          .init(height < 2 ? .refuted : .supported, because: "It is \(height)."),
          values: [.init("sum", "the sum", height * 10 + Double(run.integer("seed")))])
      })
  }

  private func sweep(_ over: [String], _ settings: [String] = [], tools: ClaimTools = ClaimTools())
    throws -> ClaimSweep
  {
    let claim = Self.claim()
    return try claim.sweep(
      over: try over.map { try claim.axis($0) }, settings: settings, tools: tools,
      describe: { "\($0)" })
  }

  @Test func listsAndRangesBecomeValues() throws {
    let claim = Self.claim()
    func numbers(_ text: String) throws -> [Double]? { try claim.axis(text).numbers }
    #expect(try numbers("height=1,2,0.5") == [1, 2, 0.5])
    #expect(try numbers("height=0:1:11") == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
    #expect(try numbers("height=0,1:2:3,5") == [0, 1, 1.5, 2, 5])
    #expect(try numbers("height=0.01:1:3:log") == [0.01, 0.1, 1])
    #expect(try numbers("seed=0:9:4") == [0, 3, 6, 9])
    #expect(try numbers("seed=1:3:9") == [1, 2, 3], "whole numbers, each once")
    #expect(try claim.axis("kinds=a,b").values == [.words(["a"]), .words(["b"])])
    #expect(try claim.axis("height=0.01:1:3:log").isGeometric)
    #expect(try !claim.axis("height=0:1:5").isGeometric)
  }

  @Test(arguments: [
    "height", "height=", "height=1", "height=1,1", "height=1:2", "height=1:2:1", "height=1:2:x",
    "height=1:2:3:lin", "height=0:2:3:log", "height=1:9:3", "height=1,,2", "height=nan,1",
    "hight=1,2", "seed=0.5,1", "kinds=a,c", "height=1:2:2000", "notes=/nowhere,/else",
  ])
  func refusesWhatIsNoAxis(_ text: String) {
    #expect(throws: ClaimError.self) { try Self.claim().axis(text) }
  }

  @Test func refusesWhatCannotBeSwept() {
    #expect(throws: ClaimError.self) { try sweep(["height=1,2", "height=3,4"]) }
    #expect(throws: ClaimError.self) { try sweep(["height=1,2"], ["height=3"]) }
    #expect(throws: ClaimError.self) { try sweep([]) }
    #expect(throws: ClaimError.self) { try sweep(["height=1,2"], ["nonsense"]) }
  }

  @Test func measuresEveryPointAndKeepsThoseWithoutAnswer() throws {
    let sweep = try sweep(["height=1:5:3", "seed=2,3"])
    #expect(sweep.points.map(\.at).count == 6)
    #expect(sweep.points[1].at == [.number(1), .number(3)], "the last axis runs fastest")
    #expect(sweep.points.map { $0.value("sum")?.value } == [12, 13, 32, 33, nil, nil])
    #expect(
      sweep.points.map { $0.verdict?.outcome }
        == [.refuted, .refuted, .supported, .supported, nil, nil])
    #expect(sweep.points[5].failure?.contains("height below 4") == true)
    #expect(sweep.valueIDs == ["sum"] && sweep.label("sum").label == "the sum")
  }

  /// Targets are numbers at the defaults, at every seed.
  @Test func targetsApplyOverSeeds() throws {
    let seeds = try sweep(["seed=1,2,5"])
    #expect(seeds.checks.map(\.holds) == [true, true, false])
    #expect(try sweep(["seed=1,2"], ["height=2"]).checks.isEmpty)
    #expect(try sweep(["height=1,2"]).points.map(\.checks.count) == [1, 0])
    let record = try Self.claim().run(["seed=5"], tools: ClaimTools())
    #expect(record.checks.count == 1 && !record.isStandard && record.hasTargets)
  }

  @Test func aPointIsMeasuredOnce() throws {
    let count = Mutex(0)
    let claim = Self.claim { count.withLock { $0 += 1 } }
    let tools = ClaimTools()
    func sweep(_ text: String, engine: String = "1") throws -> ClaimSweep {
      try claim.sweep(
        over: [try claim.axis(text)], engine: engine, tools: tools, describe: { "\($0)" })
    }
    let first = try sweep("height=1,2,3")
    #expect(try sweep("height=1,2,3") == first)
    #expect(count.withLock { $0 } == 3)
    _ = try sweep("height=3,4")
    #expect(count.withLock { $0 } == 4)
    _ = try sweep("height=3,4", engine: "2")
    #expect(count.withLock { $0 } == 6, "another engine may measure otherwise")
  }

  @Test func stopsBetweenPoints() {
    #expect(throws: ClaimError.cancelled(claim: "steps")) {
      try sweep(["height=1,2"], tools: ClaimTools(isCancelled: { true }))
    }
  }

  /// What users read as JSON holds no names of the compiler's.
  @Test func jsonIsPlain() throws {
    let findings = Findings(
      .init(.supported, because: "So."),
      tables: [
        .init("t", columns: ["a", "b", "c"], rows: [["x", .number(1.5, places: 2), .missing]])
      ],
      pictures: [
        .chart(Chart("c", x: .init("x"), y: .init("y"), series: [])),
        .heat(
          Heat(
            "h", rowName: "r", columnName: "c", rows: ["1"], columns: ["2"], values: [[nil]],
            low: 0,
            high: 1)),
      ])
    func text(_ value: some Encodable) throws -> String {
      String(decoding: try CanonicalCoder.encode(value), as: UTF8.self)
    }
    #expect(try !text(findings).contains("\"_0\""))
    #expect(try text(findings).contains(#"["x",{"number":1.5,"places":2},null]"#))
    #expect(
      try CanonicalCoder.decode(Findings.self, from: CanonicalCoder.encode(findings)) == findings)
    let values: [Claim.Value] = [.number(3), .words(["a", "b"]), .words([]), .file("x.csv")]
    #expect(try text(values) == #"[3,["a","b"],[],"x.csv"]"#)
    #expect(
      try CanonicalCoder.decode([Claim.Value].self, from: CanonicalCoder.encode(values)) == values)
    let tolerances: [Claim.Tolerance] = [.absolute(0.5), .factor(2)]
    #expect(try text(tolerances) == #"[{"absolute":0.5},{"factor":2}]"#)
    #expect(
      try CanonicalCoder.decode([Claim.Tolerance].self, from: CanonicalCoder.encode(tolerances))
        == tolerances)
  }
}
