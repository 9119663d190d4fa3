import ArgumentParser
import LeewayHub

/// Fetches a model from a hub into the cache.
struct PullCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull", abstract: "Fetch a model from a hub.",
    discussion: """
      It lies in ~/.cache/leeway/models/ORG/NAME (LEEWAY_CACHE names another root), and every \
      command takes ORG/NAME for it; a revision other than main has a folder of its own, \
      ORG/NAME@REVISION. Pulled again, it goes on where it ended, or takes what has changed. A token \
      for models that are not public is read from HF_TOKEN; it is sent to the hub itself and nowhere \
      else. A proxy is taken from HTTPS_PROXY and NO_PROXY. Certificates are those that the system \
      trusts.
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
      var client = try HubClient(endpoint: endpoint)
      client.pausing = {
        printError("leeway: the hub is asked too often and wants a pause of \($0) s; waiting")
      }
      let pull = try HubPull(name, client: client, cache: ModelCache(), patterns: include)
      let line = DownloadLine(pull)
      defer { line.finish() }
      let removed = try pull.run(parallel: parallel) { line.show($0) }
      line.finish()
      for path in removed { printError("leeway: removed \(path), of an earlier revision") }
      if let commit = pull.commit { printError("leeway: \(name) at commit \(commit.prefix(12))") }
      switch ModelCache().content(name) {
      case .model(let path)?: print(path)
      case .several(let files)?: print(files.joined(separator: "\n"))
      case .unfinished?, nil: print(pull.folder)
      }
    }
  }
}
