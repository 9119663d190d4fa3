#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file's bytes, mapped read-only: pages come in as they are touched, nothing is copied.
public final class MappedFile: Sendable {
  public let path: String
  public let count: Int
  private nonisolated(unsafe) let base: UnsafeMutableRawPointer?

  public init(path: String) throws(FileError) {
    self.path = path
    // The system would read a name only up to a zero byte.
    guard !path.utf8.contains(0) else { throw .notFound(path: path) }
    // A pipe without a writer would block.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? .notFound(path: path) : .unreadable(path: path, errno: errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    count = Int(status.st_size)
    guard count > 0 else {
      base = nil
      return
    }
    let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard mapped != MAP_FAILED, let mapped else { throw .unreadable(path: path, errno: errno) }
    base = mapped
    if count < 1024, bytes.starts(with: "version https://git-lfs.github.com/spec/".utf8) {
      throw .pointer(path: path)
    }
  }

  deinit { if let base { munmap(base, count) } }

  /// The bytes, with this object kept alive while `body` reads them.
  public func withBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    defer { withExtendedLifetime(self) {} }
    return try body(bytes)
  }

  /// Valid as long as this object lives, which is not to the end of its scope: a last use of the
  /// object ends it. `withBytes` is safe.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
}
