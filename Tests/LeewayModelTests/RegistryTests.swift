import Foundation
import LeewayModel
import Testing

/// A family is a file and a line in a list; these laws fail when the line is forgotten.
@Suite struct RegistryTests {
  private func names(in folder: String, ending: String) throws -> [String] {
    let path = PackagePlace.tests + "/../Sources/LeewayModel/" + folder
    return try FileManager.default.contentsOfDirectory(atPath: path)
      .filter { $0.hasSuffix(ending) && !$0.contains("+") }
      .map { String($0.dropLast(ending.count)) }.sorted()
  }

  /// `Qwen3MoE.swift` is `qwen3_moe` in `config.json`.
  @Test func everyArchitectureFileIsListed() throws {
    let types = Architecture.all.map { $0.modelType.filter { $0 != "_" } }
    let files = try names(in: "Architectures", ending: ".swift").filter { $0 != "Architecture" }
    for file in files {
      #expect(
        types.contains(file.lowercased()),
        "Architectures/\(file).swift has no line in Architecture.all, or another modelType")
    }
    #expect(files.map { $0.lowercased() }.sorted() == types.sorted())
    #expect(Set(types).count == types.count)
  }

  @Test func everyGGUFFileIsListed() throws {
    let types = GGUFFamily.all.map { $0.modelType.filter { $0 != "_" } }
    let files = try names(in: "Checkpoint/GGUF", ending: "GGUF.swift")
    for file in files {
      #expect(
        types.contains { $0.hasPrefix(file.lowercased()) },
        "GGUF/\(file)GGUF.swift has no line in GGUFFamily.all, or another modelType")
    }
    #expect(files.count == types.count)
  }
}
