import Foundation
import LeewayBase
import LeewayHub
import Synchronization
import Testing

/// A model whose revisions move while it is fetched, and after.
@Suite(.timeLimit(.minutes(2))) struct UpdateTests {
  typealias Files = [String: [UInt8]]

  /// A hub with commits.
  final class Hub: Sendable {
    struct State: Sendable {
      var main = ""
      var commits: [String: Files] = [:]
      var refuses: @Sendable (String) -> Bool = { _ in false }
      /// Becomes `main` when the first file is asked for.
      var next: Files?
    }
    let state = Mutex(State())
    let server: HubServer

    init(_ files: Files) throws {
      let held = Mutex<Hub?>(nil)
      server = try HubServer { request, _ in
        held.withLock { $0 }?.answer(request) ?? .init(status: 500)
      }
      held.withLock { $0 = self }
      push(files)
    }

    func push(_ files: Files) {
      state.withLock { Self.push(files, &$0) }
    }

    private static func push(_ files: Files, _ state: inout State) {
      let told = files.sorted { $0.key < $1.key }.map { $0.key + ContentHash.sha256($0.value) }
      state.main = String(ContentHash.sha256(told.joined()).prefix(40))
      state.commits[state.main] = files
    }

    private func answer(_ request: HubServer.Request) -> HubServer.Reply {
      state.withLock { state in
        let path = request.path.removingPercentEncoding ?? ""
        let parts = request.path.prefix { $0 != "?" }.split(separator: "/").map(String.init)
        guard parts.count > 4 else { return .init(status: 404) }
        if parts[0] == "api" {
          let commit = parts[5] == "main" ? state.main : parts[5]
          guard let files = state.commits[commit] else { return .init(status: 404) }
          return parts[4] == "revision" ? .text("{\"sha\": \"\(commit)\"}") : Self.listing(files)
        }
        if let next = state.next { Self.push(next, &state) }
        state.next = nil
        let commit = parts[3] == "main" ? state.main : parts[3]
        let name = String(path.split(separator: "/", maxSplits: 4)[4])
        guard !state.refuses(name) else { return .init(status: 404) }
        guard let bytes = state.commits[commit]?[name] else { return .init(status: 404) }
        return .file(bytes, request)
      }
    }

    private static func listing(_ files: Files) -> HubServer.Reply {
      let entries = files.sorted { $0.key < $1.key }.map { name, bytes in
        let blob = bytes.withUnsafeBytes { ContentHash.gitBlob($0) }
        let large =
          name.hasSuffix(".safetensors")
          ? ", \"lfs\": {\"oid\": \"\(ContentHash.sha256(bytes))\", \"size\": \(bytes.count)}" : ""
        return
          "{\"type\": \"file\", \"path\": \"\(name)\", \"size\": \(bytes.count), \"oid\": \"\(blob)\"\(large)}"
      }
      return .text("[" + entries.joined(separator: ",") + "]")
    }

    var asked: [String] {
      server.requests.map(\.path).filter { !$0.hasPrefix("/api/") }
    }
  }

  struct Bench {
    let hub: Hub
    let cache: ModelCache
    let folder: String

    @discardableResult
    func pull(_ patterns: [String] = []) throws(HubError) -> [String] {
      var client = try HubClient(endpoint: hub.server.address, environment: [:])
      client.pause = 0
      let pull = try HubPull(
        try HubName("org/toy"), client: client, cache: cache, patterns: patterns)
      return try pull.run()
    }

    var files: Files {
      let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
      var files: Files = [:]
      for name in names where !name.hasPrefix(".") {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
        guard !isFolder.boolValue else { continue }
        files[name] = FileManager.default.contents(atPath: folder + "/" + name).map(Array.init)
      }
      return files
    }
  }

  private func bench(_ files: Files, _ body: (Bench) throws -> Void) throws {
    let hub = try Hub(files)
    defer { hub.server.stop() }
    let root = FileManager.default.temporaryDirectory.path + "/leeway-hub-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    let cache = ModelCache(root: root)
    try body(Bench(hub: hub, cache: cache, folder: cache.folder(try HubName("org/toy"))))
  }

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private let first: Files = [
    "config.json": bytes("{\"of\": 1}"), "model.safetensors": bytes("weights 1"),
    "tokenizer.json": bytes("{}"), "merges.txt": [],
  ]
  private let second: Files = [
    "config.json": bytes("{\"of\": 2}"), "model.safetensors": bytes("weights 2"),
    "tokenizer.json": bytes("{}"), "merges.txt": [],
  ]

  @Test func nothingIsFetchedTwice() throws {
    try bench(first) { bench in
      try bench.pull()
      #expect(bench.files == first)
      #expect(bench.hub.asked.count == 3, "an empty file is not asked for")
      try bench.pull()
      #expect(bench.hub.asked.count == 3, "small files have hashes, too")
    }
  }

  @Test func allFilesAreOfOneCommit() throws {
    try bench(first) { bench in
      bench.hub.state.withLock { $0.next = second }
      try bench.pull()
      #expect(bench.files == first, "the hub moved on after the listing")
      try bench.pull()
      #expect(bench.files == second)
    }
  }

  @Test func anUpdateThatFailsLeavesTheModel() throws {
    try bench(first) { bench in
      try bench.pull()
      bench.hub.push(second)
      bench.hub.state.withLock { $0.refuses = { $0 == "config.json" } }
      #expect(throws: HubError.self) { try bench.pull() }
      #expect(bench.files.filter { !$0.key.hasSuffix(".part") } == first)
      #expect(
        try bench.cache.content(HubName("org/toy")) == .model(path: bench.folder),
        "the earlier one opens")
      bench.hub.state.withLock { $0.refuses = { _ in false } }
      try bench.pull()
      #expect(bench.files == second)
    }
  }

  /// Left by a pull that ended between two files taking their names.
  @Test func anInterruptedUpdateIsNoModelAndGoesOn() throws {
    try bench(second) { bench in
      try bench.pull()
      let config = bench.folder + "/config.json"
      let blob = (second["config.json"] ?? []).withUnsafeBytes { ContentHash.gitBlob($0) }
      try FileManager.default.moveItem(
        atPath: config, toPath: config + "." + blob.prefix(16) + ".part")
      #expect(try bench.cache.content(HubName("org/toy")) == .unfinished)
      let before = bench.hub.asked.count
      try bench.pull()
      #expect(bench.files == second)
      #expect(bench.hub.asked.count == before, "it lay there whole")
    }
  }

  @Test func whatAnEarlierRevisionLeftGoes() throws {
    var sharded = second
    sharded["model.safetensors"] = nil
    sharded["model-00001-of-00002.safetensors"] = Self.bytes("shard 1")
    sharded["model-00002-of-00002.safetensors"] = Self.bytes("shard 2")
    sharded["model.safetensors.index.json"] = Self.bytes("{\"weight_map\": {}}")
    try bench(first) { bench in
      try bench.pull()
      try Data("mine".utf8).write(to: URL(fileURLWithPath: bench.folder + "/notes.txt"))
      let stale = bench.folder + "/model.safetensors.0123456789abcdef.part"
      try Data("begun".utf8).write(to: URL(fileURLWithPath: stale))
      bench.hub.push(sharded)
      // A folder with both would open with the weights of the earlier revision.
      #expect(try bench.pull() == ["model.safetensors"])
      #expect(bench.files == sharded.merging(["notes.txt": Self.bytes("mine")]) { $1 })
      bench.hub.push(first)
      #expect(
        try bench.pull() == [
          "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
          "model.safetensors.index.json",
        ])
      #expect(bench.files == first.merging(["notes.txt": Self.bytes("mine")]) { $1 })
    }
  }

  @Test func whatIsNotOursStays() throws {
    try bench(first) { bench in
      try bench.pull()
      let mine = bench.folder + "/tokenizer.json"
      try Data("another tokenizer".utf8).write(to: URL(fileURLWithPath: mine))
      var without = first
      without["tokenizer.json"] = nil
      bench.hub.push(without)
      #expect(try bench.pull() == [])
      #expect(bench.files["tokenizer.json"] == Self.bytes("another tokenizer"))
    }
  }

  @Test func patternsAddUp() throws {
    let files: Files = [
      "a.Q4_0.gguf": Self.bytes("four"), "a.Q8_0.gguf": Self.bytes("eight"),
    ]
    try bench(files) { bench in
      try bench.pull(["*Q4_0*"])
      #expect(try bench.pull(["*Q8_0*"]) == [])
      #expect(bench.files == files)
    }
  }

  @Test func oddNamesArriveAsTheyAre() throws {
    let name = "Größe 1/a b#c?d%20+&=ü.gguf"
    try bench([name: Self.bytes("odd")]) { bench in
      try bench.pull()
      #expect(bench.files == [name: Self.bytes("odd")])
    }
  }
}
