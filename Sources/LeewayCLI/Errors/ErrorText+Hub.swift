import Foundation
import LeewayBase
import LeewayHub

extension ErrorText {
  static func of(_ error: HubError) -> ErrorText {
    switch error {
    case .file(let file): ErrorText(sentence(error), code: of(file).code)
    case .badName, .badEndpoint, .nothingToPull, .severalFiles: ErrorText(sentence(error))
    default: ErrorText(sentence(error), code: 1)
    }
  }

  static func sentence(_ error: HubError) -> String {
    switch error {
    case .file(.noSpace(let path)):
      return "\(path): the disk is full; what came is kept, free some space and pull again"
    case .file(.readOnly(let path)):
      return
        "\(path): the cache is read-only or not yours; set LEEWAY_CACHE to a folder that you may"
        + " write to"
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
    case .refused(let refusal): return sentence(refusal)
    case .network(let host, let failure): return "\(host): " + sentence(failure)
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
        "\(path): the bytes have the hash \(found.prefix(12))… and should have"
        + " \(expected.prefix(12))…; they were thrown away, pull again"
    case .noSpace(let folder, let needed, let free):
      return
        "\(folder): needs \(ByteText.short(needed)) and \(ByteText.short(free)) are free; free some"
        + " space, or set LEEWAY_CACHE to a folder on another disk"
    case .busy(let folder): return "\(folder): another pull is filling this folder; wait for it"
    }
  }

  private static func sentence(_ failure: NetworkFailure) -> String {
    let elsewhere = "check the network, or name another hub with --endpoint"
    switch failure {
    case .noSuchHost: return "there is no such host; " + elsewhere
    case .nothingAnswers: return "nothing answers there\(proxy); " + elsewhere
    case .offline: return "this machine has no network"
    case .connectionLost: return "the connection was lost; pull again to go on"
    case .late: return "no answer came in time\(proxy); " + elsewhere
    case .otherRange: return "it sent another part of the file than was asked for; pull again"
    case .noTLS: return "it does not speak https as we do; is the address http://?"
    case .proxy(let status):
      let said = status.map { $0 == 407 ? "wants a name and a password (407)" : "refuses (\($0))" }
      return
        "the proxy\(proxy) \(said ?? "does not answer"); check its address and what it lets through"
    case .certificate(let fault): return sentence(fault)
    case .other(let text): return "the connection failed (\(text)); " + elsewhere
    }
  }

  private static func sentence(_ fault: NetworkFailure.Certificate) -> String {
    switch fault {
    case .unknownAuthority:
      return
        "its certificate is signed by none that this machine trusts: is it the right host? An"
        + " authority of your own goes to the system's (on Debian and Ubuntu:"
        + " /usr/local/share/ca-certificates, then update-ca-certificates); SSL_CERT_FILE is not read"
    case .expired:
      return "its certificate has expired; check this machine's clock, or tell its owner"
    case .notYetValid: return "its certificate is not valid yet; check this machine's clock"
    case .otherName: return "its certificate is for another name; check the address"
    case .untrusted: return "its certificate is not trusted by this machine"
    }
  }

  /// The variable that sends us by way of a proxy; never its value, which may hold a password.
  private static var proxy: String {
    let names = ["https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY"]
    let environment = ProcessInfo.processInfo.environment
    let name = names.first { environment[$0].map { !$0.isEmpty } ?? false }
    return name.map { " (the environment names a proxy: \($0))" } ?? ""
  }

  private static func sentence(_ refusal: Refusal) -> String {
    let (url, model) = (refusal.url, refusal.model)
    let (status, withToken) = (refusal.status, refusal.withToken)
    if let keeper = refusal.keeper, status != 429 {
      return
        "\(url): \(keeper), where the hub keeps it, answers \(status); what came is kept, pull again later"
    }
    let terms = "its terms are to be accepted on the page of \(model)"
    switch (status, refusal.kind) {
    case (401, "GatedRepo"):
      return
        "\(url): not allowed (401): " + terms + ", then set HF_TOKEN to a token that may read it"
    case (404, "RevisionNotFound"):
      return "\(model): has no revision \"\(refusal.revision)\"; check --revision"
    default: break
    }
    switch status {
    case 401:
      return
        "\(url): the hub wants to know who asks (401): "
        + (withToken
          ? "it does not know the token in HF_TOKEN, or there is no \(model)"
          : "there is no \(model), or it is not public: set HF_TOKEN to a token that may read it")
    case 403:
      return
        "\(url): not allowed (403): " + terms
        + (withToken ? "; the token in HF_TOKEN may not read it yet" : ", then set HF_TOKEN")
    case 404:
      return "\(url): not found (404): check the name \(model) and --revision"
    case 429:
      let time = refusal.wait.map { "in \($0) s" } ?? "in some minutes"
      return
        "\(url): the hub is asked too often (429): pull again \(time); what came is kept"
        + (withToken ? "" : ". With HF_TOKEN set it allows more")
    case 500...599:
      return "\(url): the hub failed (\(status)); what came is kept, pull again later"
    default: return "\(url): the hub answered \(status), not a file"
    }
  }
}
