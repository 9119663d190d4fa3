import Foundation
import LeewayBase
import LeewayTokenizer

/// The vectors that `Tools/tokenizer_vectors.py` wrote with the reference.
enum Golden {
  static let tests = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent()
  static let folder = tests.appendingPathComponent("Golden").path
  /// Beside the repository; holds what is too large for it.
  static let shared = tests.appendingPathComponent("../../../shared").standardized.path

  /// The tokenizers that stand in the folder, sorted.
  static let names: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: folder))?
    .filter { $0.hasSuffix(".tokenizer.json") }.map { String($0.dropLast(15)) }.sorted() ?? []

  static func bytes(_ file: String) throws -> [UInt8] {
    try MappedFile(path: folder + "/" + file).withBytes { Array($0) }
  }

  static func json(_ file: String) throws -> JSONValue {
    try JSONValue.parse(try bytes(file), path: file)
  }

  static func texts() throws -> [String] { try json("texts.json").strings }

  static func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(path: folder + "/" + name + ".tokenizer.json")
  }
}

extension JSONValue {
  var strings: [String] { array?.compactMap(\.text) ?? [] }
  var ints: [Int] { array?.compactMap(\.int) ?? [] }

  /// With the value of a key changed, or taken out.
  func setting(_ key: String, _ value: JSONValue?) -> JSONValue {
    var members = self.members ?? []
    members.removeAll { $0.key == Array(key.utf8) }
    if let value { members.append(JSONMember(key: Array(key.utf8), value: value)) }
    return .object(members)
  }
}
