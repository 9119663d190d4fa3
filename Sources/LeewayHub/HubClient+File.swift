import Foundation
import LeewayBase

extension HubClient {
  /// Fetches one file beside its name, or goes on where an earlier attempt ended.
  ///
  /// - Parameters:
  ///   - progress: bytes there so far; may fall when a server will not go on from the middle.
  ///   - stopped: asked between pieces.
  /// - Returns: whether its part stands there, whole and with the right hash, to take its name; false
  ///   when the file itself does, or when it was stopped.
  func fetch(
    _ file: HubFile, of source: HubSource, into folder: String,
    progress: (Int) -> Void, stopped: () -> Bool
  ) throws(HubError) -> Bool {
    let path = folder + "/" + file.path
    if try Self.isWhole(path, file) {
      progress(file.size)
      return false
    }
    try Self.makeFolder(for: path)
    let part = PartialFile(path: folder + "/" + file.partPath)
    try part.open(keeping: file.hash != nil ? file.size : 0)
    defer { part.close() }
    var resumed = part.size > 0
    while true {
      try fill(part, file, source, progress: progress, stopped: stopped)
      guard part.size == file.size else { return false }
      guard let expected = file.hash else { break }
      let found = try part.hash(as: expected)
      if found == expected { break }
      try part.cut(to: 0)
      // Bytes of an earlier run may be to blame: once more, from the beginning.
      guard resumed else {
        part.remove()
        throw .wrongHash(path: path, expected: "\(expected)", found: "\(found)")
      }
      resumed = false
    }
    try part.sync()
    return true
  }

  private func fill(
    _ part: PartialFile, _ file: HubFile, _ source: HubSource,
    progress: (Int) -> Void, stopped: () -> Bool
  ) throws(HubError) {
    let url = try url(of: file, source)
    var failures = 0
    progress(part.size)
    while part.size < file.size, !stopped() {
      let before = part.size
      do throws(HubError) {
        try ask(url, part, file, source, progress: progress, stopped: stopped)
        if part.size == before, !stopped() {
          throw HubError.network(host: url.host ?? "", .connectionLost)
        }
      } catch {
        failures = part.size > before ? 1 : failures + 1
        guard error.isPassing, failures < attempts, rest(failures, after: error) else {
          // What the connection says matters where nothing came at all.
          guard case .network = error, error.isPassing, part.size > 0 else { throw error }
          throw .dropped(
            path: part.path, received: part.size, expected: file.size, attempts: failures)
        }
      }
    }
  }

  private func ask(
    _ url: URL, _ part: PartialFile, _ file: HubFile, _ source: HubSource,
    progress: (Int) -> Void, stopped: () -> Bool
  ) throws(HubError) {
    let start = part.size
    // A whole file that is small needs no range.
    let end = min(file.size, start + piece)
    let range = start == 0 && end == file.size ? nil : start..<end
    func lie(_ found: Int) -> HubError {
      .wrongSize(path: part.path, expected: file.size, found: found)
    }
    try get(url, source.name, range: range) { (head) throws(HubError) in
      if head.status == 206 {
        guard let told = head.range, told.first == start else {
          throw HubError.network(host: url.host ?? "", .otherRange)
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

  /// Whether the file is there already, by its hash; one without is never taken for it.
  private static func isWhole(_ path: String, _ file: HubFile) throws(HubError) -> Bool {
    guard let expected = file.hash, let mapped = try? MappedFile(path: path) else { return false }
    return mapped.withBytes { $0.count == file.size && expected.same(of: $0) == expected }
  }

  private static func makeFolder(for path: String) throws(HubError) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try makeFolder(folder)
  }

  /// With those that it lies in. The system's own number tells a full disk from a closed one.
  static func makeFolder(_ folder: String) throws(HubError) {
    guard mkdir(folder, 0o755) != 0 else { return }
    var code = errno
    let parent = (folder as NSString).deletingLastPathComponent
    if code == ENOENT, !parent.isEmpty, parent != folder {
      try makeFolder(parent)
      guard mkdir(folder, 0o755) != 0 else { return }
      code = errno
    }
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
    guard !exists || !isFolder.boolValue else { return }
    throw .file(.writing(folder, errno: exists ? ENOTDIR : code))
  }
}
