import LeewayTensor
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A block of floats that grows on demand and is kept: the steady state allocates nothing.
package final class FloatBuffer {
  private(set) var base: UnsafeMutablePointer<Float>
  private(set) var capacity = 0
  /// Where every matrix gets memory of its own, so that all of them last until the arena is reset.
  private let arena: KeyValueArena?

  init(from arena: KeyValueArena? = nil) {
    self.arena = arena
    base = Self.allocate(64)
  }
  deinit { free(base) }

  private static func allocate(_ floats: Int) -> UnsafeMutablePointer<Float> {
    let large = floats * 4 >= 4 << 20
    let alignment = large ? 2 << 20 : 64
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, alignment, floats * 4) == 0, let raw else {
      // Nothing sensible is left to do without memory; the system would end the process anyway.
      preconditionFailure("out of memory: \(floats * 4) bytes")
    }
    #if os(Linux)
      if large { madvise(raw, floats * 4, MADV_HUGEPAGE) }
    #endif
    return raw.bindMemory(to: Float.self, capacity: floats)
  }

  /// A matrix in this buffer; whatever stood there before is gone, unless an arena keeps it.
  func matrix(rows: Int, columns: Int) -> Matrix {
    if let arena { return Matrix(base: arena.take(rows * columns), rows: rows, columns: columns) }
    let needed = max(rows * columns, 64)
    if needed > capacity {
      free(base)
      // A little more than asked: row counts vary from batch to batch.
      capacity = needed + needed / 8
      base = Self.allocate(capacity)
    }
    return Matrix(base: base, rows: rows, columns: columns)
  }
}

/// Keys and values live in an arena: taken one after the other, given back all at once.
package final class KeyValueArena {
  private var chunks: [FloatBuffer] = []
  private var sizes: [Int] = []
  private var chunk = 0
  private var used = 0
  private let chunkFloats: Int

  package init(chunkFloats: Int = 1 << 22) { self.chunkFloats = chunkFloats }

  package func take(_ floats: Int) -> UnsafeMutablePointer<Float> {
    while true {
      if chunk == chunks.count {
        let size = max(chunkFloats, floats)
        let buffer = FloatBuffer()
        _ = buffer.matrix(rows: 1, columns: size)
        chunks.append(buffer)
        sizes.append(size)
      }
      if used + floats <= sizes[chunk] {
        defer { used += (floats + 15) / 16 * 16 }
        return chunks[chunk].base + used
      }
      chunk += 1
      used = 0
    }
  }

  package func reset() {
    chunk = 0
    used = 0
  }
}

/// The buffers of one running batch.
package final class Workspace {
  let residual: FloatBuffer
  package let compact: FloatBuffer
  let normed: FloatBuffer
  let normedCompact: FloatBuffer
  let query: FloatBuffer
  let keyValue: FloatBuffer
  let attended: FloatBuffer
  let attnOut: FloatBuffer
  let postNormed: FloatBuffer
  let hidden: FloatBuffer
  let gated: FloatBuffer
  let mlpOut: FloatBuffer
  let router: FloatBuffer
  let shares: FloatBuffer
  let expertIn: FloatBuffer
  let expertOut: FloatBuffer
  let final: FloatBuffer
  let logits: FloatBuffer
  package let arena: KeyValueArena
  /// Whether what a pass computes stays until the arena is reset: a backward pass reads it.
  let retaining: Bool
  var spans: [KeyValueSpan] = []
  var pieces: [AttentionPiece] = []
  var visible: [Int32] = []
  var compactPositions: [Int32] = []
  var routes = Routes()

  package init(retaining: Bool = false) {
    let arena = KeyValueArena()
    func buffer() -> FloatBuffer { FloatBuffer(from: retaining ? arena : nil) }
    residual = buffer()
    compact = buffer()
    normed = buffer()
    normedCompact = buffer()
    query = buffer()
    keyValue = buffer()
    attended = buffer()
    attnOut = buffer()
    postNormed = buffer()
    hidden = buffer()
    gated = buffer()
    mlpOut = buffer()
    router = buffer()
    shares = buffer()
    expertIn = buffer()
    expertOut = buffer()
    final = buffer()
    logits = buffer()
    self.arena = arena
    self.retaining = retaining
  }

  /// What x is now, kept until the arena is reset.
  func copy(_ x: Matrix) -> Matrix {
    let y = Matrix(base: arena.take(x.rows * x.columns), rows: x.rows, columns: x.columns)
    for row in 0..<x.rows {
      y.row(row).baseAddress?.update(from: x.base + row * x.stride, count: x.columns)
    }
    return y
  }

  /// Where an operation that works in place puts its result: onto x, or beside it when x is
  /// retained.
  func over(_ x: Matrix) -> Matrix {
    guard retaining else { return x }
    return Matrix(base: arena.take(x.rows * x.columns), rows: x.rows, columns: x.columns)
  }
}

/// Workspaces at rest, one for each batch that ran at the same time.
final class WorkspacePool: Sendable {
  private struct Idle: @unchecked Sendable { var spaces: [Workspace] = [] }
  private let idle = Mutex(Idle())

  func with<R>(_ body: (Workspace) throws -> R) rethrows -> R {
    let space = idle.withLock { UncheckedBox($0.spaces.popLast()) }.value ?? Workspace()
    defer {
      space.arena.reset()
      let box = UncheckedBox(space)
      idle.withLock { $0.spaces.append(box.value) }
    }
    return try body(space)
  }
}

/// Carries a value across an isolation boundary where the code around it gives the guarantee.
struct UncheckedBox<Value>: @unchecked Sendable {
  var value: Value
  init(_ value: Value) { self.value = value }
}

/// Multiply-adds done by an executor since it was made.
public final class WorkMeter: Sendable {
  private let total = Mutex(WorkCount())
  public init() {}
  public var count: WorkCount { total.withLock { $0 } }
  func add(_ work: WorkCount) {
    total.withLock {
      $0.useful += work.useful
      $0.padding += work.padding
    }
  }
}
