import Testing

/// Habits that a reader relies on, held by the files themselves.
@Suite("Habits") struct HabitTests {
  private let house = House()

  private func sources() throws -> [House.File] {
    let files = try house.files(under: "Sources")
    #expect(files.count > 100, "the sources were not found")
    return files
  }

  /// Nothing that a file, a flag or a machine can cause ends the process.
  @Test func nothingIsForced() throws {
    for file in try sources() {
      for (number, text) in file.code {
        for bad in ["try!", "as!", "fatalError("] {
          #expect(!text.contains(bad), "\(file.path):\(number): \(bad)")
        }
      }
    }
  }

  /// Text for people is written in one place.
  @Test func onlyTheCommandsPrint() throws {
    for file in try sources() where !["LeewayCLI", "LeewayBench"].contains(file.target) {
      for (number, text) in file.code where text.contains("print(") {
        Issue.record("\(file.path):\(number) prints below the command")
      }
    }
  }

  /// The one forward pass knows no family by name.
  @Test func noFamilyIsNamedInThePass() throws {
    let families = try house.files(under: "Sources/LeewayModel/Architectures").map {
      $0.path.split(separator: "/").last.map { $0.dropLast(".swift".count).lowercased() } ?? ""
    }.filter { $0 != "architecture" }
    #expect(families.count >= 2)
    for folder in ["Transformer", "Executors"] {
      for file in try house.files(under: "Sources/LeewayModel/\(folder)") {
        for (number, text) in file.code {
          for family in families where text.lowercased().contains(family) {
            Issue.record("\(file.path):\(number) names \(family)")
          }
        }
      }
    }
  }

  /// A result depends on no clock and on no order of hashing.
  @Test func resultsReadNoClock() throws {
    let allowed = ["LeewayCLI", "LeewayBench"]
    for file in try sources() where !allowed.contains(file.target) {
      for (number, text) in file.code {
        for bad in ["Date()", "ContinuousClock", "SystemRandomNumberGenerator", ".random(in"] {
          #expect(!text.contains(bad), "\(file.path):\(number): \(bad)")
        }
      }
    }
  }

  @Test func filesStayShort() throws {
    let files =
      try sources() + house.files(under: "Sources/CLeewayKernels", ending: [".c", ".h"])
    for file in files {
      #expect(file.lines.count <= 401, "\(file.path) has \(file.lines.count) lines")
    }
    let lengths = files.map(\.lines.count).sorted()
    #expect(lengths[lengths.count / 2] <= 120, "the median file has \(lengths[lengths.count / 2])")
  }
}
