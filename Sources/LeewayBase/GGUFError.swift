/// What can be wrong with a GGUF file.
public enum GGUFError: Error, Equatable, Sendable {
  case file(FileError)
  /// The first four bytes are not `GGUF`.
  case notGGUF(path: String)
  /// Neither 2 nor 3; byte-swapped when the file is big-endian.
  case unsupportedVersion(path: String, found: UInt32)
  /// The file ends within `key`: it needs `expected` bytes and `found` follow.
  case cutShort(path: String, key: String, expected: UInt64, found: Int)
  case wrongValue(path: String, key: String, expected: String, found: String)
  case missingKey(path: String, key: String)
  case duplicate(path: String, name: String)
  /// A tensor does not begin where the one before it ends.
  case misplaced(path: String, tensor: String, expected: Int, found: UInt64)
  case outOfRange(path: String, tensor: String, begin: Int, end: Int, dataBytes: Int)
  /// Bytes that no tensor claims: the file was stitched.
  case trailing(path: String, at: Int, bytes: Int)
}
