import Foundation

/// The package as files: what the laws of the house read.
struct House {
  let root: URL

  /// A file's place in the package and its lines.
  struct File {
    var path: String
    var lines: [String]
    /// The folder in `Sources`: the target.
    var target: String { String(path.split(separator: "/")[1]) }
  }

  init(_ testFile: String = #filePath) {
    root = URL(fileURLWithPath: testFile).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
  }

  var targets: [String] {
    let sources = root.appendingPathComponent("Sources")
    let found = try? FileManager.default.contentsOfDirectory(atPath: sources.path)
    return (found ?? []).filter { !$0.hasPrefix(".") }.sorted()
  }

  func files(under folder: String, ending: [String] = [".swift"]) throws -> [File] {
    let base = root.appendingPathComponent(folder)
    let walk = FileManager.default.enumerator(atPath: base.path)
    let paths = (walk?.compactMap { $0 as? String } ?? []).sorted()
    return try paths.filter { path in ending.contains { path.hasSuffix($0) } }.map { path in
      let text = try String(contentsOf: base.appendingPathComponent(path), encoding: .utf8)
      return File(
        path: "\(folder)/\(path)",
        lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }
  }
}

extension House.File {
  /// The modules that the file imports.
  var imports: [String] {
    lines.compactMap { line in
      let words = line.split(separator: " ").drop {
        $0.hasPrefix("@") || ["public", "package", "internal", "private"].contains($0)
      }
      guard words.first == "import" else { return nil }
      return words.last.map { String($0.prefix { $0 != "." }) }
    }
  }

  /// The lines that are code, without what stands behind `//`.
  var code: [(number: Int, text: String)] {
    lines.enumerated().compactMap { index, line in
      let text = line.range(of: "//").map { String(line[..<$0.lowerBound]) } ?? line
      return text.allSatisfy(\.isWhitespace) ? nil : (index + 1, text)
    }
  }
}
