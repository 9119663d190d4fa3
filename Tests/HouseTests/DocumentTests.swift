import Foundation
import Testing

/// Documents that a reader follows: what they name is there.
@Suite("Documents") struct DocumentTests {
  private let house = House()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: house.root.appendingPathComponent(path), encoding: .utf8)
  }

  private static let guides: [String] =
    (try? FileManager.default.contentsOfDirectory(
      atPath: House().root.path + "/Documentation"))?
    .filter { $0.hasSuffix(".md") }.sorted() ?? []

  @Test func linksLeadSomewhere() throws {
    var links = 0
    for path in ["README.md"] + Self.guides.map({ "Documentation/" + $0 }) {
      let folder = URL(fileURLWithPath: house.root.path + "/" + path).deletingLastPathComponent()
      for link in try text(path).matches(of: /\]\(([^)#:]+)\)/).map({ String($0.output.1) }) {
        let place = folder.appendingPathComponent(link).path
        #expect(FileManager.default.fileExists(atPath: place), "\(path) links to \(link)")
        links += 1
      }
    }
    #expect(links > 5)
  }

  /// A guide that nobody finds helps nobody, and a file that it names is there.
  @Test(arguments: guides) func guidesAreFoundAndTrue(_ name: String) throws {
    #expect(try text("README.md").contains("Documentation/\(name)"))
    let guide = try text("Documentation/\(name)")
    // Whole paths; NAME stands for a reader's own.
    for path in guide.matches(of: /`((?:Sources|Tests|Tools|Studies|Recipes)\/[A-Za-z0-9_\/.+-]+)`/)
      .map({ String($0.output.1) }) where !path.contains("NAME")
    {
      let place = house.root.appendingPathComponent(path).path
      #expect(FileManager.default.fileExists(atPath: place), "\(name) names \(path)")
    }
  }

  @Test func theGuideQuotesTheLibrarysExample() throws {
    let program = try text("Tools/library/Sources/window/main.swift")
    #expect(try text("Documentation/UseAsALibrary.md").contains("```swift\n\(program)```"))
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
