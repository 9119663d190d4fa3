import Foundation
import LeewayBase
import LeewayHub
import Testing

@Suite struct ListingTests {
  private func file(_ path: String) -> HubFile { HubFile(path: path, size: 1, sha256: nil) }

  private func chosen(_ names: [String], _ patterns: [String] = []) throws(HubError) -> [String] {
    try HubSelection.choose(names.map(file), patterns: patterns, model: "a/b").map(\.path)
  }

  @Test func whatAModelNeedsIsChosen() throws {
    #expect(
      try chosen([
        "README.md", "config.json", "consolidated.safetensors", "model.safetensors",
        "onnx/model.onnx", "pytorch_model.bin", "tokenizer.json",
      ]) == ["config.json", "model.safetensors", "tokenizer.json"])
    let shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    #expect(try chosen(shards + ["model.safetensors.index.json"]).count == 3)
    #expect(try chosen(["README.md", "m.Q4_K_M.gguf"]) == ["m.Q4_K_M.gguf"])
    #expect(try chosen(["m.Q4_0.gguf", "m.Q8_0.gguf"], ["*Q8_0*"]) == ["m.Q8_0.gguf"])
    #expect(
      throws: HubError.severalFiles(model: "a/b", names: ["m.Q4_0.gguf", "m.Q8_0.gguf"])
    ) { try chosen(["m.Q4_0.gguf", "m.Q8_0.gguf"]) }
    #expect(throws: HubError.self) { try chosen(["README.md"]) }
    #expect(throws: HubError.self) { try chosen(["README.md"], ["*.gguf"]) }
  }

  @Test func namesAreNames() throws {
    #expect(try HubName("org/na-me_1.5").folder == "org/na-me_1.5")
    #expect(try HubName("org/name", revision: "refs/pr/1").folder == "org/name@refs%2Fpr%2F1")
    #expect(try HubName(place: "org/name@v1") == HubName("org/name", revision: "v1"))
    for bad in ["name", "a/b/c", "../b", "a/..", "a/b c", "a/", "/b", "a/b?x", "ö/b"] {
      #expect(throws: HubError.badName(bad)) { try HubName(bad) }
    }
    #expect(throws: HubError.self) { try HubName("a/b", revision: "../x") }
  }

  @Test func endpointsAreAddresses() throws {
    for bad in ["huggingface.co", "ftp://a", "https://", "https://u:p@a", "https://a?b"] {
      #expect(throws: HubError.badEndpoint(bad)) { try HubClient(endpoint: bad, environment: [:]) }
    }
  }

  @Test func pagesFollowEachOther() throws {
    let server = try HubServer { request, _ in
      if request.path.contains("cursor=2") {
        return .text("[{\"type\": \"file\", \"path\": \"b\", \"size\": 2}]")
      }
      var reply = HubServer.Reply.text("[{\"type\": \"file\", \"path\": \"a\", \"size\": 1}]")
      reply.headers["Link"] = "</api/models/a/b/tree/main?cursor=2>; rel=\"next\""
      return reply
    }
    defer { server.stop() }
    let files = try HubClient(endpoint: server.address, environment: [:]).files(HubName("a/b"))
    #expect(files.map(\.path) == ["a", "b"])
    #expect(server.requests.first?.path == "/api/models/a/b/tree/main?recursive=1")
  }

  @Test func pagesStayOnTheHub() throws {
    let server = try HubServer { _, _ in
      .init(
        headers: ["Link": "<https://example.org/x>; rel=\"next\""], body: Array("[]".utf8))
    }
    defer { server.stop() }
    #expect(throws: HubError.self) {
      try HubClient(endpoint: server.address, environment: [:]).files(HubName("a/b"))
    }
  }

  /// Whatever bytes come, they are a list of safe paths or an error.
  @Test func anyListingIsRead() throws {
    let sound = Array(PullTests.listing().utf8)
    var chance = NamedStream("hub-listing")
    var read = 0
    for _ in 0..<3000 {
      var bytes = sound
      for _ in 0...chance.below(3) {
        let at = chance.below(bytes.count)
        switch chance.below(3) {
        case 0: bytes[at] = UInt8(chance.below(256))
        case 1: bytes.remove(at: at)
        default: bytes.insert(contentsOf: [46, 46, 47].prefix(chance.below(4)), at: at)
        }
      }
      guard let files = try? HubFile.list(bytes, url: "x", model: "a/b") else { continue }
      read += 1
      for file in files {
        let place = URL(fileURLWithPath: "/cache/" + file.path).standardizedFileURL.path
        #expect(place.hasPrefix("/cache/") && place != "/cache/", "\(file.path)")
        #expect(file.size >= 0)
      }
    }
    #expect(read > 100)
  }

  @Test func theCacheListsWhatItHolds() throws {
    let root = FileManager.default.temporaryDirectory.path + "/leeway-hub-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    let cache = ModelCache(environment: ["LEEWAY_CACHE": root])
    #expect(cache.models.isEmpty)
    for (name, file) in [("a/b", "config.json"), ("a/c", "c.gguf"), ("a/d@v%2F1", "config.json")] {
      let folder = root + "/models/" + name
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: folder + "/" + file))
    }
    #expect(cache.models.map(\.name) == ["a/b", "a/c", "a/d@v/1"])
    #expect(try cache.path(HubName("a/c")) == root + "/models/a/c/c.gguf")
    #expect(try cache.path(HubName("a/b")) == root + "/models/a/b")
    #expect(try cache.path(HubName("a/x")) == nil)
    #expect(ModelCache(environment: ["HOME": "/home/x"]).root == "/home/x/.cache/leeway")
  }
}
