import CLeewayKernels

/// A fixed number of threads, the caller's among them, that take pieces of work one by one.
///
/// Waiting threads spin briefly and then sleep, the waiting caller too, so a busy neighbour on one
/// core costs its share and no more.
public final class ThreadPool: Sendable {
  /// How many threads work on a `run`, the caller included.
  public let threads: Int
  private let address: UInt

  /// Makes `threads - 1` threads. Where the system refuses them, work runs on the caller alone.
  public init(threads: Int) {
    let wanted = max(1, threads)
    let pool = wanted > 1 ? lw_pool_create(wanted) : nil
    self.threads = pool == nil ? 1 : wanted
    address = UInt(bitPattern: pool)
  }

  deinit {
    if let pool { lw_pool_destroy(pool) }
  }

  var pool: OpaquePointer? { OpaquePointer(bitPattern: address) }

  /// Calls `body(index)` for every index in `0..<count`, handed out one by one by an atomic counter;
  /// returns when all are done. Calls from inside a body run serially on its thread, and so do calls
  /// while another thread uses the pool.
  public func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
    guard count > 1, let pool else {
      for index in 0..<max(0, count) { body(index) }
      return
    }
    withoutActuallyEscaping(body) { escaping in
      var box = Box(body: escaping)
      withUnsafeMutablePointer(to: &box) { context in
        lw_pool_run(
          pool, count,
          { context, index in context?.assumingMemoryBound(to: Box.self).pointee.body(index) },
          context)
      }
    }
  }

  private struct Box {
    let body: @Sendable (Int) -> Void
  }
}
