import Foundation
import LeewayBase

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Asks a hub with the public layout: listings under `/api/models`, files under `/resolve/`.
public struct HubClient: Sendable {
  public static let publicEndpoint = "https://huggingface.co"

  let endpoint: URL
  /// Sent to the endpoint alone, never past a redirect to another host.
  private let token: String?
  /// Seconds without a byte.
  package var timeout: Double = 60
  /// Failures in a row, without a byte between, after which a file is given up.
  package var attempts = 5
  /// Before the second attempt, in seconds; it doubles.
  package var pause: Double = 1
  /// Bytes asked for at once: the session holds what the disk has not taken yet.
  package var piece = 64 << 20
  /// The longest pause that a hub may ask for, in seconds; a longer one is an error.
  package var patience = 90
  /// Told of each such pause, in seconds, before it begins.
  public var pausing: @Sendable (Int) -> Void = { _ in }

  /// - Parameter endpoint: `https://HOST`; nil takes `HF_ENDPOINT` or the public hub.
  public init(
    endpoint: String? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(HubError) {
    // As they come out of a file, a line's end and all.
    func told(_ name: String) -> String? {
      let text = environment[name]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
      return text.isEmpty ? nil : text
    }
    var text = endpoint ?? told("HF_ENDPOINT") ?? Self.publicEndpoint
    while text.hasSuffix("/") { text.removeLast() }
    guard let url = URL(string: text), ["http", "https"].contains(url.scheme ?? ""),
      !(url.host ?? "").isEmpty, url.query == nil, url.user == nil
    else { throw .badEndpoint(Self.withoutUser(endpoint ?? told("HF_ENDPOINT") ?? "")) }
    self.endpoint = url
    token = told("HF_TOKEN")
  }

  /// A password is not to be shown.
  private static func withoutUser(_ text: String) -> String {
    guard let end = text.lastIndex(of: "@") else { return text }
    let start = text.range(of: "://")?.upperBound ?? text.startIndex
    return text[..<min(start, end)] + "…" + text[end...]
  }

  /// The commit that a model's revision stands for; nil where the hub has no word for it.
  public func commit(_ name: HubName) throws(HubError) -> String? {
    let place = try url("/api/models/\(name)/revision/", name.revision, "")
    do throws(HubError) {
      let (bytes, _) = try listing(place, name)
      guard let root = try? JSONValue.parse(bytes, path: Self.shown(place)),
        let commit = root["sha"]?.text, HubHash(blob: commit) != nil
      else { return nil }
      return commit
    } catch {
      // Not every mirror knows this question; whether there is such a model the listing tells.
      guard case .refused(let refusal) = error, [400, 404, 405, 501].contains(refusal.status),
        refusal.kind == nil
      else { throw error }
      return nil
    }
  }

  /// All files of a model at its revision, or at the commit that it stood for.
  public func files(_ name: HubName, commit: String? = nil) throws(HubError) -> [HubFile] {
    var next: URL? = try url(
      "/api/models/\(name)/tree/", commit ?? name.revision, "?recursive=1")
    var files: [HubFile] = []
    var pages = 0
    while let page = next {
      pages += 1
      guard pages <= 1000 else {
        throw .badListing(url: Self.shown(page), reason: "it does not end")
      }
      let (bytes, head) = try listing(page, name)
      files += try HubFile.list(bytes, url: Self.shown(page), model: "\(name)")
      next = try following(head, page)
    }
    var seen: Set<String> = []
    for file in files where !seen.insert(file.path).inserted {
      throw .badListing(url: Self.shown(endpoint), reason: "\(file.path) stands twice")
    }
    return files
  }

  func url(of file: HubFile, _ source: HubSource) throws(HubError) -> URL {
    try url(
      "/\(source.name)/resolve/", source.revision, "/" + Self.escaped(file.path, slash: true))
  }

  private func url(_ start: String, _ revision: String, _ rest: String) throws(HubError) -> URL {
    let text = endpoint.absoluteString + start + Self.escaped(revision, slash: false) + rest
    guard let url = URL(string: text) else { throw .badEndpoint(endpoint.absoluteString) }
    return url
  }

  private static func escaped(_ text: String, slash: Bool) -> String {
    var allowed = CharacterSet(charactersIn: "-._~")
    allowed.insert(charactersIn: "a"..."z")
    allowed.insert(charactersIn: "A"..."Z")
    allowed.insert(charactersIn: "0"..."9")
    if slash { allowed.insert("/") }
    return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
  }

  private func listing(_ url: URL, _ name: HubName) throws(HubError) -> ([UInt8], HTTPHead) {
    var failures = 0
    while true {
      var bytes: [UInt8] = []
      do throws(HubError) {
        let head = try get(url, name) { (_) throws(HubError) in
        } body: { (data) throws(HubError) in
          bytes += data
          guard bytes.count <= 64 << 20 else {
            throw HubError.badListing(url: Self.shown(url), reason: "it is larger than 64 MB")
          }
        }
        if let length = head.length, bytes.count < length {
          throw HubError.network(host: url.host ?? "", .connectionLost)
        }
        return (bytes, head)
      } catch {
        failures += 1
        // Where nothing answers at first, nothing will: most often the address is wrong.
        if case .network(_, .nothingAnswers) = error { throw error }
        guard error.isPassing, failures < attempts, rest(failures, after: error) else {
          throw error
        }
      }
    }
  }

  /// `Link: <…>; rel="next"`, on the same hub only.
  private func following(_ head: HTTPHead, _ page: URL) throws(HubError) -> URL? {
    guard let link = head.headers["link"], link.contains("rel=\"next\""),
      let open = link.firstIndex(of: "<"), let close = link.firstIndex(of: ">"), open < close
    else { return nil }
    let text = String(link[link.index(after: open)..<close])
    guard let next = URL(string: text, relativeTo: page)?.absoluteURL, isOwn(next) else {
      throw .badListing(url: Self.shown(page), reason: "it goes on at another host")
    }
    return next
  }

  /// Sleeps before another attempt; false where the hub asks for a longer pause than we make.
  func rest(_ failures: Int, after error: HubError) -> Bool {
    if case .refused(let refusal) = error, let wait = refusal.wait {
      guard wait <= patience else { return false }
      if wait > 0 {
        pausing(wait)
        Thread.sleep(forTimeInterval: Double(wait))
        return true
      }
    }
    let seconds = min(30, pause * Double(1 << min(failures - 1, 8)))
    if seconds > 0 { Thread.sleep(forTimeInterval: seconds) }
    return true
  }

  // MARK: One answer

  /// Follows redirects, then hears the answer. Anything but 200 and 206 is an error.
  @discardableResult
  func get(
    _ start: URL, _ name: HubName, range: Range<Int>? = nil,
    head hear: (HTTPHead) throws(HubError) -> Void,
    body: (Data) throws(HubError) -> Void
  ) throws(HubError) -> HTTPHead {
    var url = start
    for _ in 0..<10 {
      var request = URLRequest(url: url, timeoutInterval: timeout)
      // Sizes and hashes are of the bytes as they stand.
      request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
      request.setValue("leeway", forHTTPHeaderField: "User-Agent")
      if let range {
        request.setValue(
          "bytes=\(range.lowerBound)-\(range.upperBound - 1)", forHTTPHeaderField: "Range")
      }
      let withToken = token != nil && isOwn(url)
      if let token, withToken {
        request.setValue("Bearer " + token, forHTTPHeaderField: "Authorization")
      }
      var answer: HTTPHead?
      var onward: URL?
      var refusal: HubError?
      var unread = 1 << 16
      try HTTPTransfer.get(request) { (event) throws(HubError) in
        switch event {
        case .head(let head):
          answer = head
          if let place = head.headers["location"], (301...308).contains(head.status) {
            onward = try redirect(from: url, to: place)
            return false
          }
          guard head.status == 200 || head.status == 206 else {
            refusal = refused(head, start, by: url, name)
            return true
          }
          try hear(head)
        case .bytes(let data):
          guard refusal != nil else {
            try body(data)
            return true
          }
          unread -= data.count
          return unread > 0
        case .end(let failure?):
          // A proxy's refusal has the looks of the hub's; only the end tells them apart.
          if case .proxy = failure { refusal = nil }
          throw refusal ?? .network(host: url.host ?? "", failure)
        case .end(nil): break
        }
        return true
      }
      if let refusal { throw refusal }
      if let onward {
        url = onward
        continue
      }
      guard let answer else { throw .network(host: url.host ?? "", .connectionLost) }
      return answer
    }
    throw .tooManyRedirects(url: Self.shown(start))
  }

  private func refused(_ head: HTTPHead, _ start: URL, by url: URL, _ name: HubName) -> HubError {
    .refused(
      Refusal(
        status: head.status, url: Self.shown(start), model: "\(name)", revision: name.revision,
        withToken: token != nil, wait: head.wait, kind: head.headers["x-error-code"],
        keeper: isOwn(url) ? nil : url.host))
  }

  private func redirect(from url: URL, to place: String) throws(HubError) -> URL {
    guard let next = URL(string: place, relativeTo: url)?.absoluteURL,
      let scheme = next.scheme?.lowercased(), let host = next.host, !host.isEmpty,
      scheme == "https" || scheme == "http" && url.scheme?.lowercased() == "http"
    else {
      let found = URL(string: place, relativeTo: url)
      throw .badRedirect(url: Self.shown(url), host: found?.host ?? found?.scheme ?? "nowhere")
    }
    return next
  }

  private func isOwn(_ url: URL) -> Bool {
    func port(_ url: URL) -> Int { url.port ?? (url.scheme?.lowercased() == "https" ? 443 : 80) }
    return url.scheme?.lowercased() == endpoint.scheme?.lowercased()
      && url.host?.lowercased() == endpoint.host?.lowercased() && port(url) == port(endpoint)
  }

  /// An address without its query.
  static func shown(_ url: URL) -> String {
    String(url.absoluteString.prefix { $0 != "?" && $0 != "#" })
  }
}
