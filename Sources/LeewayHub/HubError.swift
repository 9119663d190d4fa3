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
  case refused(Refusal)
  case network(host: String, NetworkFailure)
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
    case .network(_, let failure): failure.isPassing
    case .refused(let refusal): refusal.isPassing
    default: false
    }
  }
}

/// An answer that is none.
public struct Refusal: Equatable, Sendable {
  public var status: Int
  public var url: String
  public var model: String
  public var revision: String
  public var withToken: Bool
  /// What the hub asks for, in seconds.
  public var wait: Int?
  /// The hub's own word for it, as in `GatedRepo`.
  public var kind: String?
  /// The host that the hub sent us to, where it was that one.
  public var keeper: String?

  /// Addresses at another host are good for a while only; the hub gives a new one.
  var isPassing: Bool {
    status >= 500 || status == 408 || status == 429 && wait != nil
      || status == 403 && keeper != nil
  }
}
