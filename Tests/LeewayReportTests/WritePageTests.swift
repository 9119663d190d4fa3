import Foundation
import LeewayReport
import Testing

/// Writes the fixtures' pages to be looked at: LEEWAY_WRITE_PAGE=folder.
@Suite struct WritePageTests {
  static let folder = ProcessInfo.processInfo.environment["LEEWAY_WRITE_PAGE"]

  @Test(.enabled(if: folder != nil, "set LEEWAY_WRITE_PAGE to a folder"))
  func writesPages() throws {
    let folder = try #require(Self.folder)
    for shape in Fixture.Shape.allCases {
      let result = try Fixture.result(shape)
      let path = folder + "/" + shape.rawValue
      try Data(StudyPage.html(result).utf8).write(to: URL(filePath: path + ".html"))
      for (columns, color) in [(160, true), (100, false), (60, false)] {
        let text = StudyTable.text(result, columns: columns, color: color)
        try Data(text.utf8).write(to: URL(filePath: path + "-\(columns).txt"))
      }
    }
  }

  @Test(.enabled(if: folder != nil, "set LEEWAY_WRITE_PAGE to a folder"))
  func writesOddPages() throws {
    let folder = try #require(Self.folder)
    var dense = Fixture.Options()
    dense.doses = (1...100).map { Double($0) / 25 }
    dense.sites = Array(0..<26)
    var lone = Fixture.Options()
    (lone.doses, lone.randoms, lone.refits, lone.sites) = ([1], 0, 0, [3])
    for (name, options) in [("dense", dense), ("lone", lone)] {
      let page = StudyPage.html(try Fixture.result(options))
      try Data(page.utf8).write(to: URL(filePath: folder + "/" + name + ".html"))
    }
  }

  @Test(.enabled(if: folder != nil, "set LEEWAY_WRITE_PAGE to a folder"))
  func writesFamilies() throws {
    let folder = try #require(Self.folder)
    let family = try FamilyTests.family(beside: true)
    try Data(FamilyPage.html(family).utf8).write(to: URL(filePath: folder + "/family.html"))
    var options = Fixture.Options()
    options.beside = true
    let page = StudyPage.html(try Fixture.result(options))
    try Data(page.utf8).write(to: URL(filePath: folder + "/beside.html"))
    for (columns, color) in [(100, false), (100, true), (60, false), (140, false)] {
      let text = FamilyTable.text(family, columns: columns, color: color)
      let name = folder + "/family-\(columns)\(color ? "-ink" : "").txt"
      try Data(text.utf8).write(to: URL(filePath: name))
    }
  }
}

extension WritePageTests {
  @Test(.enabled(if: folder != nil, "set LEEWAY_WRITE_PAGE to a folder"))
  func writesClaims() throws {
    let folder = try #require(Self.folder)
    func write(_ text: String, _ name: String) throws {
      try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
    }
    let record = try ClaimFixture.record()
    let claim = ClaimFixture.claim()
    let entries = [ClaimEntry(claim, record: record), ClaimEntry(claim, record: nil)]
    try write(ClaimPage.html(record), "claim.html")
    try write(ClaimIndexPage.html(entries), "claims.html")
    try write(try #require(ClaimPicture.svg(record)), "claim.svg")
    var odd = ClaimFixture.findings
    odd.pictures = ClaimFixture.odd.map { name, chart in
      var chart = chart
      chart.title = name
      return .chart(chart)
    }
    try write(ClaimPage.html(try ClaimFixture.record(odd)), "odd-claim.html")
    for columns in [60, 100, 140] {
      try write(
        ClaimTable.list(entries, columns: columns, color: false)
          + ClaimTable.text(claim, columns: columns, color: false)
          + ClaimTable.text(record, wholly: true, columns: columns, color: false),
        "claim-\(columns).txt")
    }
  }
}
