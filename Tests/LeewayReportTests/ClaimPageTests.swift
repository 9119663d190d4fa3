import Foundation
import LeewayClaims
import LeewayReport
import Testing

/// What must hold for the page of every claim, whatever it found.
@Suite struct ClaimPageTests {
  @Test func holdsAllPartsInOrder() throws {
    let page = ClaimPage.html(try ClaimFixture.record())
    var rest = page[...]
    for part in [
      "<blockquote class=\"claimed\">", "relative difficulty", "<h1>Does the window close",
      "o-refuted\">Refuted.</span> The room grows", "id=\"pictures\"", "Width against size",
      "id=\"measured\"", "id=\"tables\"", "id=\"notes\"", "id=\"beside\"", "not targets",
      "id=\"method\"", "id=\"parameters\"", "leeway claims run size-trend</pre>",
    ] {
      let found = try #require(rest.range(of: part), "\(part) is missing or out of order")
      rest = rest[found.upperBound...]
    }
    #expect(page.contains("prefers-color-scheme: dark") && page.contains("@media print"))
    #expect(page == ClaimPage.html(try ClaimFixture.record()))
  }

  /// Links to sources are followed by whoever clicks; nothing is loaded.
  @Test func loadsNothing() throws {
    let pages = [
      ClaimPage.html(try ClaimFixture.record()),
      ClaimIndexPage.html([ClaimEntry(ClaimFixture.claim(), record: try ClaimFixture.record())]),
    ]
    for page in pages {
      for address in ["<script", "src=", "@import", "url(", "<link", "<img", "=\"javascript:"] {
        #expect(!page.contains(address), "\(address)")
      }
    }
    #expect(pages[0].components(separatedBy: "href=").count == 2)
    #expect(pages[0].contains("href=\"https://example.org/a?b=&quot;c&quot;\""))
    #expect(pages[1].contains("href=\"size-trend.html\""))
  }

  @Test func setsValuesBesideTargets() throws {
    let page = ClaimPage.html(try ClaimFixture.record())
    #expect(page.contains("0.35 ± 0.01") && page.contains("0.21 to 0.49"))
    #expect(page.contains("0.5 within a factor of 1.2") && page.contains("0.7 to ∞"))
    #expect(page.contains("25\u{A0}248"))
    #expect(page.contains("Target failed: share of tasks kept is 0.731"))
    #expect(page.contains("Target failed: absent was not measured; expected 1 ± 0.1"))
    #expect(page.contains("title=\"not measured\""))
    let other = ClaimPage.html(try ClaimFixture.record(ClaimFixture.findings, ["seeds=2"]))
    #expect(!other.contains("Target failed") && other.contains("no target applies"))
    #expect(other.contains("leeway claims run size-trend --set seeds=2</pre>"))
    #expect(other.contains("the default parameter's. Here seeds = 2."))
    #expect(!page.contains("the default parameter's"))
  }

  @Test func showsEmptyFindings() throws {
    let empty = Findings(.init(.undecided, because: "Nothing was measured."))
    let record = try ClaimFixture.record(empty, ["seeds=2"])
    let page = ClaimPage.html(record)
    #expect(page.contains("No number was measured") && page.contains(">Undecided.</span>"))
    #expect(!page.contains("<svg") && !page.contains("id=\"tables\""))
    #expect(ClaimPicture.svg(record) == nil)
    let index = ClaimIndexPage.html([
      ClaimEntry(ClaimFixture.claim(), record: record),
      ClaimEntry(ClaimFixture.claim(), record: nil),
      ClaimEntry(ClaimFixture.claim(), record: nil, isUnreadable: true),
    ])
    #expect(index.contains("not run") && index.contains("run it again"))
    #expect(index.contains("3 claims, 1 measured: 1 undecided.") && !index.contains("swept"))
  }

  @Test func linksToSweeps() {
    let entry = ClaimEntry(ClaimFixture.claim(), record: nil, sweeps: [["seed"], ["a", "b"]])
    #expect(
      ClaimIndexPage.html([entry]).contains(
        "swept over <a href=\"size-trend-by-seed.html\">seed</a>, "
          + "<a href=\"size-trend-by-a-b.html\">a and b</a>"))
  }

  @Test(arguments: PageTests.hostile)
  func obeysNoText(_ text: String) throws {
    var findings = ClaimFixture.findings
    findings.verdict.because = text
    findings.notes = [text]
    findings.values[0].label = text
    findings.values[0].unit = text
    findings.tables = [.init(text, caption: text, columns: [text], rows: [[.text(text)]])]
    findings.pictures = [
      .chart(
        Chart(
          text, caption: text, x: .init(text), y: .init(text),
          series: [.init(text, .dots, [.init(1, 1)]), .init(text, .line, [.init(1, 1)])],
          rules: [.init(.x, 1, text), .init(.y, 1, text)])),
      .heat(
        Heat(
          text, caption: text, rowName: text, columnName: text, rows: [text], columns: [text],
          values: [[1]], low: 0, high: 1)),
    ]
    let record = try ClaimFixture.record(findings, text: text)
    let claim = ClaimFixture.claim(text: text)
    let index = ClaimIndexPage.html([ClaimEntry(claim, record: record)])
    for page in [ClaimPage.html(record), index] {
      for tag in ["<svg onload", "</script", "<!--", "<b>\"", "\" onmouseover=\"", "</title><b>"] {
        #expect(!page.contains(tag), "\(tag)")
      }
      #expect(page.components(separatedBy: "</style>").count == 2)
      for scalar in page.unicodeScalars {
        let hidden = scalar.value < 0x20 && scalar != "\n" && scalar != "\t"
        #expect(!hidden && !(0x7F...0x9F).contains(scalar.value) && scalar != "\u{202E}")
      }
      for drawing in try PageTests.drawings(page) { #expect(PageTests.isWellFormed(drawing)) }
    }
    let plain = ClaimTable.text(record, wholly: true, columns: 80, color: false)
    #expect(plain.utf8.allSatisfy { $0 < 0x80 && ($0 >= 0x20 || $0 == 0x0A) })
    let colored = ClaimTable.text(record, wholly: true, columns: 80, color: true)
    #expect(!colored.contains("\u{9B}") && !colored.contains("\u{7}"))
  }

  @Test(arguments: [60, 80, 120]) func longLabelsAreReadWhole(_ columns: Int) throws {
    var findings = ClaimFixture.findings
    let label =
      "chance that a colluding monitor passes both of its tests, evals first, honeypots after"
    findings.values[0].label = label
    findings.tables[0].rows[0] = [.text(label), .text("2 x 32"), .number(0.3391, 2)]
    let record = try ClaimFixture.record(findings)
    let text = ClaimTable.text(record, wholly: true, columns: columns, color: false)
    for line in text.split(separator: "\n") { #expect(line.count <= columns, "\(line)") }
    for word in label.split(separator: " ") {
      #expect(text.components(separatedBy: word).count > 2, "\(word)")
    }
    let first = text.split(separator: "\n").first { $0.hasPrefix("chance that") }
    #expect(first?.contains("0.35") == true, "the value stands beside the label's beginning")
    #expect(columns < 80 || text.contains("95 % interval"), "the label makes room")
  }

  @Test func drawsAPictureOfItsOwn() throws {
    let picture = try #require(ClaimPicture.svg(try ClaimFixture.record()))
    #expect(PageTests.isWellFormed(picture))
    #expect(picture.contains("xmlns=") && picture.contains("--third:"))
    #expect(picture.contains("breaks as it flips") && picture.contains("s-whisker"))
  }
}

@Suite struct ClaimTableTests {
  @Test(arguments: [60, 72, 80, 100, 132, 200]) func fitsTheTerminal(_ columns: Int) throws {
    let record = try ClaimFixture.record()
    let claim = ClaimFixture.claim()
    let entries = [
      ClaimEntry(claim, record: record), ClaimEntry(claim, record: nil),
      ClaimEntry(claim, record: try ClaimFixture.record(ClaimFixture.findings, ["seeds=2"])),
    ]
    for text in [
      ClaimTable.list(entries, columns: columns, color: false),
      ClaimTable.text(claim, columns: columns, color: false),
      ClaimTable.text(record, wholly: true, columns: columns, color: false),
    ] {
      for line in text.split(separator: "\n") {
        #expect(line.count <= columns, "\(line)")
        #expect(line.utf8.allSatisfy { $0 < 0x80 }, "\(line)")
      }
    }
    let list = ClaimTable.list(entries, columns: columns, color: false)
    #expect(list.contains("refuted") && list.contains("size-trend"))
    #expect(list.contains("0.352 octaves"))
    if columns >= 132 { #expect(list.contains("It's the rel") && list.contains("0.35 +- 0.01")) }
    if columns >= 100 { #expect(list.contains("2 of 3 targets failed")) }
  }

  @Test func saysPlainlyThatATargetFailed() throws {
    let text = ClaimTable.text(
      try ClaimFixture.record(), wholly: false, columns: 100, color: false)
    #expect(text.contains("TARGET FAILED: share of tasks kept is 0.731; expected 0.5 within a"))
    #expect(text.contains("refuted: The room grows"))
    #expect(text.contains("0.21 to 0.49"))
    #expect(!text.contains("The family"), "tables belong to show")
  }

  @Test func describesAClaim() {
    let text = ClaimTable.text(ClaimFixture.claim(), columns: 100, color: false)
    for part in [
      "seeds=3", "a whole number from 1 to 9", "slope: 0.35 +- 0.01 (follows from the equations)",
      "about 40 min", "not part of `run all` without --full",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test func saysWhatWasSkippedAndWhatItCosts() {
    #expect(ClaimTable.skipped([]) == nil)
    var short = ClaimFixture.claim()
    (short.id, short.cost) = ("other", .full(minutes: 100))
    #expect(
      ClaimTable.skipped([ClaimFixture.claim(), short])
        == "skipped: size-trend (about 40 min), other (about 100 min), together about 2.3 h;"
        + " run them by name or with: leeway claims run all --full")
  }
}
