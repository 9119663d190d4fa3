import LeewayBase

/// What can go wrong between a hub and this machine. Values only; the command writes the sentences.
/// Addresses stand without their queries: a signed one is a secret.
public enum HubError: Error, Equatable, Sendable {
  case badName(String)
  case badEndpoint(String)
  /// A path of the listing that would leave the model's folder.
  case unsafePath(model: String, path: String)
  case badListing(url: String, reason: String)
  /// Nothing in the model's folder is of the kinds that are asked for.
  case nothingToPull(model: String, patterns: [String], found: [String])
  /// Several GGUF files, of which one is to be chosen.
  case severalFiles(model: String, names: [String])
  /// An answer that is none; `wait` is what the hub asks for, in seconds.
  case refused(status: Int, url: String, model: String, withToken: Bool, wait: Int?)
  case network(host: String, reason: String)
  case tooManyRedirects(url: String)
  case badRedirect(url: String, host: String)
  /// Fewer bytes than announced, and no more came after several attempts.
  case dropped(path: String, received: Int, expected: Int, attempts: Int)
  case wrongSize(path: String, expected: Int, found: Int)
  case wrongHash(path: String, expected: String, found: String)
  case noSpace(folder: String, needed: Int, free: Int)
  /// Another pull fills the same folder.
  case busy(folder: String)
  case file(FileError)

  /// Whether another attempt may do better.
  var isPassing: Bool {
    switch self {
    case .network: true
    case .refused(let status, _, _, _, _): status >= 500 || status == 408
    default: false
    }
  }
}
