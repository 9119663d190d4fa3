#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that one holder at a time has, among threads and processes. The system takes it back when
/// the holder ends, however it ends, so none is ever left over.
public final class FileLock {
  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  /// Makes the file if it is not there; it stays behind, empty.
  ///
  /// - Returns: nil while another holds it.
  public static func take(_ path: String) throws(FileError) -> FileLock? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .writing(path, errno: errno) }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EINTR { continue }
      close(descriptor)
      guard code == EWOULDBLOCK else { throw .writing(path, errno: code) }
      return nil
    }
    return FileLock(descriptor: descriptor)
  }

  deinit { close(descriptor) }
}
