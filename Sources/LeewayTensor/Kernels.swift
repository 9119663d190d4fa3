import CLeewayKernels

/// The operations of a forward pass on views of floats, with one kernel set, in one precision, with
/// or without threads. None of them allocates once its thread has run it at that size.
///
/// Views of the wrong size are a fault of the caller and stop the process.
public struct Kernels: Sendable {
  public let set: KernelSet
  public let precision: Precision
  public let pool: ThreadPool?

  /// - Parameter pool: threads for `linear` and `attend`; nil runs on the caller alone.
  public init(set: KernelSet = .best, precision: Precision = .exact, pool: ThreadPool? = nil) {
    self.set = set
    self.precision = precision
    self.pool = pool
  }

  /// The same without threads, for use inside a pool's body.
  public func serial() -> Kernels { Kernels(set: set, precision: precision) }

  var table: lw_kernels { self.set.table.pointee }

  /// `y = x Wᵀ + bias`; x is `[rows, inputs]`, y `[rows, outputs]`, and they do not overlap.
  public func linear(_ x: Matrix, _ w: LinearWeights, into y: Matrix, work: inout WorkCount) {
    precondition(x.columns == w.inputs && y.columns == w.outputs && x.rows == y.rows)
    var job = w.job(x, into: y)
    lw_linear_run(set.table, pool?.pool, &job, precision == .fast ? 1 : 0)
    let panel = LW_PANEL
    let padded = (w.outputs + panel - 1) / panel * panel
    work.useful += x.rows * w.outputs * w.inputs
    work.padding += x.rows * (padded - w.outputs) * w.inputs
  }

  /// `y = x / sqrt(mean(x²) + epsilon) * weight`, row by row; y may be x.
  public func rmsNorm(_ x: Matrix, weight: [Float], epsilon: Float, into y: Matrix) {
    precondition(
      weight.count == x.columns && y.columns == x.columns && y.rows == x.rows)
    let function = table.rms_norm
    weight.withUnsafeBufferPointer { weight in
      guard let weight = weight.baseAddress else { return }
      for row in 0..<x.rows {
        function(
          x.base + row * x.stride, weight, epsilon, y.base + row * y.stride, x.columns)
      }
    }
  }

  /// `y = (x - mean) / sqrt(variance + epsilon) * weight + bias`, row by row; y may be x.
  public func layerNorm(
    _ x: Matrix, weight: [Float], bias: [Float], epsilon: Float, into y: Matrix
  ) {
    precondition(
      weight.count == x.columns && bias.count == x.columns && y.columns == x.columns
        && y.rows == x.rows)
    let function = table.layer_norm
    weight.withUnsafeBufferPointer { weight in
      bias.withUnsafeBufferPointer { bias in
        guard let weight = weight.baseAddress, let bias = bias.baseAddress else { return }
        for row in 0..<x.rows {
          function(
            x.base + row * x.stride, weight, bias, epsilon, y.base + row * y.stride, x.columns)
        }
      }
    }
  }

  /// Turns the first `table.rotaryWidth` numbers of every head of x, `[rows, heads * headWidth]`, in
  /// place, by the angles of each row's position. Pairs are `(i, i + half)`, or `(2i, 2i + 1)` when
  /// interleaved.
  public func rotary(
    _ x: Matrix, heads: Int, headWidth: Int, positions: [Int32], table rotary: RotaryTable,
    interleaved: Bool
  ) {
    precondition(
      positions.count == x.rows && x.columns == heads * headWidth
        && headWidth == rotary.headWidth)
    let half = rotary.rotaryWidth / 2
    let function = table.rotate
    rotary.cosines.withUnsafeBufferPointer { cosines in
      rotary.sines.withUnsafeBufferPointer { sines in
        guard let cosines = cosines.baseAddress, let sines = sines.baseAddress else { return }
        for row in 0..<x.rows {
          let position = Int(positions[row])
          precondition(position >= 0 && position < rotary.maxPositions)
          for head in 0..<heads {
            function(
              x.base + row * x.stride + head * headWidth, cosines + position * half,
              sines + position * half, half, interleaved ? 1 : 0)
          }
        }
      }
    }
  }

  /// Applies the activation in place.
  public func activate(_ x: Matrix, _ activation: Activation) {
    let function = table.activate
    for row in 0..<x.rows { function(x.base + row * x.stride, x.columns, activation.code) }
  }

  /// `y = activation(gate) * up` where gateUp is `[rows, 2 F]`, gate then up, and y `[rows, F]`.
  public func gate(_ gateUp: Matrix, _ activation: Activation, into y: Matrix) {
    precondition(gateUp.columns == 2 * y.columns && gateUp.rows == y.rows)
    let function = table.gate
    for row in 0..<y.rows {
      let start = gateUp.base + row * gateUp.stride
      function(start, start + y.columns, y.base + row * y.stride, y.columns, activation.code)
    }
  }

  /// `y = a + b`; y may be a or b.
  public func add(_ a: Matrix, _ b: Matrix, into y: Matrix) {
    precondition(
      a.columns == b.columns && a.columns == y.columns && a.rows == b.rows && a.rows == y.rows)
    let function = table.add
    for row in 0..<y.rows {
      function(
        a.base + row * a.stride, b.base + row * b.stride, y.base + row * y.stride, y.columns)
    }
  }
}
