import Foundation
import LeewayBase
import Synchronization

/// A model on its way into the cache.
///
/// Files grow beside their names and take them together, when all are whole: until then what was there
/// before stays as it was, and a new folder is no model.
public struct HubPull: Sendable {
  public let name: HubName
  public let folder: String
  /// The commit that the revision stands for; nil where the hub does not tell.
  public let commit: String?
  /// What is fetched, `config.json` last: without it a folder is no model.
  public let files: [HubFile]
  private let client: HubClient
  /// All that the hub has.
  private let listed: [HubFile]

  public struct Progress: Sendable {
    public var file: HubFile
    public var index: Int
    /// Bytes there of this file.
    public var done: Int
    public var isFinished: Bool
  }

  /// Asks the hub what there is.
  public init(
    _ name: HubName, client: HubClient, cache: ModelCache, patterns: [String] = []
  ) throws(HubError) {
    self.name = name
    self.client = client
    folder = cache.folder(name)
    commit = try client.commit(name)
    listed = try client.files(name, commit: commit)
    let chosen = try HubSelection.choose(listed, patterns: patterns, model: "\(name)")
    files = chosen.filter { $0.path != "config.json" } + chosen.filter { $0.path == "config.json" }
  }

  public var bytes: Int { files.reduce(0) { $0 &+ $1.size } }

  /// Fetches what is not there yet, a few files at a time.
  ///
  /// - Returns: files of an earlier revision, which are removed since the hub has them no more.
  @discardableResult
  public func run(
    parallel: Int = 4, progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) throws(HubError) -> [String] {
    try HubClient.makeFolder(folder)
    let lock: FileLock?
    do { lock = try FileLock.take(folder + "/.pull.lock") } catch { throw .file(error) }
    guard let lock else { throw .busy(folder: folder) }
    defer { withExtendedLifetime(lock) {} }
    let earlier = PullRecord(folder: folder)
    try checkSpace(earlier)
    let pending = try fetch(parallel: parallel, progress)
    let removed = try place(pending, earlier)
    removeParts()
    return removed
  }

  /// - Returns: the files whose parts are to take their names, in order.
  private func fetch(
    parallel: Int, _ progress: @escaping @Sendable (Progress) -> Void
  ) throws(HubError) -> [HubFile] {
    struct State {
      var next = 0
      var error: HubError?
      var pending: Set<Int> = []
    }
    let source = HubSource(name: name, commit: commit)
    let work = Work(State())
    let group = DispatchGroup()
    for _ in 0..<max(1, min(parallel, files.count)) {
      let thread = Thread {
        while let index = work.state.withLock({ state -> Int? in
          guard state.error == nil, state.next < files.count else { return nil }
          state.next += 1
          return state.next - 1
        }) {
          let file = files[index]
          do throws(HubError) {
            let isPending = try client.fetch(
              file, of: source, into: folder,
              progress: {
                progress(Progress(file: file, index: index, done: $0, isFinished: false))
              }, stopped: { work.state.withLock { $0.error != nil } })
            guard work.state.withLock({ $0.error == nil }) else { break }
            work.state.withLock { if isPending { $0.pending.insert(index) } }
            progress(Progress(file: file, index: index, done: file.size, isFinished: true))
          } catch {
            work.state.withLock { if $0.error == nil { $0.error = error } }
          }
        }
        group.leave()
      }
      group.enter()
      thread.start()
    }
    group.wait()
    let state = work.state.withLock { $0 }
    if let error = state.error { throw error }
    return state.pending.sorted().map { files[$0] }
  }

  /// What several threads share.
  private final class Work<State: Sendable>: Sendable {
    let state: Mutex<State>
    init(_ state: State) { self.state = Mutex(state) }
  }

  /// Lets whole parts take their names, and files go that the hub has no more. Ended in the middle, it
  /// leaves a folder without `config.json`, which is no mixture that opens.
  private func place(_ pending: [HubFile], _ earlier: PullRecord?) throws(HubError) -> [String] {
    let present = Set(listed.map(\.path))
    var record = PullRecord(endpoint: client.endpoint.absoluteString, commit: commit)
    for (path, file) in earlier?.files ?? [:] where present.contains(path) {
      record.files[path] = file
    }
    for file in files {
      record.files[file.path] = .init(size: file.size, hash: file.hash?.description)
    }
    let gone = (earlier?.files ?? [:]).filter { !present.contains($0.key) }.filter { path, file in
      let found = try? FileManager.default.attributesOfItem(atPath: folder + "/" + path)
      // Of another size it is somebody else's.
      return (found?[.size] as? NSNumber)?.intValue == file.size
    }.keys.sorted()
    // Known as ours before they stand there, and until they are gone.
    var both = record
    both.files.merge(earlier?.files ?? [:]) { new, _ in new }
    try both.write(to: folder)
    var waiting = pending
    if pending.count + gone.count > 1, let config = files.last, config.path == "config.json",
      FileManager.default.fileExists(atPath: folder + "/" + config.path)
    {
      if pending.contains(config) {
        unlink(folder + "/" + config.path)
      } else {
        try move(config.path, to: config.partPath)
        waiting.append(config)
      }
    }
    for path in gone { unlink(folder + "/" + path) }
    for file in waiting { try move(file.partPath, to: file.path) }
    try record.write(to: folder)
    return gone
  }

  private func move(_ from: String, to path: String) throws(HubError) {
    guard rename(folder + "/" + from, folder + "/" + path) == 0 else {
      throw .file(.writing(folder + "/" + path, errno: errno))
    }
  }

  /// What was begun of files that the hub has no more.
  private func removeParts() {
    let known = Set(listed.map(\.partPath))
    let inside = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    for path in inside where path.hasSuffix(".part") && !known.contains(path) {
      unlink(folder + "/" + path)
    }
  }

  private func checkSpace(_ earlier: PullRecord?) throws(HubError) {
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue else { return }
    func size(_ path: String) -> Int {
      let found = try? FileManager.default.attributesOfItem(atPath: folder + "/" + path)
      return (found?[.size] as? NSNumber)?.intValue ?? 0
    }
    var needed = 0
    for file in files {
      // What is there under its name and of another revision stays until the new one is whole.
      let known = earlier?.files[file.path].map { $0.hash == file.hash?.description } ?? true
      let there = known && size(file.path) == file.size ? file.size : size(file.partPath)
      let (sum, over) = needed.addingReportingOverflow(max(0, file.size - there))
      needed = over ? .max : sum
    }
    guard needed <= free else { throw .noSpace(folder: folder, needed: needed, free: free) }
  }
}
