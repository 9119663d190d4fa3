import CLeewayKernels

/// Zeroed memory, 2 MiB aligned with huge pages asked for, given back with its owner.
final class MappedMemory: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let count: Int

  /// Stops the process when the system has no memory left, as every allocation in Swift does.
  init(bytes: Int) {
    count = max(bytes, 64)
    guard let base = lw_map(count) else { preconditionFailure("out of memory: \(bytes) bytes") }
    self.base = base
  }

  deinit { lw_unmap(base, count) }
}
