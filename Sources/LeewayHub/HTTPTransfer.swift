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

  /// For how many seconds the server asks to be left alone.
  var wait: Int? {
    if let told = headers["retry-after"].flatMap({ Int($0) }) { return max(0, told) }
    // As in `"api";r=0;t=55`.
    let parts = headers["ratelimit"]?.split(separator: ";") ?? []
    return parts.lazy.map { $0.filter { $0 != " " } }.first { $0.hasPrefix("t=") }
      .flatMap { Int($0.dropFirst(2)) }.map { max(0, $0) }
  }

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
    case end(NetworkFailure?)
  }
  private let events = Mutex<[Event]>([])
  private let ready = DispatchSemaphore(value: 0)

  /// - Parameter take: returns false to stop; then nothing more comes.
  static func get(
    _ request: URLRequest, take: (Event) throws(HubError) -> Bool
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
  ) { put(.end(error.map { NetworkFailure($0) })) }
}
