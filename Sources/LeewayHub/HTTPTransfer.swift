import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The beginning of an answer.
struct HTTPHead: Sendable {
  var status: Int
  /// By lower-case name.
  var headers: [String: String]

  var length: Int? { headers["content-length"].flatMap { Int($0) } }

  /// First byte and whole size, from `bytes 100-199/1000`.
  var range: (first: Int, total: Int?)? {
    guard let text = headers["content-range"], text.hasPrefix("bytes ") else { return nil }
    let parts = text.dropFirst(6).split(separator: "/")
    guard parts.count == 2, let first = parts[0].split(separator: "-").first.flatMap({ Int($0) })
    else { return nil }
    return (first, Int(parts[1]))
  }
}

/// One GET. The session delivers on its own queue; the caller's thread takes events from here, so that
/// what is done with the bytes happens in one place. Redirects come back as answers.
final class HTTPTransfer: NSObject, URLSessionDataDelegate, Sendable {
  enum Event: Sendable {
    case head(HTTPHead)
    case bytes(Data)
    /// Nil when all is well.
    case end(reason: String?)
  }
  private let events = Mutex<[Event]>([])
  private let ready = DispatchSemaphore(value: 0)

  /// - Parameter take: returns false to stop; then nothing more comes.
  static func get(
    _ request: URLRequest, host: String, take: (Event) throws(HubError) -> Bool
  ) throws(HubError) {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = request.timeoutInterval
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    configuration.httpShouldSetCookies = false
    configuration.urlCache = nil
    let transfer = HTTPTransfer()
    let session = URLSession(configuration: configuration, delegate: transfer, delegateQueue: nil)
    defer { session.invalidateAndCancel() }
    session.dataTask(with: request).resume()
    while true {
      transfer.ready.wait()
      guard let event = transfer.next() else { continue }
      if case .end(let reason?) = event { throw .network(host: host, reason: reason) }
      guard try take(event) else { return }
      if case .end = event { return }
    }
  }

  private func next() -> Event? { events.withLock { $0.isEmpty ? nil : $0.removeFirst() } }

  private func put(_ event: Event) {
    events.withLock { $0.append(event) }
    ready.signal()
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping (URLRequest?) -> Void
  ) { completionHandler(nil) }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    let answer = response as? HTTPURLResponse
    var headers: [String: String] = [:]
    for (key, value) in answer?.allHeaderFields ?? [:] {
      headers["\(key)".lowercased()] = "\(value)"
    }
    put(.head(HTTPHead(status: answer?.statusCode ?? 0, headers: headers)))
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    put(.bytes(data))
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) { put(.end(reason: error.map(Self.reason))) }

  private static func reason(_ error: any Error) -> String {
    switch (error as? URLError)?.code {
    case .cannotFindHost?, .dnsLookupFailed?: "there is no such host"
    case .cannotConnectToHost?: "nothing answers there"
    case .notConnectedToInternet?: "this machine has no network"
    case .networkConnectionLost?: "the connection was lost"
    case .timedOut?: "no answer came in time"
    case .secureConnectionFailed?, .serverCertificateUntrusted?, .serverCertificateHasBadDate?,
      .serverCertificateHasUnknownRoot?, .serverCertificateNotYetValid?:
      "its certificate is not trusted"
    case let code?: "error \(code.rawValue)"
    case nil: "the connection failed"
    }
  }
}
