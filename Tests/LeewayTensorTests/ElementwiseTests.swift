import Foundation
import LeewayTensor
import Testing

@Suite struct ElementwiseTests {
  static let sets = KernelSet.available
  /// What two f32 roundings and an exp of one ulp may add up to.
  static let tolerance = 2e-7

  /// Numbers of every size that a stream or a logit may have, specials apart.
  static let inputs: [Float] = {
    var random = Random(11)
    var values: [Float] = [0, -0.0, 1, -1, 0.5, -0.5, 1e-20, -1e-20, 3, -3]
    for _ in 0..<4000 { values.append(random.float() * 12) }
    for _ in 0..<500 { values.append(random.float() * 1e-3) }
    for _ in 0..<500 { values.append(random.float() * 80) }
    return values
  }()
  static let specials: [Float] = [
    .infinity, -.infinity, .nan, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 88.7, -88.7, 89.5, -103, -104, -105, 1e30,
    -1e30, 13, -13, -14.5,
  ]

  static func reference(_ activation: Activation, _ x: Double) -> Double {
    switch activation {
    case .silu: x / (1 + exp(-x))
    case .geluTanh: x / (1 + exp(-2 * sqrt(2 / Double.pi) * (x + 0.044715 * x * x * x)))
    case .geluErf: 0.5 * x * erfc(-x / sqrt(2))
    case .relu: max(x, 0)
    }
  }

  static func apply(_ set: KernelSet, _ activation: Activation, _ values: [Float]) -> Storage {
    let storage = Storage(1, values.count, fill: values)
    Kernels(set: set).activate(storage.matrix, activation)
    return storage
  }

  @Test(arguments: Activation.allCases) func activationsAreNearDouble(activation: Activation) {
    let values = Self.inputs
    let found = Self.apply(.best, activation, values).values
    var worst = 0.0
    var at: Float = 0
    for (x, y) in zip(values, found) {
      let expected = Self.reference(activation, Double(x))
      // Where exp overflows the result is 0 instead of some 1e-38.
      let error = abs(Double(y) - expected) / max(abs(expected), 1e-30)
      if error > worst { (worst, at) = (error, x) }
    }
    #expect(worst < Self.tolerance, "\(activation) \(worst) at \(at)")
  }

  @Test(arguments: Activation.allCases) func activationsHaveTheSameBitsInAllSets(
    activation: Activation
  ) {
    let values = Self.inputs + Self.specials
    let expected = Self.apply(.best, activation, values)
    for set in Self.sets {
      for count in [1, 2, 7, 15, 16, 17, 31, 33, values.count] {
        let found = Self.apply(set, activation, Array(values.suffix(count)))
        #expect(found.guardsHold)
        let same = zip(found.values, expected.values.suffix(count)).allSatisfy {
          $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN)
        }
        #expect(same, "\(set.name) \(activation) \(count)")
      }
    }
  }

  @Test(arguments: Activation.allCases) func activationsOfSpecials(activation: Activation) {
    let found = Self.apply(
      .best, activation, [.infinity, .nan, 1e30, -1e30, -.greatestFiniteMagnitude]
    ).values
    #expect(found[0] == .infinity)
    #expect(found[1].isNaN)
    #expect(found[2] == 1e30)
    #expect(found[3] == 0 && found[4] == 0)
  }

  @Test(arguments: Activation.allCases) func gateIsActivationTimesUp(activation: Activation) {
    var random = Random(12)
    for width in [1, 8, 15, 16, 33, 100] {
      let both = random.floats(3 * 2 * width).map { $0 * 5 }
      let input = Storage(3, 2 * width, gap: 2, fill: both)
      for set in Self.sets {
        let output = Storage(3, width, gap: 1)
        Kernels(set: set).gate(input.matrix, activation, into: output.matrix)
        #expect(output.guardsHold)
        for row in 0..<3 {
          let gate = Array(input.matrix.row(row).prefix(width))
          let up = input.matrix.row(row).suffix(width)
          let expected = zip(Self.apply(.best, activation, gate).values, up).map { $0 * $1 }
          #expect(Array(output.matrix.row(row)) == expected)
        }
      }
    }
  }

  @Test func addAndItsAliases() {
    var random = Random(13)
    for width in [1, 15, 16, 17, 50] {
      let a = random.floats(2 * width)
      let b = random.floats(2 * width)
      for set in Self.sets {
        let first = Storage(2, width, gap: 1, fill: a)
        let second = Storage(2, width, gap: 5, fill: b)
        Kernels(set: set).add(first.matrix, second.matrix, into: first.matrix)
        #expect(first.values == zip(a, b).map { $0 + $1 })
        #expect(first.guardsHold && second.values == b)
      }
    }
  }

  @Test(arguments: [1, 5, 16, 64, 100, 768, 1153]) func normsAreNearDouble(width: Int) {
    var random = Random(14)
    let x = random.floats(3 * width).map { $0 * 3 + 0.7 }
    let weight = random.floats(width)
    let bias = random.floats(width)
    var rms: [Double] = []
    var layer: [Double] = []
    var size: [Double] = []
    for row in 0..<3 {
      let v = x[row * width..<(row + 1) * width].map(Double.init)
      let square = v.reduce(0) { $0 + $1 * $1 } / Double(width)
      let mean = v.reduce(0, +) / Double(width)
      let variance = v.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
      for (index, value) in v.enumerated() {
        rms.append(value / sqrt(square + 1e-5) * Double(weight[index]))
        let scaled = (value - mean) / sqrt(variance + 1e-5) * Double(weight[index])
        layer.append(scaled + Double(bias[index]))
        size.append(abs(scaled) + abs(Double(bias[index])))
      }
    }
    var bits: [[UInt32]] = []
    for set in Self.sets {
      let input = Storage(3, width, gap: 4, fill: x)
      let output = Storage(3, width, gap: 1)
      let kernels = Kernels(set: set)
      kernels.rmsNorm(input.matrix, weight: weight, epsilon: 1e-5, into: output.matrix)
      #expect(worstError(output.values, rms) < Self.tolerance && output.guardsHold)
      let first = output.bits
      kernels.layerNorm(
        input.matrix, weight: weight, bias: bias, epsilon: 1e-5, into: output.matrix)
      let worst = zip(zip(output.values, layer), size).map {
        abs(Double($0.0) - $0.1) / $1
      }.max()
      #expect((worst ?? 1) < Self.tolerance && output.guardsHold)
      bits.append(first + output.bits)
      kernels.rmsNorm(input.matrix, weight: weight, epsilon: 1e-5, into: input.matrix)
      #expect(input.bits == first, "in place")
    }
    #expect(bits.allSatisfy { $0 == bits[0] })
  }

  /// Weights fewer than the columns: each head is normed by itself.
  @Test func headsAreNormedByThemselves() {
    var random = Random(21)
    let (rows, heads, width) = (5, 3, 20)
    let x = random.floats(rows * heads * width)
    let weight = random.floats(width)
    for set in Self.sets {
      let kernels = Kernels(set: set)
      let input = Storage(rows, heads * width, gap: 4, fill: x)
      let output = Storage(rows, heads * width, gap: 1)
      kernels.rmsNorm(input.matrix, weight: weight, epsilon: 1e-5, into: output.matrix)
      #expect(output.guardsHold)
      for head in 0..<heads {
        let columns = head * width..<(head + 1) * width
        let alone = Storage(rows, width)
        kernels.rmsNorm(
          input.matrix.columns(columns), weight: weight, epsilon: 1e-5, into: alone.matrix)
        let part = output.matrix.columns(columns)
        let bits = (0..<rows).flatMap { row in part.row(row).map { $0.bitPattern } }
        #expect(alone.bits == bits)
      }
    }
  }

  @Test func softCapIsNearDouble() {
    var random = Random(22)
    let special: [Float] = [0, -0.0, 1e-30, -1e-9, 3e-5, 1e9, -1e9, .infinity, -.infinity]
    let x = random.floats(300).map { $0 * 40 } + random.floats(90) + special
    for cap in [Float(0.5), 30, 50] {
      let expected = x.map { Double(cap) * tanh(Double($0) / Double(cap)) }
      var bits: [[UInt32]] = []
      for set in Self.sets {
        let input = Storage(3, x.count / 3, gap: 1, fill: x)
        let output = Storage(3, x.count / 3, gap: 2)
        Kernels(set: set).softCap(input.matrix, cap, into: output.matrix)
        #expect(output.guardsHold)
        bits.append(output.bits)
        for (found, wanted) in zip(output.values, expected) {
          #expect(abs(Double(found) - wanted) <= 1.2e-7 * abs(wanted), "\(found) \(wanted)")
        }
      }
      #expect(bits.allSatisfy { $0 == bits[0] })
    }
  }

  @Test(arguments: [false, true]) func rotaryIsNearDouble(interleaved: Bool) {
    var random = Random(15)
    for (headWidth, rotaryWidth) in [(8, 8), (64, 64), (80, 20), (128, 128), (6, 2)] {
      let table = RotaryTable(
        headWidth: headWidth, rotaryWidth: rotaryWidth, base: 10_000, maxPositions: 600)
      let positions: [Int32] = [0, 1, 17, 599]
      let x = random.floats(4 * 3 * headWidth)
      var expected = x.map(Double.init)
      for (row, position) in positions.enumerated() {
        for head in 0..<3 {
          let start = (row * 3 + head) * headWidth
          for index in 0..<rotaryWidth / 2 {
            let frequency = 1 / Float(pow(10_000, Double(Float(2 * index) / Float(rotaryWidth))))
            let angle = Double(Float(position) * frequency)
            let one = start + (interleaved ? 2 * index : index)
            let two = start + (interleaved ? 2 * index + 1 : rotaryWidth / 2 + index)
            let (a, b) = (Double(x[one]), Double(x[two]))
            expected[one] = a * cos(angle) - b * sin(angle)
            expected[two] = b * cos(angle) + a * sin(angle)
          }
        }
      }
      var bits: [[UInt32]] = []
      for set in Self.sets {
        let storage = Storage(4, 3 * headWidth, gap: 2, fill: x)
        Kernels(set: set).rotary(
          storage.matrix, heads: 3, headWidth: headWidth, positions: positions, table: table,
          interleaved: interleaved)
        #expect(storage.guardsHold)
        #expect(worstError(storage.values, expected, floor: 1) < Self.tolerance)
        bits.append(storage.bits)
      }
      #expect(bits.allSatisfy { $0 == bits[0] })
    }
  }

  /// Large enough that the pool takes part; a row's bits do not depend on it.
  @Test func threadsDoNotMatter() {
    var random = Random(16)
    let (rows, width) = (130, 2048)
    let x = random.floats(rows * width)
    let weight = random.floats(width)
    let table = RotaryTable(headWidth: 64, rotaryWidth: 64, base: 10_000, maxPositions: 200)
    func run(_ kernels: Kernels) -> [UInt32] {
      let input = Storage(rows, width, gap: 3, fill: x)
      let output = Storage(rows, width, gap: 1)
      var bits: [UInt32] = []
      kernels.rmsNorm(input.matrix, weight: weight, epsilon: 1e-6, into: output.matrix)
      bits += output.bits
      kernels.layerNorm(
        input.matrix, weight: weight, bias: weight, epsilon: 1e-6, into: output.matrix)
      bits += output.bits
      kernels.add(input.matrix, output.matrix, into: output.matrix)
      kernels.activate(output.matrix, .geluTanh)
      bits += output.bits
      kernels.gate(input.matrix, .silu, into: output.matrix.columns(0..<width / 2))
      kernels.rotary(
        output.matrix, heads: width / 64, headWidth: 64, positions: (0..<Int32(rows)).map { $0 },
        table: table, interleaved: false)
      #expect(output.guardsHold)
      return bits + output.bits
    }
    let expected = run(Kernels())
    for threads in [2, 5] { #expect(run(Kernels(pool: ThreadPool(threads: threads))) == expected) }
  }
}
