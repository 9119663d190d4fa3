import CLeewayKernels
import Foundation
import LeewayBase
import LeewayTensor
import Testing

/// Quantised and f16 weights: every kernel set, batch and number of threads against one naive chain
/// over the widened numbers.
@Suite struct QuantisedTests {
  static let sets = KernelSet.available
  static let formats = DType.allCases.filter { !$0.isPlain } + [.f16]

  /// Rows of random blocks with finite scales.
  static func bytes(_ type: DType, rows: Int, inputs: Int, seed: UInt64) -> [UInt8] {
    var random = Random(seed)
    var bytes = (0..<type.bytes(of: rows * inputs)).map { _ in
      UInt8(truncatingIfNeeded: random.next() >> 24)
    }
    for block in 0..<bytes.count / type.blockBytes {
      for half in type.halves {
        let scale = Float16(random.float() / 8).bitPattern
        bytes[block * type.blockBytes + half] = UInt8(scale & 255)
        bytes[block * type.blockBytes + half + 1] = UInt8(scale >> 8)
      }
    }
    return bytes
  }

  static func widened(_ type: DType, _ bytes: [UInt8], count: Int) -> [Float] {
    bytes.withUnsafeBytes { bytes in
      [Float](unsafeUninitializedCapacity: count) { out, filled in
        type.widen(bytes, first: 0, into: UnsafeMutableBufferPointer(rebasing: out[..<count]))
        filled = count
      }
    }
  }

  private func weights(
    _ type: DType, _ bytes: [UInt8], outputs: Int, inputs: Int, bias: [Float]? = nil
  ) -> LinearWeights {
    bytes.withUnsafeBytes {
      LinearWeights([
        .init(bytes: $0, dtype: type, outputs: outputs, inputs: inputs, bias: bias)
      ])
    }
  }

  private func product(_ kernels: Kernels, _ x: [Float], _ w: LinearWeights, rows: Int) -> [UInt32]
  {
    let input = Storage(rows, w.inputs, gap: 3, fill: x)
    let output = Storage(rows, w.outputs, gap: 5)
    var work = WorkCount()
    kernels.linear(input.matrix, w, into: output.matrix, work: &work)
    #expect(input.guardsHold && output.guardsHold)
    #expect(work.useful == rows * w.outputs * w.inputs)
    return output.bits
  }

  @Test(arguments: formats) func oneChainWhateverTheSet(type: DType) throws {
    let (outputs, inputs) = (101, 1024 + type.blockNumbers)
    let stored = Self.bytes(type, rows: outputs, inputs: inputs, seed: 11)
    var random = Random(12)
    let bias = random.floats(outputs)
    let w = weights(type, stored, outputs: outputs, inputs: inputs, bias: bias)
    #expect(w.format == type)
    let wide = Self.widened(type, stored, count: outputs * inputs)
    for output in [0, 31, 32, 100] {
      #expect(w.weights(of: output) == Array(wide[output * inputs..<(output + 1) * inputs]))
    }
    let x = random.floats(17 * inputs)
    let expected = naiveLinear(
      x, wide, bias: bias, rows: 17, outputs: outputs, inputs: inputs
    ).map(\.bitPattern)
    for set in Self.sets {
      for rows in [1, 2, 3, 4, 13, 17] {
        let found = product(Kernels(set: set), x, w, rows: rows)
        #expect(found == Array(expected[..<(rows * outputs)]), "\(set.name), \(rows) rows")
      }
      let pooled = Kernels(set: set, pool: ThreadPool(threads: 3))
      #expect(product(pooled, x, w, rows: 17) == expected, "\(set.name), threads")
    }
  }

  /// Large enough for a pool to cut both rows and panels.
  @Test(arguments: [DType.q80, .q4K, .q3K, .iq4XS]) func threadsAndBatchesChangeNothing(type: DType)
    throws
  {
    let (outputs, inputs, rows) = (200, 512, 250)
    let w = weights(
      type, Self.bytes(type, rows: outputs, inputs: inputs, seed: 3), outputs: outputs,
      inputs: inputs)
    var random = Random(4)
    let x = random.floats(rows * inputs)
    for precision in Precision.allCases {
      let whole = product(Kernels(precision: precision), x, w, rows: rows)
      for threads in [2, 5] {
        let kernels = Kernels(precision: precision, pool: ThreadPool(threads: threads))
        #expect(product(kernels, x, w, rows: rows) == whole)
      }
      // In fast precision one row alone is exact.
      guard precision == .exact else { continue }
      for row in [0, 77, 249] {
        let one = product(Kernels(), Array(x[row * inputs..<(row + 1) * inputs]), w, rows: 1)
        #expect(one == Array(whole[row * outputs..<(row + 1) * outputs]))
      }
    }
  }

  @Test(arguments: formats, sets) func fastIsNear(type: DType, set: KernelSet) {
    let (outputs, inputs, rows) = (64, 512, 24)
    let w = weights(
      type, Self.bytes(type, rows: outputs, inputs: inputs, seed: 5), outputs: outputs,
      inputs: inputs)
    var random = Random(6)
    let x = random.floats(rows * inputs)
    func floats(_ precision: Precision) -> [Float] {
      product(Kernels(set: set, precision: precision), x, w, rows: rows)
        .map(Float.init(bitPattern:))
    }
    let (exact, fast) = (floats(.exact), floats(.fast))
    let scale = exact.reduce(0) { max($0, abs($1)) }
    let worst = zip(exact, fast).map { abs($0 - $1) }.max() ?? 0
    #expect(worst < 0.02 * scale)
    #expect(set.name == "avx512bf16" ? worst > 0 : worst == 0)
  }

  /// Keys in one format and values in another, as mixed files have them.
  @Test func sourcesOfSeveralFormatsStack() {
    let inputs = 256
    let parts: [(DType, Int)] = [(.q4K, 40), (.q6K, 24), (.q6K, 8), (.f32, 3), (.bf16, 5)]
    var random = Random(9)
    var stored: [[UInt8]] = []
    var wide: [Float] = []
    for (index, (type, outputs)) in parts.enumerated() {
      let bytes =
        type.isPlain
        ? type.narrow(random.floats(outputs * inputs))
        : Self.bytes(type, rows: outputs, inputs: inputs, seed: UInt64(20 + index))
      stored.append(bytes)
      wide += Self.widened(type, bytes, count: outputs * inputs)
    }
    let bias = random.floats(24)
    func collect(_ index: Int, _ sources: [LinearWeights.Source]) -> LinearWeights {
      guard index < parts.count else { return LinearWeights(sources) }
      return stored[index].withUnsafeBytes { bytes in
        collect(
          index + 1,
          sources + [
            .init(
              bytes: bytes, dtype: parts[index].0, outputs: parts[index].1, inputs: inputs,
              bias: index == 1 ? bias : nil)
          ])
      }
    }
    let w = collect(0, [])
    #expect(w.outputs == 80 && w.format == .q4K)
    #expect(w.weights(of: 79) == Array(wide[(79 * inputs)...]))
    let biases = [Float](repeating: 0, count: 40) + bias + [Float](repeating: 0, count: 16)
    let x = random.floats(5 * inputs)
    let expected = naiveLinear(x, wide, bias: biases, rows: 5, outputs: 80, inputs: inputs)
    for set in Self.sets {
      #expect(product(Kernels(set: set), x, w, rows: 5) == expected.map(\.bitPattern))
    }
  }

  /// Halves of heads that stand interleaved are packed in order, with their biases.
  @Test(arguments: [DType.f32, .bf16, .f16, .q80, .q5K])
  func interleavedHeadsArePackedInOrder(type: DType) {
    let (head, heads, inputs) = (12, 3, 256)
    let outputs = head * heads
    var random = Random(10)
    let bytes =
      type.isPlain
      ? type.narrow(random.floats(outputs * inputs))
      : Self.bytes(type, rows: outputs, inputs: inputs, seed: 31)
    let wide = Self.widened(type, bytes, count: outputs * inputs)
    let bias = random.floats(outputs)
    let w = bytes.withUnsafeBytes {
      LinearWeights([
        .init(
          bytes: $0, dtype: type, outputs: outputs, inputs: inputs, bias: bias, interleaved: head)
      ])
    }
    let x = random.floats(inputs)
    let found = product(Kernels(), x, w, rows: 1).map(Float.init(bitPattern:))
    for output in 0..<outputs {
      let (number, place) = output.quotientAndRemainder(dividingBy: head)
      let row = number * head + place % (head / 2) * 2 + place / (head / 2)
      #expect(w.weights(of: output) == Array(wide[row * inputs..<(row + 1) * inputs]))
      let chain = naiveLinear(
        x, Array(wide[row * inputs..<(row + 1) * inputs]), bias: [bias[row]], rows: 1, outputs: 1,
        inputs: inputs)
      #expect(found[output] == chain[0])
    }
  }

  /// A row that a file cuts out of a fused map.
  @Test func rangesOfQuantisedRowsAreTaken() {
    let inputs = 64
    let bytes = Self.bytes(.q80, rows: 96, inputs: inputs, seed: 7)
    let wide = Self.widened(.q80, bytes, count: 96 * inputs)
    let w = bytes.withUnsafeBytes {
      LinearWeights([
        .init(
          bytes: $0, dtype: .q80, outputs: 32, inputs: inputs, storedOutputs: 96, firstOutput: 64)
      ])
    }
    #expect(w.weights(of: 5) == Array(wide[69 * inputs..<70 * inputs]))
  }
}
