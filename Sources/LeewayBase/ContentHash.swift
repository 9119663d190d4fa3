import Crypto

/// SHA-256: the names of checkpoints, vectors and conditions.
public enum ContentHash {
  public static func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
    var hasher = SHA256()
    hasher.update(bufferPointer: bytes)
    return hexadecimal(hasher.finalize())
  }

  public static func sha256(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { sha256($0) }
  }

  public static func sha256(_ text: String) -> String { sha256(Array(text.utf8)) }

  /// What git calls a file of these bytes: SHA-1 of `blob SIZE`, a zero and the bytes. It finds damage
  /// and another version; against forgers it is no help.
  public static func gitBlob(_ bytes: UnsafeRawBufferPointer) -> String {
    var hasher = Insecure.SHA1()
    hasher.update(data: Array("blob \(bytes.count)\0".utf8))
    hasher.update(bufferPointer: bytes)
    return hexadecimal(hasher.finalize())
  }

  static func digest(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

  private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}
