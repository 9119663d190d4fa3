import Foundation
import LeewayBase
import LeewayHub
import Synchronization
import Testing

/// A model comes whole and right, or not at all, whatever the server does.
@Suite(.timeLimit(.minutes(2))) struct PullTests {
  static let weights: [UInt8] = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
  static let config = Array("{\"model_type\": \"toy\"}".utf8)

  static func listing(
    weights: [UInt8] = weights, size: Int? = nil, more: String = ""
  ) -> String {
    let hash = ContentHash.sha256(weights)
    return """
      [{"type": "directory", "path": "onnx", "size": 0},
       {"type": "file", "path": "config.json", "size": \(config.count), "oid": "00"},
       {"type": "file", "path": "README.md", "size": 4, "oid": "00"},
       {"type": "file", "path": "model.safetensors", "size": \(size ?? weights.count), "oid": "00",
        "lfs": {"oid": "\(hash)", "size": \(size ?? weights.count)}}\(more)]
      """
  }

  typealias Answer = @Sendable (HubServer.Request, Int) -> HubServer.Reply

  /// A good hub, but for `weights`.
  static func hub(listing: String = listing(), weights answer: @escaping Answer) throws
    -> HubServer
  {
    try HubServer { request, earlier in
      if request.path.hasPrefix("/api/models/org/toy/tree/") { return .text(listing) }
      switch request.path {
      case "/org/toy/resolve/main/config.json": return .file(config, request)
      case "/org/toy/resolve/main/model.safetensors": return answer(request, earlier)
      default: return .init(status: 404)
      }
    }
  }

  struct Pulled {
    var error: HubError?
    var folder: String
    var requests: [HubServer.Request]

    func bytes(_ name: String) -> [UInt8]? {
      FileManager.default.contents(atPath: folder + "/" + name).map { Array($0) }
    }
    var names: [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { !$0.hasPrefix(".") }.sorted()
    }
  }

  /// - Parameter prepare: what lies in the folder before.
  func pull(
    _ server: HubServer, token: String? = nil, patterns: [String] = [], piece: Int = 64 << 20,
    timeout: Double = 20, prepare: (String) throws -> Void = { _ in },
    check: (Pulled) throws -> Void
  ) throws {
    defer { server.stop() }
    let root = FileManager.default.temporaryDirectory.path + "/leeway-hub-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    let cache = ModelCache(root: root)
    let name = try HubName("org/toy")
    let folder = cache.folder(name)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try prepare(folder)
    var environment = ["HF_ENDPOINT": server.address + "/"]
    environment["HF_TOKEN"] = token
    var client = try HubClient(environment: environment)
    client.pause = 0
    client.patience = 5
    client.piece = piece
    client.timeout = timeout
    var pulled = Pulled(error: nil, folder: folder, requests: [])
    do throws(HubError) {
      try HubPull(name, client: client, cache: cache, patterns: patterns).run()
    } catch { pulled.error = error }
    pulled.requests = server.requests
    try check(pulled)
  }

  private func part(_ folder: String) -> String {
    folder + "/model.safetensors." + ContentHash.sha256(Self.weights).prefix(16) + ".part"
  }

  @Test func aModelComesWhole() throws {
    try pull(Self.hub { request, _ in .file(Self.weights, request) }) { pulled in
      #expect(pulled.error == nil)
      #expect(pulled.names == ["config.json", "model.safetensors"])
      #expect(pulled.bytes("model.safetensors") == Self.weights)
      #expect(pulled.bytes("config.json") == Self.config)
      #expect(pulled.requests.allSatisfy { $0.headers["authorization"] == nil })
    }
  }

  @Test func piecesMakeTheWhole() throws {
    try pull(Self.hub { request, _ in .file(Self.weights, request) }, piece: 30_000) { pulled in
      #expect(pulled.error == nil)
      #expect(pulled.bytes("model.safetensors") == Self.weights)
      #expect(pulled.requests.count { $0.path.hasSuffix("model.safetensors") } == 7)
    }
  }

  @Test func aDroppedConnectionGoesOn() throws {
    let server = try Self.hub { request, earlier in
      .file(Self.weights, request).cut(after: earlier < 3 ? 40_000 : nil)
    }
    try pull(server) { pulled in
      #expect(pulled.error == nil)
      #expect(pulled.bytes("model.safetensors") == Self.weights)
      let asked = pulled.requests.filter { $0.path.hasSuffix("model.safetensors") }
      #expect(asked.map { $0.range?.0 ?? 0 } == [0, 40_000, 80_000, 120_000])
    }
  }

  @Test func whatNeverComesIsGivenUpAndKept() throws {
    let server = try Self.hub { request, earlier in
      .file(Self.weights, request).cut(after: earlier == 0 ? 50_000 : 0)
    }
    try pull(server) { pulled in
      guard case .dropped(_, 50_000, Self.weights.count, 5) = pulled.error else {
        Issue.record("\(String(describing: pulled.error))")
        return
      }
      #expect(pulled.bytes("model.safetensors") == nil)
      #expect(pulled.bytes("config.json") == nil, "the folder is no model yet")
      #expect(FileManager.default.contents(atPath: part(pulled.folder))?.count == 50_000)
    }
  }

  @Test func anEarlierRunIsGoneOnWith() throws {
    let server = try Self.hub { request, _ in .file(Self.weights, request) }
    try pull(server) { folder in
      try Data(Self.weights[..<70_000]).write(to: URL(fileURLWithPath: part(folder)))
    } check: { pulled in
      #expect(pulled.error == nil)
      #expect(pulled.bytes("model.safetensors") == Self.weights)
      let asked = pulled.requests.filter { $0.path.hasSuffix("model.safetensors") }
      #expect(asked.map { $0.range?.0 } == [70_000])
    }
  }

  @Test func aDamagedBeginningIsFetchedAnew() throws {
    let server = try Self.hub { request, _ in .file(Self.weights, request) }
    try pull(server) { folder in
      try Data(count: 70_000).write(to: URL(fileURLWithPath: part(folder)))
    } check: { pulled in
      #expect(pulled.error == nil)
      #expect(pulled.bytes("model.safetensors") == Self.weights)
    }
  }

  @Test func whatIsThereIsNotFetchedAgain() throws {
    let server = try Self.hub { request, _ in .file(Self.weights, request) }
    try pull(server) { folder in
      try Data(Self.weights).write(to: URL(fileURLWithPath: folder + "/model.safetensors"))
    } check: { pulled in
      #expect(pulled.error == nil)
      #expect(!pulled.requests.contains { $0.path.hasSuffix("model.safetensors") })
    }
  }

  @Test func aServerWithoutRangesStartsAnew() throws {
    let server = try Self.hub { _, earlier in
      HubServer.Reply(body: Self.weights).cut(after: earlier == 0 ? 90_000 : nil)
    }
    try pull(server) { pulled in
      #expect(pulled.error == nil)
      #expect(pulled.bytes("model.safetensors") == Self.weights)
    }
  }

  @Test func wrongBytesAreThrownAway() throws {
    let server = try Self.hub { request, _ in
      var bytes = Self.weights
      bytes[123_456] ^= 1
      return .file(bytes, request)
    }
    try pull(server) { pulled in
      guard case .wrongHash = pulled.error else {
        Issue.record("\(String(describing: pulled.error))")
        return
      }
      #expect(!pulled.names.contains { $0.hasPrefix("model") })
      #expect(pulled.bytes("config.json") == nil, "the folder is no model")
    }
  }

  @Test(arguments: [199_999, 200_001, 1 << 40])
  func sizesThatLieAreFound(size: Int) throws {
    let server = try Self.hub(listing: Self.listing(size: size)) { request, _ in
      .file(Self.weights, request)
    }
    try pull(server) { pulled in
      switch pulled.error {
      case .wrongSize(_, size, 200_000)?, .noSpace?: break
      default: Issue.record("\(String(describing: pulled.error))")
      }
      #expect(pulled.bytes("model.safetensors") == nil)
    }
  }

  @Test func moreBytesThanToldAreNotTaken() throws {
    let server = try HubServer { request, _ in
      if request.path.hasPrefix("/api/") { return .text(Self.listing()) }
      return .init(headers: ["Content-Length": ""], body: Self.weights + Self.weights)
    }
    try pull(server) { pulled in
      #expect(pulled.error != nil)
      #expect(pulled.bytes("model.safetensors") == nil)
    }
  }

  @Test func theTokenStaysWithTheHub() throws {
    let other = try HubServer { request, _ in .file(Self.weights, request) }
    defer { other.stop() }
    let place = other.address + "/signed?secret=1"
    let server = try Self.hub { _, _ in .init(status: 302, headers: ["Location": place]) }
    try pull(server, token: "hf_secret") { pulled in
      #expect(pulled.error == nil)
      #expect(pulled.bytes("model.safetensors") == Self.weights)
      #expect(pulled.requests.allSatisfy { $0.headers["authorization"] == "Bearer hf_secret" })
      #expect(!other.requests.isEmpty)
      #expect(other.requests.allSatisfy { $0.headers["authorization"] == nil })
    }
  }

  @Test func redirectsEnd() throws {
    let server = try Self.hub { request, _ in
      .init(status: 307, headers: ["Location": request.path])
    }
    try pull(server) { pulled in
      guard case .tooManyRedirects = pulled.error else {
        Issue.record("\(String(describing: pulled.error))")
        return
      }
    }
    let away = try Self.hub { _, _ in
      .init(status: 302, headers: ["Location": "file:///etc/hostname"])
    }
    try pull(away) { pulled in
      guard case .badRedirect = pulled.error else {
        Issue.record("\(String(describing: pulled.error))")
        return
      }
    }
  }

  @Test(arguments: [401, 403, 404, 429, 503]) func refusalsAreTold(status: Int) throws {
    let server = try Self.hub { _, _ in .init(status: status, headers: ["Retry-After": "7"]) }
    try pull(server) { pulled in
      guard case .refused(let refusal) = pulled.error else {
        Issue.record("\(String(describing: pulled.error))")
        return
      }
      #expect(refusal.status == status && refusal.model == "org/toy" && !refusal.withToken)
      // A pause longer than our patience is left to the person.
      #expect(refusal.wait == 7)
      #expect(pulled.requests.count { $0.path.hasSuffix("model.safetensors") } == 1)
    }
  }

  @Test func whatMayPassIsTriedAgain() throws {
    try pull(Self.hub { _, _ in .init(status: 503) }) { pulled in
      #expect(pulled.error != nil)
      #expect(pulled.requests.count { $0.path.hasSuffix("model.safetensors") } == 5)
    }
    let paused = try Self.hub { request, earlier in
      earlier == 0
        ? .init(status: 429, headers: ["Retry-After": "1"]) : .file(Self.weights, request)
    }
    try pull(paused) { pulled in
      #expect(pulled.error == nil)
      #expect(pulled.bytes("model.safetensors") == Self.weights)
    }
    let limited = try Self.hub { _, _ in
      .init(status: 429, headers: ["RateLimit": "\"resolvers\";r=0;t=55"])
    }
    try pull(limited) { pulled in
      guard case .refused(let refusal) = pulled.error else {
        Issue.record("\(String(describing: pulled.error))")
        return
      }
      #expect(refusal.wait == 55)
    }
  }

  @Test func aServerThatFallsSilentIsGivenUp() throws {
    let server = try Self.hub { request, earlier in
      var reply = HubServer.Reply.file(Self.weights, request).cut(after: earlier == 0 ? 50_000 : 0)
      reply.silence = 3
      return reply
    }
    try pull(server, timeout: 0.5) { pulled in
      guard case .dropped(_, 50_000, Self.weights.count, 5) = pulled.error else {
        Issue.record("\(String(describing: pulled.error))")
        return
      }
    }
  }

  /// Addresses at a store are good for a while; the hub gives a new one.
  @Test func aStoreThatRefusesIsNamed() throws {
    let store = try HubServer { request, earlier in
      request.path.contains("good") ? .file(Self.weights, request) : .init(status: 403)
    }
    defer { store.stop() }
    let address = store.address
    let server = try Self.hub { _, earlier in
      .init(status: 302, headers: ["Location": address + (earlier == 0 ? "/old?s=1" : "/good?s=2")])
    }
    try pull(server) { pulled in
      #expect(pulled.error == nil)
      #expect(pulled.bytes("model.safetensors") == Self.weights)
    }
    let refused = try Self.hub { _, _ in
      .init(status: 302, headers: ["Location": address + "/old?secret=1"])
    }
    try pull(refused, token: "hf_secret") { pulled in
      guard case .refused(let refusal) = pulled.error else {
        Issue.record("\(String(describing: pulled.error))")
        return
      }
      #expect(refusal.status == 403 && refusal.keeper == "127.0.0.1")
      #expect(!refusal.url.contains("secret"))
    }
  }

  @Test func oneFillsAFolderAtATime() throws {
    let server = try Self.hub { request, _ in .file(Self.weights, request) }
    var lock: FileLock?
    try pull(server) { folder in
      lock = try FileLock.take(folder + "/.pull.lock")
    } check: { pulled in
      #expect(pulled.error == .busy(folder: pulled.folder))
      #expect(pulled.names == [])
    }
    withExtendedLifetime(lock) {}
  }

  @Test(arguments: ["../x", "/etc/x", "a/../../x", "a\\\\x", "a\\u0000x", "a//x", "", "."])
  func noPathLeavesTheFolder(path: String) throws {
    let more = ", {\"type\": \"file\", \"path\": \"\(path)\", \"size\": 1}"
    let server = try Self.hub(listing: Self.listing(more: more)) { request, _ in
      .file(Self.weights, request)
    }
    try pull(server) { pulled in
      guard case .unsafePath("org/toy", _) = pulled.error else {
        Issue.record("\(String(describing: pulled.error))")
        return
      }
      #expect(pulled.names == [])
    }
  }

  @Test func nothingAnswers() throws {
    let server = try HubServer { _, _ in .init() }
    let address = server.address
    server.stop()
    var client = try HubClient(endpoint: address, environment: [:])
    client.pause = 0
    let error = #expect(throws: HubError.self) { try client.files(HubName("org/toy")) }
    guard case .network("127.0.0.1", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
