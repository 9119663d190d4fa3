import Foundation
import LeewayBase

/// What a folder of the cache was filled with; lies in it as `.pull.json`. It tells our files from
/// others, so that those of an earlier revision can go.
struct PullRecord: Equatable, Sendable {
  static let name = ".pull.json"

  struct File: Equatable, Sendable {
    var size: Int
    var hash: String?
  }
  var endpoint: String
  var commit: String?
  var files: [String: File] = [:]

  init(endpoint: String, commit: String?) {
    self.endpoint = endpoint
    self.commit = commit
  }

  /// Nil where there is none, or none that can be read: then nothing there is taken for ours.
  init?(folder: String) {
    let path = folder + "/" + Self.name
    guard let bytes = FileManager.default.contents(atPath: path),
      let root = try? JSONValue.parse(Array(bytes), path: path),
      let endpoint = root["endpoint"]?.text, let members = root["files"]?.members
    else { return nil }
    self.init(endpoint: endpoint, commit: root["commit"]?.text)
    for member in members {
      let name = String(decoding: member.key, as: UTF8.self)
      guard HubFile.isSafe(name), let size = member.value["size"]?.int else { return nil }
      files[name] = File(size: size, hash: member.value["hash"]?.text)
    }
  }

  func write(to folder: String) throws(HubError) {
    func text(_ value: String?) -> JSONValue { value.map { .string(Array($0.utf8)) } ?? .null }
    func member(_ key: String, _ value: JSONValue) -> JSONMember {
      JSONMember(key: Array(key.utf8), value: value)
    }
    let listed = files.map { name, file in
      member(name, .object([member("hash", text(file.hash)), member("size", .integer(file.size))]))
    }
    let root = JSONValue.object([
      member("commit", text(commit)), member("endpoint", text(endpoint)),
      member("files", .object(listed)),
    ])
    do { try AtomicFile.write(root.canonicalBytes, to: folder + "/" + Self.name) } catch {
      throw .file(error)
    }
  }
}
