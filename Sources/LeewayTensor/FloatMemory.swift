/// A block of zeroed floats that keeps its place: weights, gradients and moments in training.
///
/// Whoever shares one sees to it that nobody writes what another reads.
package final class FloatMemory: Sendable {
  package let count: Int
  private let memory: MappedMemory

  package init(count: Int) {
    self.count = count
    memory = MappedMemory(bytes: count * MemoryLayout<Float>.stride)
  }

  package var base: UnsafeMutablePointer<Float> {
    memory.base.assumingMemoryBound(to: Float.self)
  }

  /// All numbers; valid as long as this object lives.
  package var floats: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }

  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: memory.base, count: count * MemoryLayout<Float>.stride)
  }

  package func clear() { base.update(repeating: 0, count: count) }
}
