import Foundation
import LeewayClaims
import Testing

/// The guide's example is real.
@Suite struct GuideTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  @Test func theGuideQuotesTheExample() throws {
    let file = try text("Tests/LeewayClaimsTests/GuideExample.swift")
    let from = try #require(file.range(of: "from the next line on.\n")).upperBound
    let end = try #require(file.range(of: "\n\nfunc ")).lowerBound
    #expect(try text("Documentation/AddAClaim.md").contains("```swift\n\(file[from..<end])\n```"))
  }

  @Test func theExampleIsMeasuredOnce() throws {
    let tools = ClaimTools()
    let record = try Claim.randomCosine.run(tools: tools)
    #expect(record.checks.map(\.holds) == [true])
    #expect(record.findings.verdict.outcome == .supported)
    // Everything is kept: a run that may make no step gives the same.
    let kept = ClaimTools(notebook: tools.notebook, isCancelled: { true })
    #expect(try Claim.randomCosine.run(tools: kept) == record)
    #expect(throws: ClaimError.cancelled(claim: "random-cosine")) {
      try Claim.randomCosine.run(["pairs=99"], tools: kept)
    }
    let small = try Claim.randomCosine.run(["width=2"], tools: tools)
    #expect(small.findings.verdict.outcome == .refuted && small.checks.isEmpty)
  }

  @Test func settingsAreRead() throws {
    let claim = Claim.randomCosine
    #expect(try claim.values(["pairs=20", "pairs=30"])["pairs"] == .number(30))
    #expect(
      throws: ClaimError.unknownParameter(
        claim: "random-cosine", name: "pair", known: ["pairs", "width"])
    ) { try claim.values(["pair=20"]) }
    for bad in ["pairs=9", "pairs=20.5", "pairs=", "pairs=inf", "pairs=0x14"] {
      #expect(throws: ClaimError.self) { try claim.values([bad]) }
    }
    #expect(throws: ClaimError.badSetting("pairs")) { try claim.values(["pairs"]) }
    let number = Claim.Parameter.number("cost", 1, 0...100, "")
    for bad in ["0x10", "nan", "inf", "1e999", "ten"] {
      #expect(throws: ClaimError.self) { try number.value(bad, claim: "a") }
    }
  }
}
