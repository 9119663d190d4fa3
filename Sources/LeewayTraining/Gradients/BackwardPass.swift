import LeewayModel
import LeewayTensor

/// Follows a loss back through a recorded pass, operation by operation from the last to the first.
struct BackwardPass {
  let model: Trainee
  let kernels: Kernels
  let batch: Batch
  let table: GradientTable
  /// Scratch, as long as the pass it follows.
  let arena: KeyValueArena
  /// Whether weights get gradients; a frozen model only passes them on.
  var toWeights = true
  /// What the routers of experts are pushed by beside the loss.
  var balance: RouterBalance?
  /// Operations before this one need not be followed.
  var firstOp = 0

  var config: TransformerConfig { model.config }

  func run(_ ops: [PassOp]) {
    for op in ops[firstOp...].reversed() { follow(op) }
  }

  private func follow(_ op: PassOp) {
    switch op {
    case .embed(let tokens, let positions, let x): embed(tokens, positions, x)
    case .norm(let x, let place, let y): norm(x, place, y)
    case .linear(let x, let place, let y): linear(x, place, y)
    case .headNorm(let was, let place, let x): headNorm(was, place, x)
    case .clip(let was, let x): clip(was, x)
    case .rotary(let x, let layer, let heads, let positions): rotary(x, layer, heads, positions)
    case .attention(let q, let keyValue, let layer, let z): attention(q, keyValue, layer, z)
    case .activate(let x, let y):
      through(x, y) { dy, dx in kernels.activateBack(x, config.activation, dy: dy, into: dx) }
    case .gate(let x, let y):
      through(x, y) { dy, dx in kernels.gateBack(x, config.activation, dy: dy, into: dx) }
    case .add(let a, let b, let y): add(a, b, y)
    case .softCap(let x, let y): softCap(x, y)
    case .gather(let rows, let x, let y): gather(rows, x, y)
    case .choose(let logits, let shares): choose(logits, shares)
    case .mix(let shares, let routes, let outs, let y): mix(shares, routes, outs, y)
    case .edit(let kind, let layer, let x, let rows):
      guard let gradient = table.gradient(of: x) else { return }
      batch.edits.pullBack(kind, layer, gradient, batch: batch, rows: rows)
    }
  }

  /// An operation whose input has no other reader.
  private func through(_ x: Matrix, _ y: Matrix, _ body: (_ dy: Matrix, _ dx: Matrix) -> Void) {
    guard let dy = table.gradient(of: y) else { return }
    let (dx, fresh) = table.receive(x)
    precondition(fresh, "one reader")
    body(dy, dx)
    table.finish(y)
  }

  /// The gradient of the logits may stand where they stood: what they were is worked out again.
  private func softCap(_ x: Matrix, _ y: Matrix) {
    let was = Matrix(base: arena.take(x.rows * x.columns), rows: x.rows, columns: x.columns)
    kernels.softCap(x, config.logitCap, into: was)
    through(x, y) { dy, dx in kernels.softCapBack(was, config.logitCap, dy: dy, into: dx) }
  }

  private func embed(_ tokens: [Int], _ positions: [Int32], _ x: Matrix) {
    guard let dx = table.gradient(of: x) else { return }
    if toWeights {
      let width = config.width
      if let start = model.table.positions {
        kernels.scatter(
          dx, index: positions,
          addingTo: Matrix(base: model.slope(start), rows: config.maxPositions, columns: width))
      }
      if config.embeddingScale != 1 {
        for index in 0..<dx.rows * width { dx.base[index] *= config.embeddingScale }
      }
      kernels.scatter(
        dx, index: tokens.map(Int32.init),
        addingTo: Matrix(
          base: model.slope(model.table.embed), rows: config.vocabulary, columns: width))
    }
    table.finish(x)
  }

  private func norm(_ x: Matrix, _ place: NormPlace, _ y: Matrix) {
    guard let dy = table.gradient(of: y), let stored = model.table.norm(place) else { return }
    let weights = model.transformer.norm(place)
    let (dx, fresh) = table.receive(x)
    let partials = arena.take(Kernels.partials(rows: x.rows, columns: x.columns))
    let dWeight = toWeights ? model.slope(stored.weight) : nil
    switch config.norm {
    case .rms:
      kernels.rmsNormBack(
        x, weight: weights.weight, epsilon: config.epsilon, dy: dy, into: dx, adding: !fresh,
        dWeight: dWeight, partials: partials)
    case .layer:
      kernels.layerNormBack(
        x, weight: weights.weight, epsilon: config.epsilon, dy: dy, into: dx, adding: !fresh,
        dWeight: dWeight, dBias: toWeights ? stored.bias.map { model.slope($0) } : nil,
        partials: partials)
    }
    table.finish(y)
  }

  /// The gradient of queries or keys is turned in place, as they were.
  private func headNorm(_ was: Matrix, _ place: NormPlace, _ x: Matrix) {
    guard let dx = table.gradient(of: x), let stored = model.table.norm(place) else { return }
    kernels.rmsNormBack(
      was, weight: model.transformer.norm(place).weight, epsilon: config.epsilon, dy: dx, into: dx,
      adding: false, dWeight: toWeights ? model.slope(stored.weight) : nil,
      partials: arena.take(Kernels.partials(rows: x.rows, columns: x.columns)))
  }

  /// What was cut off moves nothing.
  private func clip(_ was: Matrix, _ x: Matrix) {
    guard let dx = table.gradient(of: x) else { return }
    for row in 0..<was.rows {
      let (values, slopes) = (was.row(row), dx.row(row))
      for column in values.indices where values[column].magnitude > config.attentionClip {
        slopes[column] = 0
      }
    }
  }

  private func linear(_ x: Matrix, _ place: LinearPlace, _ y: Matrix) {
    guard let dy = table.gradient(of: y) else { return }
    var (dx, fresh) = table.receive(x)
    var first = 0
    for (piece, back) in zip(model.table.pieces(place), model.back(place)) {
      let part = dy.columns(first..<first + piece.outputs)
      first += piece.outputs
      kernels.linearBack(part, back, into: dx, adding: !fresh)
      fresh = false
      guard toWeights else { continue }
      // Stored output first, the gradient is dyᵀ x; stored input first, xᵀ dy.
      let slope = model.slope(piece.start)
      if piece.inputStep == 1 {
        kernels.outer(
          part, x,
          addingTo: Matrix(
            base: slope, rows: piece.outputs, columns: piece.inputs, stride: piece.outputStep))
      } else {
        kernels.outer(
          x, part,
          addingTo: Matrix(
            base: slope, rows: piece.inputs, columns: piece.outputs, stride: piece.inputStep))
      }
      if let bias = piece.bias {
        kernels.columnSums(
          part, addingTo: model.slope(bias),
          partials: arena.take(Kernels.partials(rows: part.rows, columns: part.columns)))
      }
    }
    table.finish(y)
  }

  private func rotary(_ x: Matrix, _ layer: Int, _ heads: Int, _ positions: [Int32]) {
    guard let gradient = table.gradient(of: x),
      let reversed = model.reversedRotary(layer)?.serving(batch.positions),
      case .rotary(_, _, let interleaved, _) = config.positions(layer)
    else { return }
    kernels.rotary(
      gradient, heads: heads, headWidth: config.headWidth, positions: positions, table: reversed,
      interleaved: interleaved)
  }

  private func attention(_ q: Matrix, _ keyValue: Matrix, _ layer: Int, _ z: Matrix) {
    guard let dz = table.gradient(of: z) else { return }
    precondition(q.rows == keyValue.rows, "a recorded pass carries every row")
    let (dq, _) = table.receive(q)
    let (dkv, _) = table.receive(keyValue)
    let keys = 0..<config.kvWidth
    let values = config.kvWidth..<2 * config.kvWidth
    kernels.attendBack(
      q: q, k: keyValue.columns(keys), v: keyValue.columns(values), dz: dz,
      sequences: batch.stretches.map { $0.firstRow..<$0.firstRow + $0.count },
      heads: config.heads, kvHeads: config.kvHeads, headWidth: config.headWidth,
      scale: config.attentionScale(layer), cap: config.attentionCap, window: config.window(layer),
      intoQ: dq, k: dkv.columns(keys), v: dkv.columns(values))
    table.finish(z)
  }

  private func add(_ a: Matrix, _ b: Matrix, _ y: Matrix) {
    guard let dy = table.gradient(of: y) else { return }
    for term in [a, b] where !table.share(term, with: y) {
      let (gradient, _) = table.receive(term)
      kernels.add(gradient, dy, into: gradient)
    }
    table.finish(y)
  }

  private func gather(_ rows: [Int], _ x: Matrix, _ y: Matrix) {
    guard let dy = table.gradient(of: y) else { return }
    let (dx, fresh) = table.receive(x)
    if fresh { dx.base.update(repeating: 0, count: dx.rows * dx.columns) }
    kernels.scatter(dy, index: rows.map(Int32.init), addingTo: dx)
    table.finish(y)
  }
}
