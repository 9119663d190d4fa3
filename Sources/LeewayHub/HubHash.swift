import LeewayBase

/// By what a hub names a file's content.
public enum HubHash: Hashable, Sendable, CustomStringConvertible {
  /// Large files; in hexadecimal.
  case sha256(String)
  /// Small ones, as git names them.
  case blob(String)

  init?(large text: String) {
    let digits = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
    guard Self.isHexadecimal(digits, 64) else { return nil }
    self = .sha256(digits.lowercased())
  }

  init?(blob text: String) {
    guard Self.isHexadecimal(text, 40) else { return nil }
    self = .blob(text.lowercased())
  }

  public var description: String {
    switch self {
    case .sha256(let digits), .blob(let digits): digits
    }
  }

  func same(of bytes: UnsafeRawBufferPointer) -> HubHash {
    switch self {
    case .sha256: .sha256(ContentHash.sha256(bytes))
    case .blob: .blob(ContentHash.gitBlob(bytes))
    }
  }

  private static func isHexadecimal(_ text: String, _ count: Int) -> Bool {
    text.utf8.count == count
      && text.utf8.allSatisfy { byte in
        switch byte | 0x20 {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte & 0x20 != 0
        case UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
      }
  }
}
