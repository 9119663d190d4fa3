import CLeewayKernels

// Gradients of the operations of a forward pass. `dx` is written, or added to where a call says so;
// gradients of weights are always added to. Sums over rows have one fixed order.
extension Kernels {
  /// `dx = dy W`, or `dx += dy W`; `back` packs W the other way round, `[inputs, outputs]`.
  package func linearBack(
    _ dy: Matrix, _ back: LinearWeights, into dx: Matrix, adding: Bool
  ) {
    precondition(
      dy.columns == back.inputs && dx.columns == back.outputs && dy.rows == dx.rows
        && back.format == .f32)
    back.eachJob(dy, into: dx, accumulate: adding) { job in
      lw_linear_run(set.table, pool?.pool, &job, 0)
    }
  }

  /// `c += aᵀ b`: a is `[depth, rows]`, b `[depth, columns]`, c `[rows, columns]`.
  package func outer(_ a: Matrix, _ b: Matrix, addingTo c: Matrix) {
    precondition(a.rows == b.rows && a.columns == c.rows && b.columns == c.columns)
    var job = lw_outer(
      a: a.base, a_stride: a.stride, b: b.base, b_stride: b.stride, c: c.base, c_stride: c.stride,
      depth: a.rows, rows: c.rows, columns: c.columns)
    lw_outer_run(set.table, pool?.pool, &job)
  }

  /// Floats of scratch that sums over `rows` rows of `columns` numbers need.
  package static func partials(rows: Int, columns: Int) -> Int {
    let block = LW_BACK_ROWS
    return (rows + block - 1) / block * 2 * columns
  }

  /// - Parameter dx: may be dy where nothing is added. Of several norms a row, as in `rmsNorm`,
  ///   `dWeight` is the sum.
  package func rmsNormBack(
    _ x: Matrix, weight: [Float], epsilon: Float, dy: Matrix, into dx: Matrix, adding: Bool,
    dWeight: UnsafeMutablePointer<Float>?, partials: UnsafeMutablePointer<Float>
  ) {
    precondition(!weight.isEmpty && x.columns.isMultiple(of: weight.count))
    weight.withUnsafeBufferPointer { weight in
      var job = backJob(LW_RMS_NORM_BACK, x, dy, dx)
      job.weight = weight.baseAddress
      job.width = weight.count
      job.epsilon = epsilon
      job.add = adding ? 1 : 0
      job.dweight = dWeight
      job.partials = partials
      lw_rows_back_run(self.set.table, pool?.pool, &job)
    }
  }

  package func layerNormBack(
    _ x: Matrix, weight: [Float], epsilon: Float, dy: Matrix, into dx: Matrix, adding: Bool,
    dWeight: UnsafeMutablePointer<Float>?, dBias: UnsafeMutablePointer<Float>?,
    partials: UnsafeMutablePointer<Float>
  ) {
    precondition(weight.count == x.columns)
    weight.withUnsafeBufferPointer { weight in
      var job = backJob(LW_LAYER_NORM_BACK, x, dy, dx)
      job.weight = weight.baseAddress
      job.epsilon = epsilon
      job.add = adding ? 1 : 0
      job.dweight = dWeight
      job.dbias = dBias
      job.partials = partials
      lw_rows_back_run(self.set.table, pool?.pool, &job)
    }
  }

  /// `dx = dy activation'(x)`; dx may be dy.
  package func activateBack(_ x: Matrix, _ activation: Activation, dy: Matrix, into dx: Matrix) {
    precondition(x.columns == dx.columns)
    var job = backJob(LW_ACTIVATE_BACK, x, dy, dx)
    job.kind = activation.code
    lw_rows_back_run(set.table, pool?.pool, &job)
  }

  /// `dx = dy (1 - (y / cap)²)` from what `softCap` gave; dx may be dy.
  package func softCapBack(_ y: Matrix, _ cap: Float, dy: Matrix, into dx: Matrix) {
    precondition(y.columns == dx.columns && cap > 0)
    var job = backJob(LW_CAP_BACK, y, dy, dx)
    job.cap = cap
    lw_rows_back_run(set.table, pool?.pool, &job)
  }

  /// gateUp and dGateUp are `[rows, 2 F]`, gate then up; dy is `[rows, F]`.
  package func gateBack(
    _ gateUp: Matrix, _ activation: Activation, dy: Matrix, into dGateUp: Matrix
  ) {
    precondition(gateUp.columns == 2 * dy.columns && dGateUp.columns == gateUp.columns)
    var job = backJob(LW_GATE_BACK, gateUp, dy, dGateUp)
    job.kind = activation.code
    lw_rows_back_run(set.table, pool?.pool, &job)
  }

  /// `sums += ` the sum of all rows.
  package func columnSums(
    _ dy: Matrix, addingTo sums: UnsafeMutablePointer<Float>,
    partials: UnsafeMutablePointer<Float>
  ) {
    var job = lw_rows_back()
    job.operation = Int32(LW_COLUMN_SUMS)
    job.dy = UnsafePointer(dy.base)
    job.dy_stride = dy.stride
    job.rows = dy.rows
    job.columns = dy.columns
    job.dbias = sums
    job.partials = partials
    lw_rows_back_run(set.table, pool?.pool, &job)
  }

  /// Causal attention within the row ranges `sequences`, which see only themselves. q, dz and dq are
  /// `[rows, heads * headWidth]`, the others `[rows, kvHeads * headWidth]`; k and v have one stride,
  /// dk and dv too.
  package func attendBack(
    q: Matrix, k: Matrix, v: Matrix, dz: Matrix, sequences: [Range<Int>], heads: Int, kvHeads: Int,
    headWidth: Int, scale: Float, cap: Float = 0, window: Int = 0, intoQ dq: Matrix, k dk: Matrix,
    v dv: Matrix
  ) {
    precondition(k.stride == v.stride && dk.stride == dv.stride && heads % kvHeads == 0)
    precondition(q.columns == heads * headWidth && k.columns == kvHeads * headWidth)
    precondition(sequences.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= q.rows })
    let pieces = sequences.map { lw_sequence(first_row: $0.lowerBound, rows: $0.count) }
    pieces.withUnsafeBufferPointer { pieces in
      guard let first = pieces.baseAddress else { return }
      var job = lw_attention_back(
        q: q.base, k: k.base, v: v.base, dz: dz.base, dq: dq.base, dk: dk.base, dv: dv.base,
        q_stride: q.stride, kv_stride: k.stride, dz_stride: dz.stride, dq_stride: dq.stride,
        dkv_stride: dk.stride, sequences: first, count: pieces.count, heads: heads,
        kv_heads: kvHeads, head_width: headWidth, scale: scale, cap: cap, window: window)
      lw_attend_back_run(self.set.table, pool?.pool, &job)
    }
  }

  /// Rows of logits become the gradient of their weighted losses, in place.
  ///
  /// - Returns: each row's loss in nats, unweighted; 0 where its weight is 0.
  package func crossEntropy(_ logits: Matrix, targets: [Int32], weights: [Float]) -> [Double] {
    precondition(targets.count == logits.rows && weights.count == logits.rows)
    precondition(targets.allSatisfy { $0 >= 0 && $0 < logits.columns })
    return [Double](unsafeUninitializedCapacity: logits.rows) { losses, count in
      count = logits.rows
      targets.withUnsafeBufferPointer { targets in
        weights.withUnsafeBufferPointer { weights in
          guard let target = targets.baseAddress, let weight = weights.baseAddress,
            let loss = losses.baseAddress
          else { return }
          var job = lw_cross_entropy(
            logits: logits.base, stride: logits.stride, rows: logits.rows,
            columns: logits.columns, targets: target, weights: weight, losses: loss)
          lw_cross_entropy_run(self.set.table, pool?.pool, &job)
        }
      }
    }
  }

  /// `table[index[row]] += x[row]`, in the order of rows; the table has as many columns as x.
  package func scatter(_ x: Matrix, index: [Int32], addingTo table: Matrix) {
    precondition(index.count == x.rows && table.columns == x.columns)
    precondition(index.allSatisfy { $0 >= 0 && $0 < table.rows })
    index.withUnsafeBufferPointer { index in
      guard let first = index.baseAddress else { return }
      var job = lw_scatter(
        x: x.base, x_stride: x.stride, rows: x.rows, columns: x.columns, index: first,
        table: table.base, table_stride: table.stride)
      lw_scatter_run(self.set.table, pool?.pool, &job)
    }
  }

  private func backJob(_ operation: Int, _ x: Matrix, _ dy: Matrix, _ dx: Matrix) -> lw_rows_back {
    precondition(x.rows == dy.rows && dx.rows == dy.rows)
    var job = lw_rows_back()
    job.operation = Int32(operation)
    job.x = UnsafePointer(x.base)
    job.x_stride = x.stride
    job.dy = UnsafePointer(dy.base)
    job.dy_stride = dy.stride
    job.dx = dx.base
    job.dx_stride = dx.stride
    job.rows = dy.rows
    job.columns = dy.columns
    return job
  }
}
