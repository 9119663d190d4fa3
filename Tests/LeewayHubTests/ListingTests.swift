import Foundation
import LeewayBase
import LeewayHub
import Testing

@Suite struct ListingTests {
  private func file(_ path: String) -> HubFile { HubFile(path: path, size: 1, hash: nil) }

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
    let index = "model.safetensors.index.json"
    #expect(try chosen(shards + [index]) == shards + [index])
    #expect(try chosen(["model.fp16.safetensors"] + shards) == shards)
    #expect(try chosen(["model.fp16.safetensors"]) == ["model.fp16.safetensors"])
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
    for bad in ["huggingface.co", "ftp://a", "https://", "https://a?b"] {
      #expect(throws: HubError.badEndpoint(bad)) { try HubClient(endpoint: bad, environment: [:]) }
    }
    #expect(throws: HubError.badEndpoint("https://…@a"), "no password is shown") {
      try HubClient(environment: ["HF_ENDPOINT": "https://user:secret@a"])
    }
  }

  /// Linux has one number for all that a certificate can be; the rest stands in libcurl's text.
  @Test(arguments: [
    (
      "SSL certificate problem: unable to get local issuer certificate",
      NetworkFailure.certificate(.unknownAuthority)
    ),
    (
      "SSL certificate problem: self-signed certificate in certificate chain",
      .certificate(.unknownAuthority)
    ),
    ("SSL certificate problem: certificate has expired", .certificate(.expired)),
    ("SSL certificate problem: certificate is not yet valid", .certificate(.notYetValid)),
    (
      "SSL: no alternative certificate subject name matches target host name 'hub.example'",
      .certificate(.otherName)
    ),
    (
      "SSL: certificate subject name 'a' does not match target host name 'b'",
      .certificate(.otherName)
    ),
    ("server certificate verification failed. CAfile: none", .certificate(.untrusted)),
    ("OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number", .noTLS),
    ("CONNECT tunnel failed, response 407", .proxy(status: 407)),
    ("Could not resolve proxy: nowhere", .proxy(status: nil)),
    ("something else", .other("something else")),
  ]) func whatWentWrongIsToldApart(text: String, failure: NetworkFailure) {
    #expect(NetworkFailure(text: text) == failure)
  }

  @Test func aHubWithoutCommitsIsAskedByRevision() throws {
    let server = try HubServer { request, _ in
      request.path.contains("/revision/") ? .init(status: 404) : .text("[]")
    }
    defer { server.stop() }
    let client = try HubClient(endpoint: server.address, environment: [:])
    #expect(try client.commit(HubName("a/b")) == nil)
    #expect(try client.files(HubName("a/b"), commit: nil).isEmpty)
  }

  @Test func aModelThatIsNotThereIsAskedForOnce() throws {
    let server = try HubServer { _, _ in
      .init(status: 404, headers: ["X-Error-Code": "RevisionNotFound"])
    }
    defer { server.stop() }
    let client = try HubClient(endpoint: server.address, environment: [:])
    let error = #expect(throws: HubError.self) {
      try client.commit(HubName("a/b", revision: "refs/pr/9"))
    }
    guard case .refused(let refusal) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(refusal.kind == "RevisionNotFound" && refusal.revision == "refs/pr/9")
    #expect(server.requests.map(\.path) == ["/api/models/a/b/revision/refs%2Fpr%2F9"])
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
    let more = [
      ("a/e", "model.safetensors.0123.part"), ("a/f", ".pull.lock"),
      ("a/g/sub", "g-00002-of-00002.gguf"),
      ("a/g/sub", "g-00001-of-00002.gguf"), ("a/h", "h.Q4_0.gguf"), ("a/h", "h.Q8_0.gguf"),
    ]
    for (name, file) in more {
      let folder = root + "/models/" + name
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: folder + "/" + file))
    }
    let models = root + "/models/a/"
    #expect(cache.models.map(\.name) == ["a/b", "a/c", "a/d@v/1", "a/e", "a/g", "a/h"])
    #expect(
      cache.models.map(\.content) == [
        .model(path: models + "b"), .model(path: models + "c/c.gguf"),
        .model(path: models + "d@v%2F1"), .unfinished,
        .model(path: models + "g/sub/g-00001-of-00002.gguf"),
        .several([models + "h/h.Q4_0.gguf", models + "h/h.Q8_0.gguf"]),
      ])
    #expect(try cache.content(HubName("a/b")) == .model(path: models + "b"))
    #expect(try cache.content(HubName("a/f")) == nil)
    #expect(try cache.content(HubName("a/x")) == nil)
    #expect(ModelCache(environment: ["HOME": "/home/x"]).root == "/home/x/.cache/leeway")
  }
}
