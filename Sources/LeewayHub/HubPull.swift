import Foundation
import LeewayBase
import Synchronization

/// A model on its way into the cache.
public struct HubPull: Sendable {
  public let name: HubName
  public let folder: String
  /// What is fetched, `config.json` last: until then the folder is no model.
  public let files: [HubFile]
  private let client: HubClient

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
    let chosen = try HubSelection.choose(
      try client.files(name), patterns: patterns, model: "\(name)")
    files = chosen.filter { $0.path != "config.json" } + chosen.filter { $0.path == "config.json" }
  }

  public var bytes: Int { files.reduce(0) { $0 &+ $1.size } }

  /// Fetches what is not there yet, a few files at a time.
  public func run(
    parallel: Int = 4, progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) throws(HubError) {
    try HubClient.makeFolder(folder)
    let lock: FileLock?
    do { lock = try FileLock.take(folder + "/.pull.lock") } catch { throw .file(error) }
    guard let lock else { throw .busy(folder: folder) }
    defer { withExtendedLifetime(lock) {} }
    try checkSpace()
    let last = files.last.map { $0.path == "config.json" ? files.count - 1 : files.count } ?? 0
    try fetch(0..<last, parallel: parallel, progress)
    try fetch(last..<files.count, parallel: 1, progress)
  }

  private func fetch(
    _ indices: Range<Int>, parallel: Int, _ progress: @escaping @Sendable (Progress) -> Void
  ) throws(HubError) {
    struct State {
      var next: Int
      var error: HubError?
    }
    let work = Work(State(next: indices.lowerBound, error: nil))
    let group = DispatchGroup()
    for _ in 0..<max(1, min(parallel, indices.count)) {
      let thread = Thread {
        while let index = work.state.withLock({ state -> Int? in
          guard state.error == nil, state.next < indices.upperBound else { return nil }
          state.next += 1
          return state.next - 1
        }) {
          let file = files[index]
          do throws(HubError) {
            try client.fetch(
              file, of: name, into: folder,
              progress: {
                progress(Progress(file: file, index: index, done: $0, isFinished: false))
              }, stopped: { work.state.withLock { $0.error != nil } })
            guard work.state.withLock({ $0.error == nil }) else { break }
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
    if let error = work.state.withLock({ $0.error }) { throw error }
  }

  /// What several threads share.
  private final class Work<State: Sendable>: Sendable {
    let state: Mutex<State>
    init(_ state: State) { self.state = Mutex(state) }
  }

  private func checkSpace() throws(HubError) {
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue else { return }
    var needed = 0
    for file in files {
      let path = folder + "/" + file.path
      let there = [path, path + "." + (file.sha256?.prefix(16) ?? "new") + ".part"].map {
        let found = try? FileManager.default.attributesOfItem(atPath: $0)
        return (found?[.size] as? NSNumber)?.intValue ?? 0
      }
      let (sum, over) = needed.addingReportingOverflow(max(0, file.size - (there.max() ?? 0)))
      needed = over ? .max : sum
    }
    guard needed <= free else { throw .noSpace(folder: folder, needed: needed, free: free) }
  }
}
