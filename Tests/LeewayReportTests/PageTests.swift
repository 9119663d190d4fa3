import Foundation
import LeewayReport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What must hold for the page of every study, whatever its curves.
@Suite struct PageTests {
  static let order = [
    "<h1>", "id=\"chart\"", "id=\"windows\"", "id=\"arms\"", "id=\"map\"", "id=\"samples\"",
    "id=\"doses\"", "id=\"refits\"", "id=\"record\"",
  ]

  @Test(arguments: Fixture.Shape.allCases)
  func holdsAllPartsInOrder(_ shape: Fixture.Shape) throws {
    let page = StudyPage.html(try Fixture.result(shape))
    var rest = page[...]
    for part in Self.order {
      let found = try #require(rest.range(of: part), "\(part) is missing or out of order")
      rest = rest[found.upperBound...]
    }
    #expect(page.contains("prefers-color-scheme: dark"))
    #expect(page.contains("@media print"))
    #expect(page.contains("9f2c41d07be3"))
  }

  @Test(arguments: Fixture.Shape.allCases)
  func refersToNothingOutside(_ shape: Fixture.Shape) throws {
    let page = StudyPage.html(try Fixture.result(shape))
    for address in [
      "http:", "https:", "//", "@import", "url(", "<script", "src=", "href=", "<link",
    ] {
      #expect(!page.contains(address), "\(address)")
    }
  }

  @Test(arguments: Fixture.Shape.allCases)
  func drawsWellFormedDrawings(_ shape: Fixture.Shape) throws {
    let drawings = try Self.drawings(StudyPage.html(try Fixture.result(shape)))
    #expect(drawings.count >= 4)
    for drawing in drawings {
      #expect(Self.isWellFormed(drawing), "\(drawing.prefix(200))")
      for bad in ["nan", "inf\"", "—\" "] { #expect(!drawing.contains(bad), "\(bad)") }
    }
  }

  @Test(arguments: Fixture.Shape.allCases)
  func drawsAPictureOfItsOwn(_ shape: Fixture.Shape) throws {
    let picture = try #require(StudyPicture.svg(try Fixture.result(shape)))
    #expect(Self.isWellFormed(picture))
    #expect(picture.contains("xmlns=") && picture.contains("--effect:"))
    #expect(picture.contains("effect-line"))
  }

  @Test func drawsNoPictureOfNothing() throws {
    var empty = try Fixture.result(.open)
    empty.arms = []
    #expect(StudyPicture.svg(empty) == nil)
  }

  @Test func isTheSameEachTime() throws {
    let result = try Fixture.result(.open)
    #expect(StudyPage.html(result) == StudyPage.html(result))
  }

  static let hostile = [
    "</script><svg onload=alert(1)>", "\" onmouseover=\"x", "' onfocus='x", "<!--", "]]>", "&amp;",
    "a\u{0}b\u{1B}[31mred\u{7}", "\u{202E}txt.exe", "\u{FFFE}\u{FFFF}\u{9B}31m", "</title><b>",
    "</style><b>",
  ]

  @Test(arguments: hostile)
  func obeysNoText(_ text: String) throws {
    var options = Fixture.Options()
    (options.text, options.target, options.question) = (text, text, text)
    let page = StudyPage.html(try Fixture.result(options))
    for tag in ["<svg onload", "</script", "<!--", "<b>\"", "\" onmouseover=\"", "</title><b>"] {
      #expect(!page.contains(tag), "\(tag)")
    }
    #expect(page.components(separatedBy: "</style>").count == 2)
    for scalar in page.unicodeScalars {
      let hidden = scalar.value < 0x20 && scalar != "\n" && scalar != "\t"
      #expect(!hidden && !(0x7F...0x9F).contains(scalar.value) && scalar != "\u{202E}")
    }
    for drawing in try Self.drawings(page) { #expect(Self.isWellFormed(drawing)) }
  }

  @Test func breaksOnNoOddData() throws {
    var options = Fixture.Options()
    for doses in [[1], (1...100).map { Double($0) / 25 }] {
      options.doses = doses
      let drawings = try Self.drawings(StudyPage.html(try Fixture.result(options)))
      #expect(drawings.count >= 4)
      for drawing in drawings { #expect(Self.isWellFormed(drawing)) }
    }
    options.doses = []
    #expect(StudyPage.html(try Fixture.result(options)).contains("id=\"record\""))
    options = Fixture.Options()
    options.randoms = 0
    options.refits = 0
    let page = StudyPage.html(try Fixture.result(options))
    #expect(page.contains("No random arms were run"))
    #expect(page.contains("not tested against chance"))
    #expect(page.contains("title=\"no refits\""))
    var empty = try Fixture.result(.open)
    empty.arms = []
    #expect(StudyPage.html(empty).contains("No arm was run"))
  }

  @Test func printsADashForWhatIsMissing() throws {
    let page = StudyPage.html(try Fixture.result(.allNil))
    #expect(page.contains("title=\"no window was estimated for this arm\""))
    #expect(page.contains("title=\"nothing was generated at this dose\""))
    #expect(page.contains("no window could be estimated"))
    #expect(!page.contains("class=\"window-open\""))
    #expect(!page.contains("class=\"dot-vector\""), "no area is not an area of 0")
  }

  @Test func saysWhatTheVerdictAllows() throws {
    let random = StudyPage.html(try Fixture.result(.notAboveRandom))
    #expect(random.contains("class=\"window-doubt\"") && !random.contains("class=\"window-open\""))
    #expect(random.contains("not above random"))
    let shut = StudyPage.html(try Fixture.result(.shut))
    #expect(shut.contains("class=\"window-shut-stripes\""))
    #expect(shut.contains("breaks the model at dose 0.4 (0.344 to 0.46) and works from dose 1.1"))
    let never = StudyPage.html(try Fixture.result(.noOnset))
    #expect(never.contains("onset &gt; 2, beyond the grid"))
    #expect(!never.contains("class=\"window-open\""))
    let above = StudyPage.html(try Fixture.result(.noCeiling))
    #expect(above.contains("ceiling &gt; 2, beyond the grid") && above.contains("≥ +"))
  }

  @Test func showsACounterThatDiffers() throws {
    var result = try Fixture.result(.open)
    #expect(!StudyPage.html(result).contains("class=\"bad\">≠"))
    result.arms[2].points[4].additionsMade -= 1
    let page = StudyPage.html(result)
    #expect(page.contains("class=\"bad\">≠ 3\u{A0}840"))
    #expect(page.contains("different at 1 conditions"))
  }

  static func drawings(_ page: String) throws -> [String] {
    let parts = page.components(separatedBy: "<svg ").dropFirst()
    return try parts.map { part in
      let end = try #require(part.range(of: "</svg>"))
      return "<svg " + part[..<end.upperBound]
    }
  }

  static func isWellFormed(_ drawing: String) -> Bool {
    XMLParser(data: Data(drawing.utf8)).parse()
  }
}
