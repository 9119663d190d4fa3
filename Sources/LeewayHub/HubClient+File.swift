import Foundation
import LeewayBase

extension HubClient {
  /// Fetches one file, or goes on where an earlier attempt ended. The file stands under its name when
  /// it is whole and its hash is right, not before.
  ///
  /// - Parameters:
  ///   - progress: bytes there so far; may fall when a server will not go on from the middle.
  ///   - stopped: asked between pieces.
  func fetch(
    _ file: HubFile, of name: HubName, into folder: String,
    progress: (Int) -> Void, stopped: () -> Bool
  ) throws(HubError) {
    let path = folder + "/" + file.path
    if try Self.isWhole(path, file) { return progress(file.size) }
    try Self.makeFolder(for: path)
    // Named by the content: what was begun of another revision is not gone on with.
    let part = PartialFile(path: path + "." + (file.sha256?.prefix(16) ?? "new") + ".part")
    try part.open(keeping: file.sha256 != nil ? file.size : 0)
    defer { part.close() }
    var resumed = part.size > 0
    while true {
      try fill(part, file, name, progress: progress, stopped: stopped)
      guard part.size == file.size else { return }
      guard let expected = file.sha256 else { break }
      let found = try part.hash()
      if found == expected { break }
      try part.cut(to: 0)
      // Bytes of an earlier run may be to blame: once more, from the beginning.
      guard resumed else {
        part.remove()
        throw .wrongHash(path: path, expected: expected, found: found)
      }
      resumed = false
    }
    try part.finish(as: path)
  }

  private func fill(
    _ part: PartialFile, _ file: HubFile, _ name: HubName,
    progress: (Int) -> Void, stopped: () -> Bool
  ) throws(HubError) {
    let url = try url(of: file, name)
    var failures = 0
    progress(part.size)
    while part.size < file.size, !stopped() {
      let before = part.size
      do throws(HubError) {
        try ask(url, part, file, name, progress: progress, stopped: stopped)
        if part.size == before, !stopped() {
          throw HubError.network(host: url.host ?? "", reason: "the connection was lost")
        }
      } catch {
        guard error.isPassing else { throw error }
        failures = part.size > before ? 1 : failures + 1
        guard failures < attempts else {
          // What the connection says matters where nothing came at all.
          if part.size == 0 { throw error }
          throw .dropped(
            path: part.path, received: part.size, expected: file.size, attempts: failures)
        }
        rest(failures)
      }
    }
  }

  private func ask(
    _ url: URL, _ part: PartialFile, _ file: HubFile, _ name: HubName,
    progress: (Int) -> Void, stopped: () -> Bool
  ) throws(HubError) {
    let start = part.size
    // A whole file that is small needs no range.
    let end = min(file.size, start + piece)
    let range = start == 0 && end == file.size ? nil : start..<end
    func lie(_ found: Int) -> HubError {
      .wrongSize(path: part.path, expected: file.size, found: found)
    }
    try get(url, name, range: range) { (head) throws(HubError) in
      if head.status == 206 {
        guard let told = head.range, told.first == start else {
          throw HubError.network(host: url.host ?? "", reason: "it sent another range")
        }
        if let total = told.total, total != file.size { throw lie(total) }
      } else {
        if let length = head.length, length != file.size { throw lie(length) }
        try part.cut(to: 0)
      }
    } body: { (data) throws(HubError) in
      guard part.size + data.count <= file.size else { throw lie(part.size + data.count) }
      try part.append(data)
      progress(part.size)
    }
  }

  /// Whether the file is there already, by its hash. Small files have none and are fetched again.
  private static func isWhole(_ path: String, _ file: HubFile) throws(HubError) -> Bool {
    guard let expected = file.sha256, let mapped = try? MappedFile(path: path) else { return false }
    return mapped.withBytes { $0.count == file.size && ContentHash.sha256($0) == expected }
  }

  private static func makeFolder(for path: String) throws(HubError) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try makeFolder(folder)
  }

  static func makeFolder(_ folder: String) throws(HubError) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch { throw .file(.readOnly(path: folder)) }
  }
}
