/// What can be wrong with a file as a file.
public enum FileError: Error, Equatable, Sendable {
  case notFound(path: String)
  case unreadable(path: String, errno: Int32)
  /// A folder, a pipe, a device.
  case notAFile(path: String)
  /// What Git checks out in place of a large file that was not fetched.
  case pointer(path: String)
  case unwritable(path: String, errno: Int32)
  case readOnly(path: String)
  case noSpace(path: String)
  /// `line` is the first that is not UTF-8, from 1.
  case notUTF8(path: String, line: Int)

  package static func writing(_ path: String, errno code: Int32) -> FileError {
    switch code {
    case ENOSPC, EDQUOT: .noSpace(path: path)
    case EROFS, EACCES, EPERM: .readOnly(path: path)
    default: .unwritable(path: path, errno: code)
    }
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
