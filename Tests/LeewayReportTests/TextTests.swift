import LeewayReport
import Testing

@Suite struct TextTests {
  @Test func writesNumbers() {
    #expect(NumberText.fixed(1.005, 1) == "1.0")
    #expect(NumberText.fixed(-0.04, 1) == "0.0")
    #expect(NumberText.fixed(-1.26, 1) == "-1.3")
    #expect(NumberText.fixed(0.07, 2) == "0.07")
    #expect(NumberText.fixed(.nan, 2) == "—")
    #expect(NumberText.significant(0.0625) == "0.0625")
    #expect(NumberText.significant(0.30001) == "0.3")
    #expect(NumberText.significant(12345) == "12345")
    #expect(NumberText.significant(1.5e-7) == "1.5e-7")
    #expect(NumberText.significant(9.9999e9) == "1e10")
    #expect(NumberText.significant(0) == "0")
    #expect(NumberText.percent(0.625) == "63\u{A0}%")
    #expect(NumberText.percent(.infinity) == "—")
    #expect(NumberText.signed(1.566, 2) == "+1.57")
    #expect(NumberText.signed(-0.4, 2) == "-0.40")
    #expect(NumberText.signed(0.001, 2) == "0.00")
    #expect(NumberText.grouped(-1_234_567) == "-1\u{A0}234\u{A0}567")
    #expect(NumberText.grouped(12) == "12")
    #expect(NumberText.coordinate(12.5) == "12.5")
  }

  @Test func marksWordsThatStandAlone() {
    let pieces = Highlight.pieces(
      "Boys, boy; boyish tomboy GIRL.", target: "boy", original: "girl")
    #expect(pieces.filter { $0.ink == .target }.map(\.text) == ["Boy", "boy"])
    #expect(pieces.filter { $0.ink == .original }.map(\.text) == ["GIRL"])
    #expect(pieces.map(\.text).joined() == "Boys, boy; boyish tomboy GIRL.")
    #expect(Highlight.pieces("abc", target: "", original: "").map(\.text) == ["abc"])
    #expect(Highlight.pieces("", target: "a", original: "b").isEmpty)
  }

  @Test(arguments: [60, 80, 100, 132, 160, 200], Fixture.Shape.allCases)
  func fitsTheTerminal(_ columns: Int, _ shape: Fixture.Shape) throws {
    let text = StudyTable.text(try Fixture.result(shape), columns: columns, color: false)
    for line in text.split(separator: "\n") {
      #expect(line.count <= columns, "\(line)")
      #expect(line.utf8.allSatisfy { $0 < 0x80 }, "\(line)")
    }
    #expect(text.contains("blocks.6"))
    #expect(text.contains("baseline"))
  }

  @Test func sendsNoControlToTheTerminal() throws {
    var options = Fixture.Options()
    options.text = "\u{1B}]0;title\u{7}\u{9B}31m\rx"
    let text = StudyTable.text(try Fixture.result(options), columns: 100, color: false)
    #expect(!text.contains("\u{1B}") && !text.contains("\u{7}") && !text.contains("\r"))
    let colored = StudyTable.text(try Fixture.result(options), columns: 100, color: true)
    #expect(!colored.contains("\u{1B}]") && !colored.contains("\u{9B}"))
  }
}
