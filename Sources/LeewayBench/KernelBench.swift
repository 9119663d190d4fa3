import CLeewayKernels
import Foundation
import LeewayBase
import LeewayTensor

/// Linear maps as shares of a multiply-add loop and of a read loop, measured in the same process.
///
/// One thread is timed in CPU seconds, so what other processes take does not count; several threads
/// are timed in wall seconds. Every figure is the best of its repetitions.
struct KernelBench {
  var set: KernelSet
  var threads: [Int]
  /// Seconds that each figure may take.
  var seconds: Double

  struct Shape {
    let rows: Int
    let outputs: Int
    let inputs: Int
  }

  static let shapes = [
    Shape(rows: 768, outputs: 3072, inputs: 768),
    Shape(rows: 72, outputs: 3072, inputs: 768),
    Shape(rows: 8, outputs: 3072, inputs: 768),
    Shape(rows: 768, outputs: 8192, inputs: 2048),
    Shape(rows: 1, outputs: 8192, inputs: 2048),
  ]

  /// What a machine does at most, on a number of threads.
  struct Limits {
    var fma = 0.0
    var bf16 = 0.0
    var read = 0.0
  }

  func run() {
    for count in threads {
      let pool = count > 1 ? ThreadPool(threads: count) : nil
      let limits = limits(pool)
      print(
        "\(set.name), \(count) thread\(count > 1 ? "s, wall" : ", CPU") time: f32 fma"
          + " \(figure(2e-9 * limits.fma)) GFLOP/s, bf16 dot \(figure(2e-9 * limits.bf16)) GFLOP/s,"
          + " read \(figure(1e-9 * limits.read)) GB/s")
      print("   rows  outputs  inputs  weights  precision  GFLOP/s  of peak  weights GB/s  of read")
      for shape in Self.shapes {
        for dtype in [DType.f32, .bf16, .q80, .q4K] {
          // One row reads each weight once: copies that outgrow every cache, as a whole model does.
          let bytes = dtype.bytes(of: shape.outputs * shape.inputs)
          let copies = shape.rows == 1 ? max(1, (256 << 20) / bytes) : 1
          let weights = (0..<copies).map { _ in self.weights(shape, dtype) }
          for precision in dtype == .f32 ? [Precision.exact] : Precision.allCases {
            measure(shape, weights, precision, pool, limits)
          }
        }
      }
    }
  }

  private func measure(
    _ shape: Shape, _ copies: [LinearWeights], _ precision: Precision, _ pool: ThreadPool?,
    _ limits: Limits
  ) {
    let weights = copies[0]
    let x = Floats(shape.rows * shape.inputs)
    let y = Floats(shape.rows * shape.outputs)
    let input = Matrix(base: x.base, rows: shape.rows, columns: shape.inputs)
    let output = Matrix(base: y.base, rows: shape.rows, columns: shape.outputs)
    let kernels = Kernels(set: set, precision: precision, pool: pool)
    var next = 0
    let best = best(pool) {
      var work = WorkCount()
      kernels.linear(input, copies[next % copies.count], into: output, work: &work)
      next += 1
    }
    let rate = Double(shape.rows * shape.outputs * shape.inputs) / best
    // One row of quantised weights is exact in either precision.
    let dots =
      precision == .fast && set.name == "avx512bf16"
      && (weights.format == .bf16 || !weights.format.isPlain && shape.rows > 1)
    let bytes = Double(weights.byteCount) / best
    print(
      column(shape.rows, 7), column(shape.outputs, 8), column(shape.inputs, 7),
      column(weights.format.rawValue, 8), column(precision.rawValue, 10),
      column(figure(2e-9 * rate), 8), column(percent(rate / (dots ? limits.bf16 : limits.fma)), 8),
      column(figure(1e-9 * bytes), 13), column(percent(bytes / limits.read), 8))
  }

  /// Seconds of the fastest repetition.
  private func best(_ pool: ThreadPool?, _ body: () -> Void) -> Double {
    let clock = pool == nil ? lw_thread_seconds : lw_wall_seconds
    let end = lw_wall_seconds() + seconds
    var best = Double.infinity
    var repetitions = 0
    while repetitions < 5 || lw_wall_seconds() < end {
      let start = clock()
      body()
      best = min(best, clock() - start)
      repetitions += 1
    }
    return best
  }

  func limits(_ pool: ThreadPool?) -> Limits {
    let count = pool?.threads ?? 1
    let memory = Floats(64 << 20)
    // Many pieces a thread, so that a neighbour on one core slows this loop as it slows the kernels.
    let pieces = count == 1 ? 1 : 16 * count
    let share = memory.count / pieces
    let rounds = 2_000_000 / pieces
    /// Work per second of a loop that runs `pieces` times.
    func rate(_ work: Double, _ body: @Sendable @escaping (Int) -> Void) -> Double {
      let best = best(pool) {
        if let pool { pool.run(pieces, body) } else { body(0) }
      }
      return work * Double(pieces) / best
    }
    let perFma = lw_peak_fma(1)
    let perDot = lw_peak_bf16(1)
    return Limits(
      fma: rate(perFma * Double(rounds)) { _ in _ = lw_peak_fma(rounds) },
      bf16: perDot == 0 ? 0 : rate(perDot * Double(rounds)) { _ in _ = lw_peak_bf16(rounds) },
      read: rate(Double(share * 4)) { _ = lw_read(memory.base + $0 * share, share) })
  }

  private func weights(_ shape: Shape, _ dtype: DType) -> LinearWeights {
    let count = shape.outputs * shape.inputs
    // Small numbers of every sign; the values do not matter to the time as long as they are normal.
    let bytes: [UInt8] = (0..<dtype.bytes(of: count)).map {
      guard dtype.isPlain else { return UInt8($0 % 59) }
      return $0 % dtype.width == dtype.width - 1
        ? ($0 / 7 % 2 == 0 ? 0x3c : 0xbc) : UInt8($0 % 251)
    }
    return bytes.withUnsafeBytes {
      LinearWeights([
        .init(bytes: $0, dtype: dtype, outputs: shape.outputs, inputs: shape.inputs)
      ])
    }
  }

  private func figure(_ value: Double) -> String { String(format: "%.1f", value) }
  private func percent(_ value: Double) -> String { String(format: "%.0f %%", 100 * value) }
  private func column(_ value: some CustomStringConvertible, _ width: Int) -> String {
    let text = value.description
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// Touched floats with huge pages asked for.
private final class Floats: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  let count: Int

  init(_ count: Int) {
    self.count = count
    guard let memory = lw_map(count * 4) else { preconditionFailure("out of memory") }
    base = memory.bindMemory(to: Float.self, capacity: count)
    for index in 0..<count { base[index] = Float(index % 13) * 0.1 - 0.6 }
  }

  deinit { lw_unmap(base, count * 4) }
}
