import Foundation
import LeewayReport
import LeewayStatistics
import LeewayStudy
import Testing

/// One study on several models, as table and page.
@Suite struct FamilyTests {
  static func family(beside: Bool, text: String? = nil) throws -> Family {
    // Given out of order: the smallest stands first.
    let shapes: [(Fixture.Shape, String, Int)] = [
      (.noOnset, "fledgling-l", 890_000), (.open, "fledgling-xs", 26_000),
      (.shut, "fledgling-m", 310_000), (.undecided, "fledgling-s", 110_000),
    ]
    return Family(
      try shapes.map { shape, name, parameters in
        var options = Fixture.Options()
        options.shape = shape
        options.beside = beside
        options.model = name
        options.parameters = parameters
        if let text { (options.text, options.target, options.question) = (text, text, text) }
        return Family.Member(
          name: text ?? name, page: "\(name)/index.html", result: try Fixture.result(options))
      })
  }

  @Test(arguments: [60, 80, 100, 140], [true, false])
  func fitsTheTerminal(_ columns: Int, _ beside: Bool) throws {
    let text = FamilyTable.text(try Self.family(beside: beside), columns: columns, color: false)
    for line in text.split(separator: "\n") {
      #expect(line.count <= columns, "\(line)")
      #expect(line.utf8.allSatisfy { $0 < 0x80 }, "\(line)")
      #expect(line.last != " ")
    }
    let places = ["xs", "s ", "m ", "l "].map {
      text.range(of: "fledgling-\($0)")?.lowerBound
    }
    #expect(!places.contains(nil))
    #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
    #expect(text.contains("19 random directions a model: no window in any"))
    #expect(text.contains("87 % say"))
    #expect(text.contains("never says it on this grid"))
  }

  @Test func holdsEveryColumnOfTheFamily() throws {
    let text = FamilyTable.text(try Self.family(beside: true), columns: 120, color: false)
    for head in ["params", "knows", "onset", "ceiling", "leeway, 95 %", "spills", "verdict"] {
      #expect(text.contains(head), "\(head)")
    }
    #expect(text.contains("26 k") && text.contains("890 k"))
    #expect(text.contains("x raw vector") && text.contains("majority"))
    #expect(text.contains("a belief in part"))
    #expect(text.contains("One checkpoint a size"))
  }

  /// What ink adds is colour: without its codes the letters stand where they stood.
  @Test func inkMovesNoColumn() throws {
    let family = try Self.family(beside: true)
    let plain = FamilyTable.text(family, columns: 100, color: false).split(separator: "\n")
    let inked = FamilyTable.text(family, columns: 100, color: true)
      .replacing(/\u{1B}\[[0-9;]*m/, with: "").split(separator: "\n")
    let rows = { (lines: [Substring]) in lines.filter { $0.hasPrefix("fledgling-") }.prefix(4) }
    for line in inked { #expect(line.count <= 100, "\(line)") }
    for (one, other) in zip(rows(plain), rows(inked)) {
      #expect(one.prefix(30).count == other.prefix(30).count)
      #expect(one.prefix(20) == other.prefix(20))
    }
  }

  @Test func thePageLinksItsMembersAndNothingElse() throws {
    let page = FamilyPage.html(try Self.family(beside: true))
    for name in ["xs", "s", "m", "l"] {
      #expect(page.contains("href=\"fledgling-\(name)/index.html\""))
    }
    for address in ["http:", "https:", "//", "@import", "url(", "<script", "src=", "<link"] {
      #expect(!page.contains(address), "\(address)")
    }
    let links = page.components(separatedBy: "href=\"").dropFirst()
    #expect(links.allSatisfy { $0.hasPrefix("fledgling-") })
    let drawings = try PageTests.drawings(page)
    // One strip, four panels, and the strokes of the key.
    #expect(drawings.count >= 1 + 4 + 3)
    for drawing in drawings {
      #expect(PageTests.isWellFormed(drawing), "\(drawing.prefix(200))")
      for bad in ["nan", "inf\"", "—\" "] { #expect(!drawing.contains(bad), "\(bad)") }
    }
    #expect(page == FamilyPage.html(try Self.family(beside: true)))
  }

  @Test(arguments: PageTests.hostile) func obeysNoText(_ text: String) throws {
    let page = FamilyPage.html(try Self.family(beside: true, text: text))
    for tag in ["<svg onload", "</script", "<!--", "<b>\"", "\" onmouseover=\"", "</title><b>"] {
      #expect(!page.contains(tag), "\(tag)")
    }
    let table = FamilyTable.text(
      try Self.family(beside: true, text: text), columns: 100, color: false)
    #expect(!table.contains("\u{1B}") && !table.contains("\u{7}"))
  }

  @Test func oneModelAndNoneAreNoFault() throws {
    #expect(FamilyTable.text(Family([]), columns: 80, color: false).contains("no model"))
    #expect(FamilyPage.html(Family([])).contains("No model was run"))
    for shape in Fixture.Shape.allCases {
      let family = Family([
        Family.Member(name: "m", page: "m/index.html", result: try Fixture.result(shape))
      ])
      #expect(FamilyPage.html(family).contains("id=\"curves\""))
      #expect(FamilyTable.text(family, columns: 100, color: false).contains("m "))
    }
  }

  @Test func countsParameters() {
    #expect(Family.count(512) == "512")
    #expect(Family.count(26_112) == "26.1 k")
    #expect(Family.count(8_192) == "8.2 k")
    #expect(Family.count(1_300_000) == "1.3 M")
    #expect(Family.count(124_000_000) == "124 M")
    #expect(Family.count(12_200_000_000) == "12.2 G")
  }

  @Test func findsWhatNotAllCanDo() throws {
    var other = try Fixture.result(.open)
    #expect(Family.notShared([other]) == [2])
    other.capabilities[0].measurable = false
    #expect(Family.notShared([try Fixture.result(.open), other]) == [0, 2])
  }

  @Test func barsShowTheIntervalsOfTheirEnds() throws {
    let result = try Fixture.result(.open)
    let window = try #require(StudyView(result).chosen?.window)
    let doses = [0.0625, 2.0]
    let bar = WindowBar.text(window, doses: doses, width: 60, intervals: true)
    #expect(bar.count == 60)
    #expect(bar.contains("=") && bar.contains("#"))
    #expect(WindowBar.text(window, doses: doses, width: 60).contains("=") == false)
    // Between the intervals the window is sure.
    let sure = bar.split(separator: "=", omittingEmptySubsequences: true)
    #expect(sure.count == 3 && sure[1].allSatisfy { $0 == "#" })
  }
}

/// The parts of a study's page and table that stand beside its window.
@Suite struct BesideReportTests {
  private func result(_ shape: Fixture.Shape = .open) throws -> StudyResult {
    var options = Fixture.Options()
    options.shape = shape
    options.beside = true
    return try Fixture.result(options)
  }

  @Test(arguments: Fixture.Shape.allCases) func thePageHoldsThem(_ shape: Fixture.Shape) throws {
    let page = StudyPage.html(try result(shape))
    let beside = try #require(page.range(of: "id=\"beside\""))
    let windows = try #require(page.range(of: "id=\"windows\""))
    let floors = try #require(page.range(of: "id=\"arms\""))
    #expect(windows.upperBound < beside.lowerBound && beside.upperBound < floors.lowerBound)
    for drawing in try PageTests.drawings(page) {
      #expect(PageTests.isWellFormed(drawing), "\(drawing.prefix(200))")
      for bad in ["nan", "inf\"", "—\" "] { #expect(!drawing.contains(bad), "\(bad)") }
    }
    for part in ["logit bias", "unembedding difference", "Owls are falcons.", "sampled texts"] {
      #expect(page.contains(part), "\(part)")
    }
  }

  @Test func aPlainStudyHasNoSuchPart() throws {
    #expect(!StudyPage.html(try Fixture.result(.open)).contains("id=\"beside\""))
  }

  @Test func saysWhatBreaksFirst() throws {
    let page = StudyPage.html(try result())
    let first = try #require(page.range(of: "class=\"bad\">breaks first"))
    let row = page[..<first.lowerBound].suffix(120)
    #expect(row.contains("arithmetic"))
    let text = StudyTable.text(try result(), columns: 100, color: false)
    let line = try #require(text.split(separator: "\n").first { $0.contains("breaks first") })
    #expect(line.hasPrefix("arithmetic") && line.contains("far"))
    #expect(text.contains("not measurable"))
  }

  @Test(arguments: [60, 80, 100, 132]) func theTableFits(_ columns: Int) throws {
    for shape in Fixture.Shape.allCases {
      let text = StudyTable.text(try result(shape), columns: columns, color: false)
      for line in text.split(separator: "\n") {
        #expect(line.count <= columns, "\(line)")
        #expect(line.utf8.allSatisfy { $0 < 0x80 }, "\(line)")
      }
    }
    let text = StudyTable.text(try result(), columns: columns, color: false)
    #expect(text.contains("entailment"))
    #expect(text.contains("of 40 say \"falcon\""))
  }
}
