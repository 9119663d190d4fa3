import LeewayBase
import LeewayTensor

/// A small seeded generator (SplitMix64), so that failures repeat.
struct Random {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Between -1 and 1.
  mutating func float() -> Float { Float(Int64(bitPattern: next()) >> 40) / 8_388_608 }

  mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }
}

/// Floats of its own behind a `Matrix`, with a stride and guard numbers that nothing may write.
final class Storage {
  static let guardValue: Float = -12345.5
  let memory: UnsafeMutableBufferPointer<Float>
  let matrix: Matrix

  init(_ rows: Int, _ columns: Int, gap: Int = 0, fill: [Float]? = nil) {
    let stride = columns + gap
    memory = .allocate(capacity: rows * stride + 16)
    memory.initialize(repeating: Self.guardValue)
    matrix = Matrix(base: memory.baseAddress!, rows: rows, columns: columns, stride: stride)
    if let fill {
      for row in 0..<rows {
        for column in 0..<columns { matrix.row(row)[column] = fill[row * columns + column] }
      }
    }
  }

  deinit { memory.deallocate() }

  /// The matrix's numbers, row by row.
  var values: [Float] { (0..<matrix.rows).flatMap { Array(matrix.row($0)) } }
  var bits: [UInt32] { values.map(\.bitPattern) }

  /// Whether everything outside the matrix still holds the guard value.
  var guardsHold: Bool {
    for (index, value) in memory.enumerated() {
      let inside =
        index / matrix.stride < matrix.rows && index % matrix.stride < matrix.columns
      if !inside && value != Self.guardValue { return false }
    }
    return true
  }
}

/// bf16 by truncation: exact for what is stored and read back.
func bf16(_ value: Float) -> UInt16 { UInt16(value.bitPattern >> 16) }
func widened(_ value: UInt16) -> Float { Float(bitPattern: UInt32(value) << 16) }

extension LinearWeights {
  /// Weights `[outputs, inputs]` of f32.
  static func f32(_ values: [Float], outputs: Int, inputs: Int, bias: [Float]? = nil)
    -> LinearWeights
  {
    values.withUnsafeBytes {
      LinearWeights([
        Source(bytes: $0, dtype: .f32, outputs: outputs, inputs: inputs, bias: bias)
      ])
    }
  }

  /// Weights `[outputs, inputs]` of bf16.
  static func bf16(_ values: [UInt16], outputs: Int, inputs: Int, bias: [Float]? = nil)
    -> LinearWeights
  {
    values.withUnsafeBytes {
      LinearWeights([
        Source(bytes: $0, dtype: .bf16, outputs: outputs, inputs: inputs, bias: bias)
      ])
    }
  }
}

/// The law in its plainest form: one sequential chain of fused multiply-adds from the bias.
func naiveLinear(
  _ x: [Float], _ w: [Float], bias: [Float]?, rows: Int, outputs: Int, inputs: Int
) -> [Float] {
  var y: [Float] = []
  y.reserveCapacity(rows * outputs)
  for row in 0..<rows {
    for output in 0..<outputs {
      var sum = bias?[output] ?? 0
      for k in 0..<inputs { sum.addProduct(x[row * inputs + k], w[output * inputs + k]) }
      y.append(sum)
    }
  }
  return y
}

/// Largest error relative to the reference's own size, or to `floor` where that is larger.
func worstError(_ values: [Float], _ reference: [Double], floor: Double = 1e-30) -> Double {
  zip(values, reference).reduce(0) { worst, pair in
    max(worst, abs(Double(pair.0) - pair.1) / max(abs(pair.1), floor))
  }
}
