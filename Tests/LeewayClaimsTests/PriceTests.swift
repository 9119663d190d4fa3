import Foundation
import LeewayClaims
import Testing

@Suite("Prices") struct PriceTests {
  private static let header = PriceList.columns.joined(separator: ",")
  private static let row = "gpt-9,2030-01,full,yes,1,2,2030-02-03,here"

  private func fault(_ lines: String...) -> String {
    do throws(ClaimError) {
      _ = try PriceList(text: lines.joined(separator: "\n"), path: "p.csv")
      return "none"
    } catch {
      guard case .badFile("p.csv", let line, let problem) = error else { return "\(error)" }
      return "\(line): \(problem)"
    }
  }

  /// Data that users are shown: every row whole, dated and with an address.
  @Test func everyPriceHasItsSource() throws {
    let list = try PriceList.standard()
    #expect(list.rows.count >= 9)
    for row in list.rows {
      #expect(row.source.hasPrefix("https://") && row.date >= "2024" && row.output >= row.input)
    }
  }

  @Test func aTranscriptCostsWhatItsTokensCost() throws {
    let list = try PriceList(text: "\(Self.header)\n\(Self.row)\n", path: "p.csv")
    let row = try #require(list.rows.first)
    #expect(row.cost(input: 3e6, answer: 5e5, thinking: 1e6) == 3 + 1 + 2)
    var silent = row
    silent.thinks = false
    #expect(silent.cost(input: 3e6, answer: 5e5, thinking: 1e6) == 4)
  }

  /// As spreadsheets write it: a row in quotes replaces the same model.
  @Test func quotesAreNoPartOfAField() throws {
    let row = #" "gpt-9" ,"2030-01","full","yes","1","2","2028-02-29","Smith, ""J"", 2030""#
    let list = try PriceList(text: "\(Self.header)\n\(row)\n", path: "p.csv")
    #expect(list.rows.map(\.model) == ["gpt-9"])
    #expect(list.rows.map(\.source) == [#"Smith, "J", 2030"#])
    let plain = try PriceList(text: "\(Self.header)\n\(Self.row)\n", path: "p.csv")
    #expect(plain.overridden(by: list).rows.count == 1)
  }

  /// gpt-5.4-mini costs more than gpt-3.5-turbo.
  @Test func notEverySmallModelIsCheap() throws {
    let list = try PriceList.standard().rows
    func cost(_ row: PriceList.Row) -> Double { row.cost(input: 10_000, answer: 300, thinking: 0) }
    let full = list.filter { $0.size == .full }
    let small = list.filter { $0.size == .small }
    let cheap = small.filter { one in full.allSatisfy { cost(one) < cost($0) } }.count
    let found = try Claims.named("older-models-cheaper").run(tools: ClaimTools()).findings
    #expect(cheap < small.count)
    #expect(found.notes.contains { $0.hasPrefix("\(cheap) of \(small.count) small models") })
  }

  @Test func nothingReadCostsNothing() {
    #expect(throws: ClaimError.self) {
      try Claims.named("older-models-cheaper").run(
        ["input-tokens=0", "answer-tokens=0"], tools: ClaimTools())
    }
  }

  @Test func everyMistakeIsOneClearSentence() {
    let cases = [
      (fault(""), "1: holds no price"), (fault(Self.header), "1: holds no price"),
      (fault("modle,released"), "1: no column is called \"modle\"; did you mean \"model\"?"),
      (fault("model,input"), "1: needs the column \"released\" once"),
      (fault(Self.header, Self.row, Self.row), "3: gpt-9 stands on line 2 already"),
      (fault(Self.header, "gpt-9,2030-01,full"), "2: has 3 fields, the first line 8"),
      (fault(Self.header, "a,2030-13,full,yes,1,2,2030,x"), "2: released is \"2030-13\""),
      (fault(Self.header, "a,2030-01,big,yes,1,2,2030,x"), "2: size is \"big\""),
      (fault(Self.header, "a,2030-01,full,1,1,2,2030,x"), "2: thinks is \"1\""),
      (fault(Self.header, "a,2030-01,full,no,$1,2,2030,x"), "2: input is \"$1\""),
      (fault(Self.header, "a,2030-01,full,no,1,nan,2030,x"), "2: output is \"nan\""),
      (fault(Self.header, "a,2030-01,full,no,1,-2,2030,x"), "2: output is \"-2\""),
      (fault(Self.header, "a,2030-01,full,no,0x10,2,2030,x"), "2: input is \"0x10\""),
      (fault(Self.header, "a,2030-01,full,no,1,2,May,x"), "2: date is \"May\""),
      (fault(Self.header, "a,2030-01,full,no,1,2,2030-13,x"), "2: date is \"2030-13\""),
      (fault(Self.header, "a,2030-01,full,no,1,2,2030-02-29,x"), "2: date is \"2030-02-29\""),
      (fault(Self.header, "a,２０３０-01,full,no,1,2,2030,x"), "2: released is \"２０３０-01\""),
      (fault(Self.header, "a,2030-01,full,no,-0,2,2030,x"), "2: input is \"-0\""),
      (fault(Self.header, "a,2030-01,full,no,1e308,2,2030,x"), "2: input is \"1e308\""),
      (fault(Self.header, "\"a,2030-01,full,no,1,2,2030,x"), "2: a double quote opens"),
      (fault(Self.header, "\"a\"b,2030-01,full,no,1,2,2030,x"), "2: a double quote opens"),
      (fault(Self.header, "a,2030-01,full,no,1,2,2030,"), "2: source is empty"),
    ]
    for (found, expected) in cases { #expect(found.hasPrefix(expected), "\(found)") }
  }

  @Test func aUsersPricesTakeTheirPlaceAndTheVerdictTurns() throws {
    let path = FileManager.default.temporaryDirectory.appending(
      path: "prices-\(ProcessInfo.processInfo.processIdentifier).csv"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    // GPT-4 becomes cheap, and what is new is dear.
    let rows =
      ["gpt-4,2023-03,full,no,0.1,0.1,2030,x"]
      + (1...6).map { "new-\($0),2030-0\($0),full,no,\(50 + $0),\(50 + $0),2030,x" }
    try ([Self.header] + rows).joined(separator: "\r\n").write(
      toFile: path, atomically: true, encoding: .utf8)
    let claim = try Claims.named("older-models-cheaper")
    let found = try claim.run(["prices=\(path)"], tools: ClaimTools()).findings
    #expect(found.verdict.outcome == .refuted)
    #expect(abs((found.value("gpt-4-input") ?? 0) - 0.08) < 1e-12)
    let quiet = try claim.run(["thinking-tokens=0"], tools: ClaimTools()).findings
    #expect(quiet.value("older-cheaper") == quiet.value("older-cheaper-thinking"))
  }
}
