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
    guard !path.utf8.contains(0) else { throw .notFound(path: path) }
    let (descriptor, temporary) = try openBeside(path)
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

  /// A new file beside the one to come; two writers in one process get two.
  private static func openBeside(_ path: String) throws(FileError) -> (Int32, String) {
    for attempt in 0..<1000 {
      let temporary = "\(path).\(getpid())-\(attempt).tmp"
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      if descriptor >= 0 { return (descriptor, temporary) }
      switch errno {
      case EEXIST: continue
      case ENOENT, ENOTDIR: throw .notFound(path: path)
      default: throw .writing(path, errno: errno)
      }
    }
    throw .writing(path, errno: EEXIST)
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
