import LeewayHub

extension ErrorText {
  static func of(_ error: HubError) -> ErrorText {
    switch error {
    case .file(let error): of(error)
    case .badName, .badEndpoint, .nothingToPull, .severalFiles: ErrorText(sentence(error))
    default: ErrorText(sentence(error), code: 1)
    }
  }

  static func sentence(_ error: HubError) -> String {
    switch error {
    case .file(let error): return sentence(error)
    case .badName(let name):
      return
        "\"\(name)\": expected ORG/NAME of letters, digits, \"-\", \"_\" and \".\", as in"
        + " leeway pull ORG/NAME --revision main"
    case .badEndpoint(let text):
      return "\"\(text)\": expected an address as in https://HOST (--endpoint or HF_ENDPOINT)"
    case .unsafePath(let model, let path):
      return
        "\(model): the hub lists \(path.debugDescription), a path that leaves the model's folder;"
        + " nothing was fetched"
    case .badListing(let url, let reason):
      return "\(url): this is no list of files: \(reason); is this a hub? (--endpoint)"
    case .nothingToPull(let model, let patterns, let found):
      let wanted =
        patterns.isEmpty
        ? "no model.safetensors and no GGUF file" : "nothing like " + list(patterns)
      return
        "\(model): has \(wanted); it has " + (found.isEmpty ? "no files" : list(found))
        + "; choose with --include PATTERN"
    case .severalFiles(let model, let names):
      return
        "\(model): has \(names.count) GGUF files: \(list(names)); choose one with --include PATTERN"
    case .refused(let status, let url, let model, let withToken, let wait):
      return refusal(status, url, model, withToken, wait)
    case .network(let host, let reason):
      return "\(host): \(reason); check the network, or name another hub with --endpoint"
    case .tooManyRedirects(let url): return "\(url): redirects without end"
    case .badRedirect(let url, let host):
      return "\(url): redirects to \(host), where no safe address stands; not followed"
    case .dropped(let path, let received, let expected, let attempts):
      return
        "\(path): the connection ended \(attempts) times in a row at \(received) of \(expected)"
        + " bytes; what came is kept, pull again to go on"
    case .wrongSize(let path, let expected, let found):
      return
        "\(path): the hub lists \(expected) bytes and sends \(found); pull again, the model may"
        + " just have changed"
    case .wrongHash(let path, let expected, let found):
      return
        "\(path): the bytes have SHA-256 \(found.prefix(12))… and should have"
        + " \(expected.prefix(12))…; they were thrown away, pull again"
    case .noSpace(let folder, let needed, let free):
      return
        "\(folder): needs \(ByteText.short(needed)) and \(ByteText.short(free)) are free; free some"
        + " space, or set LEEWAY_CACHE to a folder on another disk"
    case .busy(let folder): return "\(folder): another pull is filling this folder; wait for it"
    }
  }

  private static func refusal(
    _ status: Int, _ url: String, _ model: String, _ withToken: Bool, _ wait: Int?
  ) -> String {
    switch status {
    case 401:
      return
        "\(url): the hub wants to know who asks (401): "
        + (withToken
          ? "it does not know the token in HF_TOKEN, or there is no \(model)"
          : "there is no \(model), or it is not public: set HF_TOKEN to a token that may read it")
    case 403:
      return
        "\(url): not allowed (403): accept the terms on the model's page"
        + (withToken ? "; the token in HF_TOKEN may not read it yet" : ", then set HF_TOKEN")
    case 404:
      return "\(url): not found (404): check the name \(model) and --revision"
    case 429:
      let time = wait.map { "in \($0) s" } ?? "in some minutes"
      return
        "\(url): the hub is asked too often (429): pull again \(time); what came is kept"
        + (withToken ? "" : ". With HF_TOKEN set it allows more")
    case 500...599: return "\(url): the hub failed (\(status)); pull again later"
    default: return "\(url): the hub answered \(status), not a file"
    }
  }
}
