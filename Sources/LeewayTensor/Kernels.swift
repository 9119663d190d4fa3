import CLeewayKernels

/// The operations of a forward pass on views of floats, with one kernel set, in one precision, with
/// or without threads. None of them allocates once its thread has run it at that size.
///
/// Views of the wrong size are a fault of the caller and stop the process.
public struct Kernels: Sendable {
  public let set: KernelSet
  public let precision: Precision
  public let pool: ThreadPool?

  /// - Parameter pool: threads for large work; nil runs on the caller alone.
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
    let panel = LW_PANEL
    var padded = 0
    w.eachJob(x, into: y) { job in
      lw_linear_run(set.table, pool?.pool, &job, precision == .fast ? 1 : 0)
      padded += (job.outputs + panel - 1) / panel * panel
    }
    work.useful += x.rows * w.outputs * w.inputs
    work.padding += x.rows * (padded - w.outputs) * w.inputs
  }

  /// `y = x / sqrt(mean(x²) + epsilon) * weight`, row by row; y may be x. Where the weights are fewer
  /// than the columns, each run of as many numbers (a head) is normed by itself.
  public func rmsNorm(_ x: Matrix, weight: [Float], epsilon: Float, into y: Matrix) {
    precondition(!weight.isEmpty && x.columns.isMultiple(of: weight.count))
    precondition(y.columns == x.columns && y.rows == x.rows)
    weight.withUnsafeBufferPointer { weight in
      var job = rowJob(LW_RMS_NORM, reading: x, into: y)
      job.weight = weight.baseAddress
      job.width = weight.count
      job.epsilon = epsilon
      lw_rows_run(self.set.table, pool?.pool, &job)
    }
  }

  /// `y = (x - mean) / sqrt(variance + epsilon) * weight + bias`, row by row; y may be x.
  public func layerNorm(
    _ x: Matrix, weight: [Float], bias: [Float], epsilon: Float, into y: Matrix
  ) {
    precondition(
      weight.count == x.columns && bias.count == x.columns && y.columns == x.columns
        && y.rows == x.rows)
    weight.withUnsafeBufferPointer { weight in
      bias.withUnsafeBufferPointer { bias in
        var job = rowJob(LW_LAYER_NORM, reading: x, into: y)
        job.weight = weight.baseAddress
        job.bias = bias.baseAddress
        job.epsilon = epsilon
        lw_rows_run(self.set.table, pool?.pool, &job)
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
    precondition(positions.allSatisfy { $0 >= 0 && $0 < rotary.maxPositions })
    rotary.withAngles(through: Int(positions.max() ?? 0)) { cosines, sines in
      positions.withUnsafeBufferPointer { positions in
        var job = rowJob(LW_ROTARY, reading: x, into: x)
        job.kind = interleaved ? 1 : 0
        job.cosines = cosines
        job.sines = sines
        job.positions = positions.baseAddress
        job.heads = heads
        job.head_width = headWidth
        job.half = rotary.rotaryWidth / 2
        lw_rows_run(self.set.table, pool?.pool, &job)
      }
    }
  }

  /// Applies the activation in place, or beside x.
  public func activate(_ x: Matrix, _ activation: Activation, into y: Matrix? = nil) {
    precondition(y.map { $0.rows == x.rows && $0.columns == x.columns } ?? true)
    var job = rowJob(LW_ACTIVATE, reading: x, into: y ?? x)
    job.kind = activation.code
    lw_rows_run(self.set.table, pool?.pool, &job)
  }

  /// `y = activation(gate) * up` where gateUp is `[rows, 2 F]`, gate then up, and y `[rows, F]`.
  public func gate(_ gateUp: Matrix, _ activation: Activation, into y: Matrix) {
    precondition(gateUp.columns == 2 * y.columns && gateUp.rows == y.rows)
    var job = rowJob(LW_GATE, reading: gateUp, into: y)
    job.kind = activation.code
    lw_rows_run(self.set.table, pool?.pool, &job)
  }

  /// `y = cap * tanh(x / cap)`; y may be x.
  public func softCap(_ x: Matrix, _ cap: Float, into y: Matrix) {
    precondition(x.columns == y.columns && x.rows == y.rows && cap > 0)
    var job = rowJob(LW_CAP, reading: x, into: y)
    job.cap = cap
    lw_rows_run(set.table, pool?.pool, &job)
  }

  /// `y = a + b`; y may be a or b.
  public func add(_ a: Matrix, _ b: Matrix, into y: Matrix) {
    precondition(
      a.columns == b.columns && a.columns == y.columns && a.rows == b.rows && a.rows == y.rows)
    var job = rowJob(LW_ADD, reading: a, into: y)
    job.b = UnsafePointer(b.base)
    job.b_stride = b.stride
    lw_rows_run(self.set.table, pool?.pool, &job)
  }

  /// A row operation on all of y.
  private func rowJob(_ operation: Int, reading x: Matrix, into y: Matrix) -> lw_rows {
    var job = lw_rows()
    job.operation = Int32(operation)
    job.a = UnsafePointer(x.base)
    job.a_stride = x.stride
    job.y = y.base
    job.y_stride = y.stride
    job.rows = y.rows
    job.columns = y.columns
    return job
  }
}
