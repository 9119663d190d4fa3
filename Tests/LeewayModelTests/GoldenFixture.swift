import Foundation
import LeewayBase
import LeewayModel

/// A folder of `Golden/`: a tiny checkpoint and what the reference computes from it.
struct GoldenFixture: Sendable {
  struct Prompt: Decodable, Sendable {
    var ids: [Int]
    var greedy: [Int]
  }
  struct Manifest: Decodable, Sendable {
    var architecture: String
    /// SHA-256 of every other file of the folder.
    var files: [String: String]
    var prompts: [Prompt]
  }

  static let root = PackagePlace.tests + "/LeewayModelTests/Golden"
  /// Every folder but `shared`, sorted.
  static let names: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: root).filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: root + "/" + $0, isDirectory: &isFolder)
        && isFolder.boolValue && $0 != "shared"
    }.sorted()) ?? []

  let folder: String
  let manifest: Manifest
  let model: Transformer

  init(_ name: String) throws {
    folder = Self.root + "/" + name
    manifest = try Self.manifest(name)
    model = try Transformer(Checkpoint(folder: folder))
  }

  static func manifest(_ name: String) throws -> Manifest {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(name)/manifest.json"))
    return try JSONDecoder().decode(Manifest.self, from: data)
  }

  static func sha256(_ path: String) throws -> String {
    ContentHash.sha256(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
  }

  /// The reference's tensors by `PROMPT/SITE`.
  func expected() throws -> [String: StoredTensor] {
    let file = try SafeTensors(path: folder + "/expected.safetensors")
    return Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0) })
  }
}

extension TransformerConfig {
  /// Every site, in the order in which a pass visits them.
  var sites: [Site] {
    let kinds = Site.Kind.allCases.filter { $0 != .finalNorm && $0 != .logits }
    return (0..<layers).flatMap { layer in kinds.map { Site($0, layer: layer) }.filter(has) }
      + [Site(.finalNorm), Site(.logits)]
  }
}

/// Where this package lies, links followed.
enum PackagePlace {
  static let tests = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().path
  /// Data and models beside the repository; not everyone has them.
  static let shared =
    URL(fileURLWithPath: tests).deletingLastPathComponent()
    .deletingLastPathComponent().path + "/shared"
}

/// The executors, by name, for tests that hold both to the same.
enum ExecutorKind: String, CaseIterable, Sendable {
  case naive, planner

  func make(_ model: Transformer) -> any JobExecutor {
    switch self {
    case .naive: NaiveExecutor(model: model)
    case .planner: SweepPlanner(model: model)
    }
  }
}
