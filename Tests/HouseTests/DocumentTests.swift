import Foundation
import Testing

/// Documents that a reader follows: what they name is there.
@Suite("Documents") struct DocumentTests {
  private let house = House()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: house.root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test(arguments: ["README.md", "Documentation/WriteAStudy.md"])
  func linksLeadSomewhere(_ path: String) throws {
    let folder = URL(fileURLWithPath: house.root.path + "/" + path).deletingLastPathComponent()
    let document = try text(path)
    let links = document.matches(of: /\]\(([^)#:]+)\)/).map { String($0.output.1) }
    #expect(!links.isEmpty)
    for link in links {
      let place = folder.appendingPathComponent(link).path
      #expect(FileManager.default.fileExists(atPath: place), "\(path) links to \(link)")
    }
  }

  /// The guide to studies leaves no key out.
  @Test func everyKeyOfAStudyIsTold() throws {
    let guide = try text("Documentation/WriteAStudy.md")
    let readers = try house.files(under: "Sources/LeewayStudy/StudyFile")
    let lists = readers.flatMap(\.code).map(\.text).filter { line in
      line.contains("ys = [") || line.contains(".keys([") || line.hasPrefix("    \"")
        || line.hasPrefix("      \"")
    }
    let keys = Set(
      lists.flatMap { $0.matches(of: /"([a-z][a-z-]+)"/).map { String($0.output.1) } })
    #expect(keys.count > 30, "the keys were not found: \(keys)")
    for key in keys.sorted() { #expect(guide.contains(key), "the guide leaves out \(key)") }
  }

  @Test func theReadmeNamesEveryTarget() throws {
    let readme = try text("README.md")
    for target in house.targets { #expect(readme.contains(target), "README lacks \(target)") }
  }
}
