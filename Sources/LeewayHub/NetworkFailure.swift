import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Why no answer came.
public enum NetworkFailure: Equatable, Sendable {
  case noSuchHost
  case nothingAnswers
  case offline
  case connectionLost
  case late
  /// The proxy that the environment names; what it said, where it said anything.
  case proxy(status: Int?)
  case certificate(Certificate)
  /// The two sides do not agree on how to be private, as when a plain server is asked.
  case noTLS
  case otherRange
  case other(String)

  public enum Certificate: Equatable, Sendable {
    case unknownAuthority
    case expired
    case notYetValid
    case otherName
    case untrusted
  }

  /// Whether another attempt may do better.
  var isPassing: Bool {
    switch self {
    case .noSuchHost, .certificate, .noTLS, .proxy: false
    case .nothingAnswers, .offline, .connectionLost, .late, .otherRange, .other: true
    }
  }

  init(_ error: any Error) {
    let text = (error as NSError).localizedDescription
    self = (error as? URLError).flatMap { Self(code: $0.code) } ?? Self(text: text)
  }

  /// What is told by number. On Linux little is: the session has one number for all that a
  /// certificate can be, and the rest stands in a text.
  init?(code: URLError.Code) {
    switch code {
    case .cannotFindHost, .dnsLookupFailed: self = .noSuchHost
    case .cannotConnectToHost: self = .nothingAnswers
    case .notConnectedToInternet: self = .offline
    case .networkConnectionLost: self = .connectionLost
    case .timedOut: self = .late
    case .serverCertificateHasBadDate: self = .certificate(.expired)
    case .serverCertificateNotYetValid: self = .certificate(.notYetValid)
    case .serverCertificateHasUnknownRoot: self = .certificate(.unknownAuthority)
    case .serverCertificateUntrusted: self = .certificate(.untrusted)
    default: return nil
    }
  }

  /// - Parameter text: as libcurl says it.
  package init(text: String) {
    let lower = text.lowercased()
    func says(_ parts: String...) -> Bool { parts.contains { lower.contains($0) } }
    if says("proxy", "connect tunnel failed") {
      self = .proxy(status: lower.split { !$0.isNumber }.compactMap { Int($0) }.last)
    } else if says("host name '", "does not match", "no alternative certificate") {
      self = .certificate(.otherName)
    } else if says("has expired") {
      self = .certificate(.expired)
    } else if says("not yet valid") {
      self = .certificate(.notYetValid)
    } else if says("issuer certificate", "self-signed certificate", "self signed certificate") {
      self = .certificate(.unknownAuthority)
    } else if says("certificate") {
      self = .certificate(.untrusted)
    } else if says("wrong version number", "tls connect error", "ssl routines", "ssl connect") {
      self = .noTLS
    } else {
      self = .other(text)
    }
  }
}
