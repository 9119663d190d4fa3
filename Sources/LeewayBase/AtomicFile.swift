#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files that are whole or absent: written beside, synced, then renamed.
public enum AtomicFile {
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try write(to: path) { (put) throws(FileError) in
      try put(bytes[...])
    }
  }

  /// Writes in pieces; `body` gets a function that appends.
  public static func write(
    to path: String,
    _ body: ((ArraySlice<UInt8>) throws(FileError) -> Void) throws(FileError) -> Void
  ) throws(FileError) {
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .notFound(path: path) : .writing(path, errno: errno)
    }
    do throws(FileError) {
      try body { (part) throws(FileError) in
        var rest = part
        while !rest.isEmpty {
          let done = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
          if done < 0 {
            if errno == EINTR { continue }
            throw .writing(path, errno: errno)
          }
          rest = rest.dropFirst(done)
        }
      }
      guard fsync(descriptor) == 0 || errno == EINVAL else { throw .writing(path, errno: errno) }
      guard rename(temporary, path) == 0 else { throw .writing(path, errno: errno) }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    close(descriptor)
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
