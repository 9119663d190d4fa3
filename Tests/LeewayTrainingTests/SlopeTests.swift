import LeewayBase
import LeewayTensor
import Testing

/// Each operation's gradient against central differences.
@Suite struct SlopeTests {
  @Test(arguments: Engine.all, [(5, 7, 9), (40, 37, 33), (3, 1, 2)])
  func linear(engine: Engine, shape: (rows: Int, outputs: Int, inputs: Int)) {
    let (rows, outputs, inputs) = shape
    var chance = Chance("linear", "\(shape)")
    let kernels = engine.kernels()
    let x = chance.storage(rows * inputs)
    let w = chance.storage(outputs * inputs)
    let bias = chance.storage(outputs)
    let c = chance.floats(rows * outputs)
    for transposed in [false, true] {
      func source(_ back: Bool) -> LinearWeights.Source {
        let steps = transposed ? (1, outputs) : (inputs, 1)
        return LinearWeights.Source(
          floats: UnsafeBufferPointer(start: w.base, count: w.count),
          outputs: back ? inputs : outputs, inputs: back ? outputs : inputs,
          outputStep: back ? steps.1 : steps.0, inputStep: back ? steps.0 : steps.1,
          bias: back ? nil : bias.values)
      }
      func loss() -> Double {
        let y = Floats(count: rows * outputs)
        var work = WorkCount()
        kernels.linear(
          x.matrix(rows, inputs), LinearWeights([source(false)]), into: y.matrix(rows, outputs),
          work: &work)
        return weighted(y, c)
      }
      let slopes = Floats(c)
      let dx = Floats(count: rows * inputs)
      kernels.linearBack(
        slopes.matrix(rows, outputs), LinearWeights([source(true)]), into: dx.matrix(rows, inputs),
        adding: false)
      expectSlope(dx.values, of: x, "dx", loss: loss)
      let twice = Floats(dx.values)
      kernels.linearBack(
        slopes.matrix(rows, outputs), LinearWeights([source(true)]),
        into: twice.matrix(rows, inputs), adding: true)
      #expect(relativeDifference(twice.values, dx.values.map { 2 * $0 }) < 1e-6)
      let dw = Floats(count: outputs * inputs)
      if transposed {
        kernels.outer(
          x.matrix(rows, inputs), slopes.matrix(rows, outputs),
          addingTo: dw.matrix(inputs, outputs))
      } else {
        kernels.outer(
          slopes.matrix(rows, outputs), x.matrix(rows, inputs),
          addingTo: dw.matrix(outputs, inputs))
      }
      expectSlope(dw.values, of: w, "dw", loss: loss)
      let db = Floats(count: outputs)
      let partials = Floats(count: Kernels.partials(rows: rows, columns: outputs))
      kernels.columnSums(slopes.matrix(rows, outputs), addingTo: db.base, partials: partials.base)
      expectSlope(db.values, of: bias, "db", loss: loss)
    }
  }

  @Test(arguments: Engine.all, [(1, 1), (3, 16), (37, 21)])
  func norms(engine: Engine, shape: (rows: Int, columns: Int)) {
    let (rows, columns) = shape
    var chance = Chance("norms", "\(shape)")
    let kernels = engine.kernels()
    let x = chance.storage(rows * columns, around: 0.3)
    let weight = chance.storage(columns, around: 1, by: 0.3)
    let bias = chance.storage(columns)
    let c = chance.floats(rows * columns)
    let partials = Floats(count: Kernels.partials(rows: rows, columns: columns))
    for rms in [true, false] where rms || columns > 1 {
      func loss() -> Double {
        let y = Floats(count: rows * columns)
        if rms {
          kernels.rmsNorm(
            x.matrix(rows, columns), weight: weight.values, epsilon: 0.1,
            into: y.matrix(rows, columns))
        } else {
          kernels.layerNorm(
            x.matrix(rows, columns), weight: weight.values, bias: bias.values, epsilon: 0.1,
            into: y.matrix(rows, columns))
        }
        return weighted(y, c)
      }
      let dy = Floats(c)
      let before = chance.floats(rows * columns)
      let dx = Floats(count: rows * columns)
      let added = Floats(before)
      let (dw, db) = (Floats(count: columns), Floats(count: columns))
      for (into, adding) in [(dx, false), (added, true)] {
        dw.base.update(repeating: 0, count: columns)
        db.base.update(repeating: 0, count: columns)
        if rms {
          kernels.rmsNormBack(
            x.matrix(rows, columns), weight: weight.values, epsilon: 0.1,
            dy: dy.matrix(rows, columns), into: into.matrix(rows, columns), adding: adding,
            dWeight: dw.base, partials: partials.base)
        } else {
          kernels.layerNormBack(
            x.matrix(rows, columns), weight: weight.values, epsilon: 0.1,
            dy: dy.matrix(rows, columns), into: into.matrix(rows, columns), adding: adding,
            dWeight: dw.base, dBias: db.base, partials: partials.base)
        }
      }
      expectSlope(dx.values, of: x, "dx, rms \(rms)", loss: loss)
      expectSlope(dw.values, of: weight, "dw, rms \(rms)", loss: loss)
      if !rms { expectSlope(db.values, of: bias, "db", loss: loss) }
      let sum = zip(before, dx.values).map { $0 + $1 }
      #expect(relativeDifference(added.values, sum) < 1e-6)
    }
  }

  @Test(arguments: Engine.all, [(1, 1), (3, 5), (37, 3)])
  func headNorms(engine: Engine, shape: (rows: Int, heads: Int)) {
    let (rows, heads, width) = (shape.rows, shape.heads, 6)
    let columns = heads * width
    var chance = Chance("head norms", "\(shape)")
    let kernels = engine.kernels()
    let x = chance.storage(rows * columns, around: 0.3)
    let weight = chance.storage(width, around: 1, by: 0.3)
    let c = chance.floats(rows * columns)
    func loss() -> Double {
      let y = Floats(count: rows * columns)
      kernels.rmsNorm(
        x.matrix(rows, columns), weight: weight.values, epsilon: 0.1,
        into: y.matrix(rows, columns))
      return weighted(y, c)
    }
    // The gradient is turned in place.
    let dx = Floats(c)
    let dw = Floats(count: width)
    let partials = Floats(count: Kernels.partials(rows: rows, columns: columns))
    kernels.rmsNormBack(
      x.matrix(rows, columns), weight: weight.values, epsilon: 0.1, dy: dx.matrix(rows, columns),
      into: dx.matrix(rows, columns), adding: false, dWeight: dw.base, partials: partials.base)
    expectSlope(dx.values, of: x, "dx", loss: loss)
    expectSlope(dw.values, of: weight, "dw", loss: loss)
  }

  @Test(arguments: Engine.all) func softCap(engine: Engine) {
    var chance = Chance("soft cap")
    let kernels = engine.kernels()
    let (rows, columns) = (5, 37)
    let x = chance.storage(rows * columns, by: 2)
    let c = chance.floats(rows * columns)
    let (y, slopes) = (Floats(count: rows * columns), Floats(c))
    kernels.softCap(x.matrix(rows, columns), 1.5, into: y.matrix(rows, columns))
    kernels.softCapBack(
      y.matrix(rows, columns), 1.5, dy: slopes.matrix(rows, columns),
      into: slopes.matrix(rows, columns))
    expectSlope(slopes.values, of: x, "soft cap") {
      let y = Floats(count: rows * columns)
      kernels.softCap(x.matrix(rows, columns), 1.5, into: y.matrix(rows, columns))
      return weighted(y, c)
    }
  }

  @Test(arguments: Engine.all, Activation.allCases)
  func activations(engine: Engine, activation: Activation) {
    var chance = Chance("activation", activation.rawValue)
    let kernels = engine.kernels()
    let (rows, columns) = (5, 37)
    // Off the corner of relu, where there is no slope.
    let x = Floats(chance.floats(rows * columns, by: 2).map { abs($0) < 0.02 ? 0.5 : $0 })
    let c = chance.floats(rows * columns)
    let dx = Floats(count: rows * columns)
    let dy = Floats(c)
    kernels.activateBack(
      x.matrix(rows, columns), activation, dy: dy.matrix(rows, columns),
      into: dx.matrix(rows, columns))
    expectSlope(dx.values, of: x, activation.rawValue) {
      let y = Floats(count: rows * columns)
      kernels.activate(x.matrix(rows, columns), activation, into: y.matrix(rows, columns))
      return weighted(y, c)
    }
    let both = Floats(x.values + chance.floats(rows * columns))
    for index in 0..<both.count where abs(both[index]) < 0.02 { both[index] = 0.5 }
    let dBoth = Floats(count: 2 * rows * columns)
    kernels.gateBack(
      both.matrix(rows, 2 * columns), activation, dy: dy.matrix(rows, columns),
      into: dBoth.matrix(rows, 2 * columns))
    expectSlope(dBoth.values, of: both, "gate \(activation.rawValue)") {
      let y = Floats(count: rows * columns)
      kernels.gate(both.matrix(rows, 2 * columns), activation, into: y.matrix(rows, columns))
      return weighted(y, c)
    }
  }

  @Test(arguments: Engine.all) func slopesFarOutAreFinite(engine: Engine) {
    let kernels = engine.kernels()
    for activation in Activation.allCases {
      for (at, slope) in [(Float(3e38), Float(1)), (-3e38, 0), (200, 1), (-200, 0)] {
        let (x, one, dx) = (Floats([at]), Floats([1]), Floats([7]))
        kernels.activateBack(
          x.matrix(1, 1), activation, dy: one.matrix(1, 1), into: dx.matrix(1, 1))
        #expect(abs(dx[0] - slope) < 1e-6, "\(activation) at \(at): \(dx[0])")
      }
    }
  }

  struct Shape: Sendable {
    var lengths: [Int]
    var heads: Int
    var kvHeads: Int
    var headWidth: Int
    var cap: Float = 0
    var window = 0
  }

  @Test(
    arguments: Engine.all,
    [
      Shape(lengths: [1], heads: 1, kvHeads: 1, headWidth: 1),
      Shape(lengths: [5, 17, 3], heads: 4, kvHeads: 2, headWidth: 6),
      Shape(lengths: [33], heads: 2, kvHeads: 1, headWidth: 20),
      Shape(lengths: [4], heads: 1, kvHeads: 1, headWidth: 80),
      Shape(lengths: [5, 21], heads: 4, kvHeads: 2, headWidth: 6, window: 3),
      Shape(lengths: [3, 19], heads: 2, kvHeads: 1, headWidth: 20, cap: 0.8),
      Shape(lengths: [23], heads: 2, kvHeads: 2, headWidth: 5, cap: 1.5, window: 18),
    ])
  func attention(engine: Engine, shape: Shape) {
    var chance = Chance("attention", "\(shape)")
    let kernels = engine.kernels()
    let rows = shape.lengths.reduce(0, +)
    let (width, kvWidth) = (shape.heads * shape.headWidth, shape.kvHeads * shape.headWidth)
    let q = chance.storage(rows * width)
    let kv = chance.storage(rows * 2 * kvWidth)
    let c = chance.floats(rows * width)
    var sequences: [Range<Int>] = []
    for length in shape.lengths {
      let first = sequences.last?.upperBound ?? 0
      sequences.append(first..<first + length)
    }
    let scale = 1 / Float(shape.headWidth).squareRoot()
    let dz = Floats(c)
    let dq = Floats(count: q.count)
    let dkv = Floats(count: kv.count)
    let both = kv.matrix(rows, 2 * kvWidth)
    let dBoth = dkv.matrix(rows, 2 * kvWidth)
    kernels.attendBack(
      q: q.matrix(rows, width), k: both.columns(0..<kvWidth),
      v: both.columns(kvWidth..<2 * kvWidth), dz: dz.matrix(rows, width), sequences: sequences,
      heads: shape.heads, kvHeads: shape.kvHeads, headWidth: shape.headWidth, scale: scale,
      cap: shape.cap, window: shape.window, intoQ: dq.matrix(rows, width),
      k: dBoth.columns(0..<kvWidth),
      v: dBoth.columns(kvWidth..<2 * kvWidth))
    func loss() -> Double {
      let z = Floats(count: rows * width)
      for sequence in sequences {
        let capacity = (sequence.count + 15) / 16 * 16
        let memory = Floats(count: 2 * capacity * kvWidth)
        let span = KeyValueSpan(
          keys: memory.base, values: memory.base + capacity * kvWidth, count: sequence.count,
          capacity: capacity)
        kernels.storeKeysValues(
          k: both.rows(sequence).columns(0..<kvWidth),
          v: both.rows(sequence).columns(kvWidth..<2 * kvWidth), kvHeads: shape.kvHeads,
          headWidth: shape.headWidth, into: span, at: 0)
        var work = WorkCount()
        kernels.attend(
          q: q.matrix(rows, width).rows(sequence), visible: (1...Int32(sequence.count)).map { $0 },
          pieces: [AttentionPiece(firstRow: 0, rows: sequence.count, firstSpan: 0, spans: 1)],
          spans: [span], heads: shape.heads, kvHeads: shape.kvHeads, headWidth: shape.headWidth,
          scale: scale, cap: shape.cap, window: shape.window,
          into: z.matrix(rows, width).rows(sequence), work: &work)
        memory.free()
      }
      return weighted(z, c)
    }
    if rows > 1 { expectSlope(dq.values, of: q, "dq", loss: loss) }
    expectSlope(dkv.values, of: kv, "dk, dv", loss: loss)
  }

  @Test(arguments: Engine.all, [false, true])
  func rotary(engine: Engine, interleaved: Bool) {
    var chance = Chance("rotary")
    let kernels = engine.kernels()
    let table = RotaryTable(headWidth: 10, rotaryWidth: 8, base: 100, maxPositions: 9)
    let positions: [Int32] = [0, 3, 8]
    let x = chance.storage(3 * 20)
    let c = chance.floats(3 * 20)
    let slopes = Floats(c)
    kernels.rotary(
      slopes.matrix(3, 20), heads: 2, headWidth: 10, positions: positions, table: table.reversed,
      interleaved: interleaved)
    expectSlope(slopes.values, of: x, "rotary") {
      let y = Floats(x.values)
      kernels.rotary(
        y.matrix(3, 20), heads: 2, headWidth: 10, positions: positions, table: table,
        interleaved: interleaved)
      return weighted(y, c)
    }
  }

  @Test(arguments: Engine.all) func crossEntropy(engine: Engine) {
    var chance = Chance("cross-entropy")
    let kernels = engine.kernels()
    let logits = chance.storage(3 * 21, by: 2)
    let targets: [Int32] = [0, 20, 7]
    let weights: [Float] = [0.5, 2, 0]
    func losses() -> [Double] {
      // A matrix keeps nothing alive.
      let copy = Floats(logits.values)
      return withExtendedLifetime(copy) {
        kernels.crossEntropy(copy.matrix(3, 21), targets: targets, weights: weights)
      }
    }
    let slopes = Floats(logits.values)
    _ = kernels.crossEntropy(slopes.matrix(3, 21), targets: targets, weights: weights)
    #expect(slopes.values[42...].allSatisfy { $0 == 0 })
    #expect(losses()[2] == 0)
    expectSlope(slopes.values, of: logits, "logits") {
      zip(losses(), weights).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
  }

  @Test(arguments: Engine.all) func scatterAddsInOrder(engine: Engine) {
    var chance = Chance("scatter")
    let (rows, columns) = (50, 70)
    let x = chance.storage(rows * columns)
    let index = (0..<rows).map { _ in Int32(chance.stream.below(4)) }
    let table = Floats(count: 4 * columns)
    engine.kernels().scatter(
      x.matrix(rows, columns), index: index, addingTo: table.matrix(4, columns))
    var expected = [Float](repeating: 0, count: 4 * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        expected[Int(index[row]) * columns + column] += x[row * columns + column]
      }
    }
    #expect(table.values == expected)
  }
}
