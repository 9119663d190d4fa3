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
}
