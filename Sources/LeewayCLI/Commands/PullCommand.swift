import ArgumentParser
import LeewayHub

/// Fetches a model from a hub into the cache.
struct PullCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull", abstract: "Fetch a model from a hub.",
    discussion: """
      It lies in ~/.cache/leeway/models/ORG/NAME (LEEWAY_CACHE names another root), and every \
      command takes ORG/NAME for it. Pulled again, it goes on where it ended. A token for models that \
      are not public is read from HF_TOKEN; it is sent to the hub itself and nowhere else.
      """)

  @Argument(help: "ORG/NAME") var model: String
  @Option(help: "Branch, tag or commit.") var revision = HubName.mainRevision
  @Option(
    help: """
      Files to fetch, as in "*Q4_K_M.gguf"; may stand several times. By default safetensors with \
      their configuration and tokenizer, or else the one GGUF file.
      """)
  var include: [String] = []
  @Option(help: "The hub; by default HF_ENDPOINT or \(HubClient.publicEndpoint).")
  var endpoint: String?
  @Option(help: "Files at a time.") var parallel = 4

  func validate() throws {
    guard (1...16).contains(parallel) else {
      throw ValidationError("--parallel should be from 1 to 16")
    }
  }

  func run() throws {
    try reporting {
      let name = try HubName(model, revision: revision)
      let pull = try HubPull(
        name, client: try HubClient(endpoint: endpoint), cache: ModelCache(), patterns: include)
      let line = DownloadLine(pull)
      defer { line.finish() }
      try pull.run(parallel: parallel) { line.show($0) }
      line.finish()
      print("\(ModelCache().path(name) ?? pull.folder)")
    }
  }
}
