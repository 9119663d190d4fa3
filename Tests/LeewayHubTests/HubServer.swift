import Foundation
import Synchronization

/// A small HTTP server on this machine that behaves as badly as it is told to.
final class HubServer: Sendable {
  struct Request: Sendable {
    var path: String
    var headers: [String: String]

    /// First byte asked for, and the last.
    var range: (Int, Int)? {
      guard let text = headers["range"], text.hasPrefix("bytes=") else { return nil }
      let ends = text.dropFirst(6).split(separator: "-").compactMap { Int($0) }
      return ends.count == 2 ? (ends[0], ends[1]) : nil
    }
  }

  struct Reply: Sendable {
    var status = 200
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    /// Bytes of the body after which the connection is dropped.
    var cut: Int?
    /// Seconds without a byte before that.
    var silence = 0.0

    static func text(_ text: String) -> Reply { Reply(body: Array(text.utf8)) }

    /// A file as a good server gives it.
    static func file(_ bytes: [UInt8], _ request: Request) -> Reply {
      guard let (first, last) = request.range else { return Reply(body: bytes) }
      guard first < bytes.count else { return Reply(status: 416) }
      let end = min(last, bytes.count - 1)
      return Reply(
        status: 206, headers: ["Content-Range": "bytes \(first)-\(end)/\(bytes.count)"],
        body: Array(bytes[first...end]))
    }

    func cut(after bytes: Int?) -> Reply {
      var reply = self
      reply.cut = bytes
      return reply
    }
  }

  let port: Int
  private let listener: Int32
  private let heard = Mutex<[Request]>([])
  private let answer: @Sendable (Request, _ earlier: Int) -> Reply

  var requests: [Request] { heard.withLock { $0 } }
  var address: String { "http://127.0.0.1:\(port)" }

  /// - Parameter answer: gets the number of earlier requests for the same path.
  init(_ answer: @escaping @Sendable (Request, _ earlier: Int) -> Reply) throws {
    signal(SIGPIPE, SIG_IGN)
    #if canImport(Glibc)
      listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    self.answer = answer
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let socket = listener
    let bound = withUnsafeMutablePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(socket, address, length) == 0 && listen(socket, 64) == 0
          && getsockname(socket, address, &length) == 0
      }
    }
    guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
    port = Int(UInt16(bigEndian: place.sin_port))
    let thread = Thread { [self] in
      while true {
        let connection = accept(socket, nil, nil)
        guard connection >= 0 else { return }
        Thread { [self] in serve(connection) }.start()
      }
    }
    thread.start()
  }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !text.suffix(4).elementsEqual([13, 10, 13, 10]) {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0, text.count < 1 << 16 else { return }
      text += buffer[..<count]
    }
    let lines = String(decoding: text, as: UTF8.self).components(separatedBy: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    let parts = lines[0].split(separator: " ")
    guard parts.count == 3 else { return }
    let request = Request(path: String(parts[1]), headers: headers)
    let earlier = heard.withLock { heard in
      defer { heard.append(request) }
      return heard.count { $0.path == request.path }
    }
    let reply = answer(request, earlier)
    var head = "HTTP/1.1 \(reply.status) Said\r\nConnection: close\r\n"
    if reply.headers["Content-Length"] == nil {
      head += "Content-Length: \(reply.body.count)\r\n"
    }
    for (key, value) in reply.headers { head += "\(key): \(value)\r\n" }
    send(connection, Array((head + "\r\n").utf8))
    send(connection, Array(reply.body.prefix(reply.cut ?? reply.body.count)))
    if reply.silence > 0 { Thread.sleep(forTimeInterval: reply.silence) }
    shutdown(connection, Int32(SHUT_WR))
    // Until the other side has read all: closing at once may throw bytes away.
    while recv(connection, &buffer, buffer.count, 0) > 0 {}
  }

  private func send(_ connection: Int32, _ bytes: [UInt8]) {
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      done += count
    }
  }
}
