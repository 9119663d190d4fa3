import LeewayTensor

/// The gradients that are alive during a backward pass: one for each matrix of the pass that some
/// operation behind it has sent one to and whose own operation has not yet read it.
///
/// Their memory is handed round: what one operation gives back the next one takes, still warm.
final class GradientTable {
  private final class Buffer {
    let memory: FloatMemory
    /// Matrices that share this gradient, as both terms of a sum do.
    var users = 1
    init(floats: Int) { memory = FloatMemory(count: floats) }
  }
  private struct Entry {
    var x: Matrix
    var gradient: Matrix
    /// Nil where the gradient stands in memory of the pass itself.
    var buffer: Buffer?
  }
  private var live: [Entry] = []
  private var idle: [Buffer] = []

  /// The gradient of x, or of the part of a matrix that x is, to read and to change in place; nil
  /// where nothing has been sent.
  func gradient(of x: Matrix) -> Matrix? {
    guard let (index, offset) = place(of: x) else { return nil }
    own(index)
    let whole = live[index].gradient
    return Matrix(
      base: whole.base + offset, rows: x.rows, columns: x.columns, stride: whole.stride)
  }

  /// Where to put the gradient of a whole matrix: `fresh` memory to be written, or what was already
  /// sent and is to be added to.
  func receive(_ x: Matrix) -> (gradient: Matrix, fresh: Bool) {
    if let gradient = gradient(of: x) { return (gradient, false) }
    let buffer = take(x.rows * x.columns)
    let gradient = Matrix(base: buffer.memory.base, rows: x.rows, columns: x.columns)
    live.append(Entry(x: x, gradient: gradient, buffer: buffer))
    return (gradient, true)
  }

  /// The gradient of a stands where that of y does: y is a plus something. False where a has its own
  /// already.
  func share(_ a: Matrix, with y: Matrix) -> Bool {
    guard place(of: a) == nil, let (index, _) = place(of: y) else { return false }
    var entry = live[index]
    entry.buffer?.users += 1
    entry.x = a
    live.append(entry)
    return true
  }

  /// The gradient of x stands in x itself.
  func adopt(_ x: Matrix) { live.append(Entry(x: x, gradient: x, buffer: nil)) }

  /// Nobody needs the gradient of y any more.
  func finish(_ y: Matrix) {
    guard let (index, _) = place(of: y) else { return }
    let buffer = live.remove(at: index).buffer
    guard let buffer else { return }
    buffer.users -= 1
    if buffer.users == 0 { idle.append(buffer) }
  }

  func reset() {
    for entry in live { finish(entry.x) }
    live.removeAll()
  }

  private func place(of x: Matrix) -> (index: Int, offset: Int)? {
    for (index, entry) in live.enumerated() {
      let whole = entry.x
      let offset = x.base - whole.base
      guard offset >= 0, offset < whole.rows * whole.stride else { continue }
      // Rows of the gradient may lie closer than those of the matrix.
      return (index, offset / whole.stride * entry.gradient.stride + offset % whole.stride)
    }
    return nil
  }

  /// A gradient that is shared is copied before somebody changes it.
  private func own(_ index: Int) {
    guard let shared = live[index].buffer, shared.users > 1 else { return }
    let old = live[index].gradient
    let buffer = take(old.rows * old.columns)
    shared.users -= 1
    buffer.memory.base.update(from: old.base, count: old.rows * old.columns)
    live[index].buffer = buffer
    live[index].gradient = Matrix(
      base: buffer.memory.base, rows: old.rows, columns: old.columns)
  }

  /// The last one given back that is large enough, and not wastefully large.
  private func take(_ floats: Int) -> Buffer {
    if let index = idle.lastIndex(where: {
      $0.memory.count >= floats && $0.memory.count <= 4 * floats
    }) {
      let buffer = idle.remove(at: index)
      buffer.users = 1
      return buffer
    }
    return Buffer(floats: floats)
  }
}
