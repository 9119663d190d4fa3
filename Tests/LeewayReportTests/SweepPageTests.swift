import LeewayClaims
import LeewayReport
import Testing

/// A sweep as page, as text and as CSV.
@Suite struct SweepPageTests {
  private static let claim = Claim(
    id: "steps", title: "Does it <rise>?", sentence: "It rises & falls.", hypothesis: "",
    experiment: "", cost: .quick(seconds: 1),
    parameters: [
      .number("height", 1, 0...9, "how high"), .number("slope", 1, 0...9, "how steep"),
      .integer("seed", 1, 0...9, "of chance"), .words("kinds", ["a"], of: ["a", "b"], "which"),
    ],
    targets: [.init("sum", 1, within: .absolute(0.5))],
    measure: { run in
      let height = run.number("height")
      if height > 6 { throw ClaimError.noSolution(claim: "steps", condition: "height up to 6") }
      return Findings(
        .init(height < 2 ? .refuted : .supported, because: "So it is."),
        values: [
          .init("sum", "the sum, all in", height * Double(run.integer("seed")), low: 0, high: 9),
          .init("slope", "slope", run.number("slope"), unit: "m"), .init("lost", "lost", nil),
        ])
    })

  private func sweep(_ over: String...) throws -> ClaimSweep {
    try Self.claim.sweep(
      over: over.map { try Self.claim.axis($0) }, engine: "leeway 0", tools: ClaimTools(),
      describe: { _ in "no answer there" })
  }

  private func text(_ sweep: ClaimSweep, columns: Int = 100) -> String {
    SweepTable.text(sweep, values: ["sum", "slope"], columns: columns, color: false)
  }

  @Test func tellsWhereTheVerdictTurns() throws {
    let text = text(try sweep("height=0:8:5"))
    #expect(
      text.contains(
        "refuted at height 0, supported from height 2 to 6, no answer at height 8"))
    #expect(text.contains("height 8: no answer there"))
    #expect(self.text(try sweep("height=3,4,5")).contains("supported at every height"))
    #expect(self.text(try sweep("kinds=a,b")).contains("refuted at every kinds"))
    let map = self.text(try sweep("height=0,4,8", "slope=1,2"))
    #expect(map.contains("refuted at 2 of 6, supported at 2 of 6, no answer at 2 of 6"))
    for columns in [60, 80, 120] {
      for line in self.text(try sweep("height=0:8:5"), columns: columns).split(separator: "\n") {
        #expect(line.count <= columns)
      }
    }
  }

  @Test func targetsAreCountedOverSeeds() throws {
    let text = text(try sweep("seed=1,2"))
    #expect(text.contains("1 of 1") && text.contains("0 of 1"))
    #expect(text.contains("TARGET FAILED: seed 2: the sum, all in is 2"))
    #expect(
      try SweepPage.html(sweep("seed=1,2"), values: ["sum"]).contains("Target failed: seed 2"))
  }

  @Test func thePageHoldsAllParts() throws {
    let page = SweepPage.html(try sweep("height=0:8:5"), values: ["sum", "slope"])
    var rest = page[...]
    for part in [
      "<blockquote class=\"claimed\">It rises &amp; falls.", "<h1>Does it &lt;rise&gt;?",
      "Refuted at height 0", "height: how high", "id=\"pictures\"", "<svg",
      "id=\"points\"", "no answer there",
      "leeway claims sweep steps --over height=0,2,4,6,8</pre>", "leeway 0",
    ] {
      let found = try #require(rest.range(of: part), "\(part) is missing or out of order")
      rest = rest[found.upperBound...]
    }
    let map = SweepPage.html(try sweep("height=0,4", "slope=1,2"), values: ["sum"])
    #expect(map.contains("height 4, slope 2"))
    let words = SweepPage.html(try sweep("kinds=a,b"), values: ["sum", "lost"])
    #expect(words.contains("<svg"))
  }

  @Test func theCSVHoldsEveryValue() throws {
    let lines = SweepTable.csv(try sweep("height=1,8")).split(separator: "\n")
    #expect(
      lines == [
        "height,verdict,sum,sum_low,sum_high,slope,slope_low,slope_high,lost,lost_low,lost_high",
        "1,refuted,1.0,0.0,9.0,1.0,,,,,", "8,,,,,,,,,,",
      ])
  }
}
