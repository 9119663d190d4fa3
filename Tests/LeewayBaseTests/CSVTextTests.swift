import LeewayBase
import Testing

@Suite struct CSVTextTests {
  @Test(arguments: [
    ["a", "b"], [""], ["", ""], ["a,b", "c"], ["say \"so\"", "x"], ["\"", "\"\""],
    ["1.5", "-2e3", ""],
  ])
  func fieldsComeBack(_ fields: [String]) {
    let line = CSVText.text([fields])
    #expect(line.hasSuffix("\n"))
    #expect(CSVText.fields(line.dropLast()) == fields)
  }

  @Test func spacesAroundFieldsAreNoPartOfThem() {
    #expect(CSVText.fields(" a , \"b, c\" ,d  ") == ["a", "b, c", "d"])
  }

  @Test(arguments: ["\"a", "a,\"b", "\"a\"b,c", "\"a\"\""])
  func quotesThatEncloseNoWholeFieldAreRefused(_ line: String) {
    #expect(CSVText.fields(line[...]) == nil)
  }
}
