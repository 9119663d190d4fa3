import LeewayBase
import LeewayTensor
import Testing

@Suite struct LinearTests {
  static let sets = KernelSet.available

  /// Runs `linear` and returns its bits; checks that nothing outside y was written.
  func bits(
    _ kernels: Kernels, _ x: [Float], _ w: LinearWeights, rows: Int, gap: Int = 3
  ) -> [UInt32] {
    let input = Storage(rows, w.inputs, gap: gap, fill: x)
    let output = Storage(rows, w.outputs, gap: gap)
    var work = WorkCount()
    kernels.linear(input.matrix, w, into: output.matrix, work: &work)
    #expect(output.guardsHold, "\(kernels.set.name) \(rows) \(w.outputs) \(w.inputs)")
    #expect(work.useful == rows * w.outputs * w.inputs)
    return output.bits
  }

  @Test(arguments: sets) func everySmallShapeIsTheSequentialChain(set: KernelSet) {
    var random = Random(1)
    let kernels = Kernels(set: set)
    let all = random.floats(20 * 40)
    for inputs in [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 40] {
      for outputs in 1...70 {
        let w = random.floats(outputs * inputs)
        let bias = outputs % 2 == 0 ? random.floats(outputs) : nil
        let packed = LinearWeights.f32(w, outputs: outputs, inputs: inputs, bias: bias)
        let x = Array(all.prefix(20 * inputs))
        let expected = naiveLinear(
          x, w, bias: bias, rows: 20, outputs: outputs, inputs: inputs
        ).map(\.bitPattern)
        for rows in 1...20 {
          let found = bits(kernels, Array(x.prefix(rows * inputs)), packed, rows: rows)
          if found != Array(expected.prefix(rows * outputs)) {
            Issue.record("\(set.name): rows \(rows), outputs \(outputs), inputs \(inputs)")
            return
          }
        }
      }
    }
  }

  @Test(arguments: sets) func everySmallBf16ShapeIsTheChainOfWidenedWeights(set: KernelSet) {
    var random = Random(2)
    let kernels = Kernels(set: set)
    for inputs in 1...40 {
      for outputs in [1, 15, 16, 17, 31, 32, 33, 64, 70, 129, 160] {
        let stored = random.floats(outputs * inputs).map(bf16)
        let bias = random.floats(outputs)
        let packed = LinearWeights.bf16(stored, outputs: outputs, inputs: inputs, bias: bias)
        #expect(packed.format == .bf16)
        let x = random.floats(14 * inputs)
        let expected = naiveLinear(
          x, stored.map(widened), bias: bias, rows: 14, outputs: outputs, inputs: inputs
        ).map(\.bitPattern)
        for rows in 1...14 {
          let found = bits(kernels, Array(x.prefix(rows * inputs)), packed, rows: rows)
          if found != Array(expected.prefix(rows * outputs)) {
            Issue.record("\(set.name): rows \(rows), outputs \(outputs), inputs \(inputs)")
            return
          }
        }
      }
    }
  }

  /// Shapes that cross every block border: rows 192, inputs 768 and 1024.
  @Test(arguments: [
    (200, 40, 800), (193, 33, 769), (385, 32, 100), (13, 100, 1600), (3, 300, 2049),
    (1, 513, 1025), (2, 260, 770), (72, 96, 1537),
  ]) func largeShapesAgreeInAllSets(rows: Int, outputs: Int, inputs: Int) {
    var random = Random(3)
    let stored = random.floats(outputs * inputs).map(bf16)
    let w = stored.map(widened)
    let bias = random.floats(outputs)
    let x = random.floats(rows * inputs)
    let expected = naiveLinear(x, w, bias: bias, rows: rows, outputs: outputs, inputs: inputs)
      .map(\.bitPattern)
    let plain = LinearWeights.f32(w, outputs: outputs, inputs: inputs, bias: bias)
    let half = LinearWeights.bf16(stored, outputs: outputs, inputs: inputs, bias: bias)
    for set in Self.sets {
      #expect(bits(Kernels(set: set), x, plain, rows: rows) == expected, "\(set.name) f32")
      #expect(bits(Kernels(set: set), x, half, rows: rows) == expected, "\(set.name) bf16")
    }
  }

  @Test(arguments: sets, Precision.allCases)
  func aBatchEqualsItsRowsAndThreadsDoNotMatter(set: KernelSet, precision: Precision) {
    var random = Random(4)
    let (rows, outputs, inputs) = (83, 1000, 300)
    let stored = random.floats(outputs * inputs).map(bf16)
    let w = LinearWeights.bf16(stored, outputs: outputs, inputs: inputs)
    let x = random.floats(rows * inputs)
    let serial = Kernels(set: set, precision: precision)
    let whole = bits(serial, x, w, rows: rows)
    for row in 0..<rows {
      let one = bits(serial, Array(x[row * inputs..<(row + 1) * inputs]), w, rows: 1)
      #expect(one == Array(whole[row * outputs..<(row + 1) * outputs]))
    }
    for threads in [2, 3, 5] {
      let pooled = Kernels(set: set, precision: precision, pool: ThreadPool(threads: threads))
      #expect(bits(pooled, x, w, rows: rows) == whole)
    }
  }

  @Test(arguments: sets) func fastIsExactForF32AndNearForBf16(set: KernelSet) {
    var random = Random(5)
    let (rows, outputs, inputs) = (17, 70, 301)
    let stored = random.floats(outputs * inputs).map(bf16)
    let w = stored.map(widened)
    let x = random.floats(rows * inputs)
    let exact = Kernels(set: set)
    let fast = Kernels(set: set, precision: .fast)
    let plain = LinearWeights.f32(w, outputs: outputs, inputs: inputs)
    #expect(bits(exact, x, plain, rows: rows) == bits(fast, x, plain, rows: rows))
    let half = LinearWeights.bf16(stored, outputs: outputs, inputs: inputs)
    let near = bits(fast, x, half, rows: rows).map(Float.init(bitPattern:))
    let reference = bits(exact, x, half, rows: rows).map(Float.init(bitPattern:))
    // Rounding one factor to 8 bits: about 2^-9 of sqrt(inputs) products of size up to 1.
    let worst = zip(near, reference).map { abs($0 - $1) }.max() ?? 0
    #expect(worst < 0.2)
    #expect(set.name == "avx512bf16" ? worst > 0 : worst == 0)
  }

  @Test func sourcesStackAndTransposeAndTakeRanges() {
    var random = Random(6)
    let inputs = 37
    let first = random.floats(20 * inputs)
    let second = random.floats(50 * inputs)
    let transposed = (0..<inputs).flatMap { k in (0..<50).map { second[$0 * inputs + k] } }
    let bias = random.floats(9)
    let half: [Float16] = random.floats(5 * inputs).map { Float16($0) }
    let w = first.withUnsafeBytes { a in
      transposed.withUnsafeBytes { b in
        half.withUnsafeBytes { c in
          LinearWeights([
            .init(bytes: a, dtype: .f32, outputs: 20, inputs: inputs),
            .init(
              bytes: b, dtype: .f32, outputs: 9, inputs: inputs, transposed: true,
              storedOutputs: 50, firstOutput: 30, bias: bias),
            .init(bytes: c, dtype: .f16, outputs: 5, inputs: inputs),
          ])
        }
      }
    }
    #expect(w.outputs == 34 && w.inputs == inputs && w.format == .f32)
    let stacked = first + Array(second[30 * inputs..<39 * inputs]) + half.map { Float($0) }
    let x = random.floats(4 * inputs)
    let biases = [Float](repeating: 0, count: 20) + bias + [Float](repeating: 0, count: 5)
    let expected = naiveLinear(x, stacked, bias: biases, rows: 4, outputs: 34, inputs: inputs)
    #expect(bits(Kernels(), x, w, rows: 4) == expected.map(\.bitPattern))
  }

  /// Every way to store a matrix packs into the same weights.
  @Test(arguments: [1, 2, 63, 64, 65, 131]) func transposedEqualsItsRows(inputs: Int) {
    var random = Random(8)
    let outputs = 45
    let stored = random.floats(outputs * inputs).map(bf16)
    let turned = (0..<inputs).flatMap { k in (0..<outputs).map { stored[$0 * inputs + k] } }
    let x = random.floats(2 * inputs)
    let rows = bits(
      Kernels(), x, .bf16(stored, outputs: outputs, inputs: inputs), rows: 2)
    // Taken as 13 and 32 outputs, so that a source ends within a panel.
    let parts = turned.withUnsafeBytes { bytes in
      LinearWeights(
        [(0, 13), (13, 32)].map { first, count in
          .init(
            bytes: bytes, dtype: .bf16, outputs: count, inputs: inputs, transposed: true,
            storedOutputs: outputs, firstOutput: first)
        })
    }
    #expect(parts.format == .bf16)
    #expect(bits(Kernels(), x, parts, rows: 2) == rows)
    let wide = turned.map(widened).withUnsafeBytes {
      LinearWeights([
        .init(bytes: $0, dtype: .f32, outputs: outputs, inputs: inputs, transposed: true)
      ])
    }
    #expect(bits(Kernels(), x, wide, rows: 2) == rows)
  }

  @Test func everyF16IsWidenedExactly() {
    let all = (0...UInt16.max).map { $0 }.filter { $0 & 0x7c00 != 0x7c00 }
    let w = all.withUnsafeBytes {
      LinearWeights([.init(bytes: $0, dtype: .f16, outputs: all.count, inputs: 1)])
    }
    let found = bits(Kernels(), [1], w, rows: 1).map(Float.init(bitPattern:))
    // Minus zero meets the bias of plus zero.
    #expect(found == all.map { Float(Float16(bitPattern: $0)) })
  }

  @Test func oneSetOneLawAboutTheSignOfZero() {
    // A padded odd input must not turn a chain that ends at minus zero into plus zero.
    let w = LinearWeights.bf16(
      [bf16(-0.0)], outputs: 1, inputs: 1, bias: [-0.0])
    for set in Self.sets {
      #expect(bits(Kernels(set: set), [1], w, rows: 1) == [Float(-0.0).bitPattern])
    }
  }

  /// Threads share the outputs of a map, also of heads whose halves stand interleaved, and of a map
  /// that is stored input first; every weight is where one thread puts it.
  @Test(arguments: [DType.f32, .bf16, .f16, .q80, .q4K])
  func threadsPackWhatOnePacks(dtype: DType) {
    let inputs = 256
    let sizes = [(outputs: 700, head: 0), (outputs: 96, head: 32), (outputs: 333, head: 0)]
    var stream = NamedStream("packing \(dtype)")
    let bytes = sizes.map { size in
      (0..<dtype.bytes(of: size.outputs * inputs)).map { _ in UInt8(stream.below(120)) }
    }
    let biases = sizes.map { size in (0..<size.outputs).map { _ in Float(stream.normal()) } }
    func packed(_ pool: ThreadPool?, transposed: Bool) -> LinearWeights {
      func collect(_ index: Int, _ sources: [LinearWeights.Source]) -> LinearWeights {
        guard index < sizes.count else { return LinearWeights(sources, pool: pool) }
        return bytes[index].withUnsafeBytes {
          collect(
            index + 1,
            sources + [
              .init(
                bytes: $0, dtype: dtype, outputs: sizes[index].outputs, inputs: inputs,
                transposed: transposed, bias: biases[index], interleaved: sizes[index].head)
            ])
        }
      }
      return collect(0, [])
    }
    for transposed in dtype.isPlain ? [false, true] : [false] {
      let (one, three) = (
        packed(nil, transposed: transposed), packed(ThreadPool(threads: 3), transposed: transposed)
      )
      #expect(one.byteCount == three.byteCount && one.format == three.format)
      for output in 0..<one.outputs {
        let (a, b) = (one.weights(of: output), three.weights(of: output))
        #expect(a.map(\.bitPattern) == b.map(\.bitPattern), "output \(output)")
      }
      #expect(one.weights(of: 0) != one.weights(of: 1))
    }
  }
}
