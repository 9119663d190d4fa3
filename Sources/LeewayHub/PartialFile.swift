import Foundation
import LeewayBase

extension HubFile {
  /// Where it grows, beside its name. Named by the content: what was begun of another revision is not
  /// gone on with.
  var partPath: String { path + "." + (hash?.description.prefix(16) ?? "new") + ".part" }
}

/// A file that grows at its end until it is whole; then it may take its name.
final class PartialFile {
  let path: String
  private(set) var size = 0
  private var descriptor: Int32 = -1

  init(path: String) { self.path = path }

  /// - Parameter keeping: most bytes that may stay of an earlier attempt.
  func open(keeping limit: Int) throws(HubError) {
    // Never through a link, which would lead out of the folder.
    descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw failure() }
    size = Int(lseek(descriptor, 0, SEEK_END))
    if size < 0 || size > limit { try cut(to: 0) }
  }

  func close() {
    if descriptor >= 0 { _ = Foundation.close(descriptor) }
    descriptor = -1
  }

  func cut(to bytes: Int) throws(HubError) {
    guard ftruncate(descriptor, off_t(bytes)) == 0,
      lseek(descriptor, off_t(bytes), SEEK_SET) == off_t(bytes)
    else { throw failure() }
    size = bytes
  }

  func append(_ data: Data) throws(HubError) {
    var done = 0
    while done < data.count {
      let written = data.withUnsafeBytes {
        write(descriptor, $0.baseAddress.map { $0 + done }, data.count - done)
      }
      if written < 0 {
        if errno == EINTR { continue }
        throw failure()
      }
      done += written
      size += written
    }
  }

  /// Of what is there, by the same rule as another.
  func hash(as other: HubHash) throws(HubError) -> HubHash {
    do { return try MappedFile(path: path).withBytes { other.same(of: $0) } } catch {
      throw .file(error)
    }
  }

  func remove() { unlink(path) }

  func sync() throws(HubError) {
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure() }
  }

  private func failure() -> HubError { .file(.writing(path, errno: errno)) }
}
