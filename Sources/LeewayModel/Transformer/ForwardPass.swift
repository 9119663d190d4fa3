import LeewayBase
import LeewayTensor

/// Hears activations as the pass computes them: the site, its rows, and which row of the batch
/// each one is (nil: all, in order).
package typealias Listener = (_ site: Site, _ x: Matrix, _ rows: [Int]?) -> Void

/// The one forward pass: prefill, decoding with a cache, batches and forks all go through it.
package struct ForwardPass {
  let model: Transformer
  let kernels: Kernels
  package let space: Workspace
  var listener: Listener?
  /// Hears each operation, for a backward pass; the workspace is then a retaining one.
  let recorder: (any PassRecorder)?
  /// Rows of the final stream that are unembedded at a time.
  package var readoutRows = 96
  package var work = WorkCount()

  package init(
    _ model: Transformer, kernels: Kernels, space: Workspace, listener: Listener? = nil,
    recorder: (any PassRecorder)? = nil
  ) {
    self.model = model
    self.kernels = kernels
    self.space = space
    self.listener = listener
    self.recorder = recorder
    precondition(recorder == nil || space.retaining, "a recorded pass retains what it computes")
  }

  var config: TransformerConfig { model.config }

  /// The stream as it enters block 0: `[rows, width]`.
  package func embed(_ tokens: [Int], positions: [Int32]) -> Matrix {
    let width = config.width
    let x = space.residual.matrix(rows: tokens.count, columns: width)
    model.embed.withBytes { bytes, dtype in
      for (row, token) in tokens.enumerated() {
        dtype.widen(bytes, first: token * width, into: x.row(row))
      }
    }
    if config.embeddingScale != 1 {
      for index in 0..<x.rows * width { x.base[index] *= config.embeddingScale }
    }
    if config.positions == .learned {
      for (row, position) in positions.enumerated() {
        let out = x.row(row)
        for column in 0..<width { out[column] += model.positions[Int(position) * width + column] }
      }
    }
    recorder?.record(.embed(tokens, positions: positions, into: x))
    return x
  }

  /// Runs `blocks` over the stream.
  ///
  /// - Parameters:
  ///   - needed: the rows that anyone reads after the last block of the model; the others get
  ///     only their keys and values there. Nil: all.
  ///   - before: called with the stream as it enters a block.
  /// - Returns: the stream after the last block, `[rows or needed, width]`.
  package mutating func run(
    _ blocks: Range<Int>, _ batch: Batch, _ start: Matrix, needed: [Int]? = nil,
    before: ((Int, Matrix) -> Void)? = nil
  ) -> Matrix {
    var x = start
    for layer in blocks {
      before?(layer, x)
      let rows = layer == config.layers - 1 ? needed : nil
      x = block(layer, batch, x, needed: rows?.count == batch.rows ? nil : rows)
    }
    before?(config.layers, x)
    return x
  }

  /// One block: the residual-stream equation, one site a line.
  private mutating func block(_ layer: Int, _ batch: Batch, _ input: Matrix, needed: [Int]?)
    -> Matrix
  {
    let residPre = tap(.residPre, layer, input, batch, nil)
    let attended = attention(layer, batch, residPre, needed: needed)
    let kept = needed.map { gather($0, from: residPre, into: space.compact) } ?? residPre
    let attnMade = behind(linear(attended, .attnOut(layer), into: space.attnOut), .attnPost(layer))
    let attnOut = tap(.attnOut, layer, attnMade, batch, needed)
    // Parallel halves read the stream before attention is added onto it.
    let early = config.parallelHalves ? before(kept, .mlp(layer), into: space.normed) : nil
    let residMid = tap(.residMid, layer, sum(kept, attnOut), batch, needed)
    let entering = early ?? before(residMid, .mlp(layer), into: space.normed)
    let mlpMade = behind(mlp(layer, batch, entering, needed), .mlpPost(layer))
    let mlpOut = tap(.mlpOut, layer, mlpMade, batch, needed)
    return tap(.residPost, layer, sum(residMid, mlpOut), batch, needed)
  }

  /// What enters attention or the MLP.
  private func before(_ x: Matrix, _ place: NormPlace, into buffer: FloatBuffer) -> Matrix {
    config.preNorms ? norm(x, place, into: buffer) : x
  }

  /// What leaves them for the stream.
  private func behind(_ x: Matrix, _ place: NormPlace) -> Matrix {
    config.postNorms ? norm(x, place, into: space.postNormed) : x
  }

  private mutating func attention(
    _ layer: Int, _ batch: Batch, _ x: Matrix, needed: [Int]?
  ) -> Matrix {
    let normed = before(x, .attn(layer), into: space.normed)
    let kv = linear(normed, .keyValue(layer), into: space.keyValue)
    let k = kv.columns(0..<config.kvWidth)
    let v = kv.columns(config.kvWidth..<2 * config.kvWidth)
    let asking = needed.map { gather($0, from: normed, into: space.normedCompact) } ?? normed
    let q = linear(asking, .query(layer), into: space.query)
    var positions = batch.positions
    if let needed {
      space.compactPositions.removeAll(keepingCapacity: true)
      for row in needed { space.compactPositions.append(batch.positions[row]) }
      positions = space.compactPositions
    }
    headNorm(q, .query(layer))
    headNorm(k, .key(layer))
    clip(q)
    clip(kv)
    if case .rotary(_, _, let interleaved, _) = config.positions(layer),
      let table = model.rotary(layer)?.serving(batch.positions)
    {
      kernels.rotary(
        q, heads: config.heads, headWidth: config.headWidth, positions: positions, table: table,
        interleaved: interleaved)
      kernels.rotary(
        k, heads: config.kvHeads, headWidth: config.headWidth, positions: batch.positions,
        table: table, interleaved: interleaved)
      recorder?.record(.rotary(q, layer: layer, heads: config.heads, positions: positions))
      recorder?.record(
        .rotary(k, layer: layer, heads: config.kvHeads, positions: batch.positions))
    }
    _ = tap(.attnQ, layer, q, batch, needed)
    _ = tap(.attnK, layer, k, batch, nil)
    _ = tap(.attnV, layer, v, batch, nil)
    for stretch in batch.stretches {
      let rows = stretch.firstRow..<stretch.firstRow + stretch.count
      kernels.storeKeysValues(
        k: k.rows(rows), v: v.rows(rows), kvHeads: config.kvHeads, headWidth: config.headWidth,
        into: stretch.segment.span(layer: layer, count: stretch.offset + stretch.count),
        at: stretch.offset)
    }
    arrange(layer, batch, needed: needed, positions: positions)
    let z = space.attended.matrix(rows: q.rows, columns: config.queryWidth)
    kernels.attend(
      q: q, visible: space.visible, pieces: space.pieces, spans: space.spans, heads: config.heads,
      kvHeads: config.kvHeads, headWidth: config.headWidth, scale: config.attentionScale(layer),
      cap: config.attentionCap, window: config.window(layer), into: z, work: &work)
    recorder?.record(.attention(q: q, keyValue: kv, layer: layer, into: z))
    return tap(.attnZ, layer, z, batch, needed)
  }

  /// Lists what each piece of query rows attends to in this layer.
  private func arrange(_ layer: Int, _ batch: Batch, needed: [Int]?, positions: [Int32]) {
    space.spans.removeAll(keepingCapacity: true)
    space.pieces.removeAll(keepingCapacity: true)
    space.visible.removeAll(keepingCapacity: true)
    // Every earlier position is in the links, so a row sees as many keys as its position + 1.
    for position in positions { space.visible.append(position + 1) }
    var next = 0
    for stretch in batch.stretches {
      var first = stretch.firstRow
      var count = stretch.count
      if let needed {
        first = next
        while next < needed.count, needed[next] < stretch.firstRow + stretch.count { next += 1 }
        count = next - first
        if count == 0 { continue }
      }
      let firstSpan = space.spans.count
      for link in stretch.links where link.layers.contains(layer) && link.count > 0 {
        space.spans.append(link.segment.span(layer: layer, count: link.count))
      }
      space.spans.append(
        stretch.segment.span(layer: layer, count: stretch.offset + stretch.count))
      space.pieces.append(
        AttentionPiece(
          firstRow: first, rows: count, firstSpan: firstSpan,
          spans: space.spans.count - firstSpan))
    }
  }

  private mutating func mlp(_ layer: Int, _ batch: Batch, _ x: Matrix, _ needed: [Int]?) -> Matrix {
    if config.experts(layer) > 0 { return mixture(layer, batch, x, needed) }
    let post = tap(.mlpPost, layer, hidden(layer, expert: 0, x), batch, needed)
    return linear(post, .down(layer, expert: 0), into: space.mlpOut)
  }

  /// What enters an MLP's down map.
  mutating func hidden(_ layer: Int, expert: Int, _ x: Matrix) -> Matrix {
    let up = linear(x, .up(layer, expert: expert), into: space.hidden)
    let post: Matrix
    if config.gatedMLP {
      post = space.gated.matrix(rows: up.rows, columns: up.columns / 2)
      kernels.gate(up, config.activation, into: post)
      recorder?.record(.gate(up, into: post))
    } else {
      post = space.over(up)
      kernels.activate(up, config.activation, into: post)
      recorder?.record(.activate(up, into: post))
    }
    return post
  }

  /// Unembeds rows of the final stream, a hundred or so at a time, and hands out their logits.
  package mutating func readout(
    _ x: Matrix, _ batch: Batch, rows: [Int]?,
    _ body: (_ index: Int, _ logits: UnsafeBufferPointer<Float>) -> Void
  ) {
    for first in stride(from: 0, to: x.rows, by: readoutRows) {
      let range = first..<min(first + readoutRows, x.rows)
      let normed = norm(x.rows(range), .final, into: space.final)
      let logits = capped(linear(normed, .unembed, into: space.logits))
      if listener != nil || batch.edits.touches(.logits, -1) {
        let these = range.map { rows?[$0] ?? $0 }
        listener?(Site(.finalNorm), normed, these)
        batch.edits.apply(.logits, -1, logits, batch: batch, rows: these, final: true)
        listener?(Site(.logits), logits, these)
      }
      for index in range {
        body(index, UnsafeBufferPointer(logits.row(index - first)))
      }
    }
  }

  /// Rows of a stream, one below the other.
  package func gather(_ rows: [Int], from x: Matrix, into buffer: FloatBuffer) -> Matrix {
    let out = buffer.matrix(rows: rows.count, columns: x.columns)
    for (index, row) in rows.enumerated() {
      out.row(index).baseAddress?.update(from: x.base + row * x.stride, count: x.columns)
    }
    recorder?.record(.gather(rows, from: x, into: out))
    return out
  }

  /// Lets interventions edit a site, then those who listen hear it.
  func tap(_ kind: Site.Kind, _ layer: Int, _ x: Matrix, _ batch: Batch, _ rows: [Int]?)
    -> Matrix
  {
    let final = layer == config.layers - 1 && kind.followsAttention
    batch.edits.apply(kind, layer, x, batch: batch, rows: rows, final: final)
    if let recorder, batch.edits.touches(kind, layer) {
      recorder.record(.edit(kind, layer: layer, x, rows: rows))
    }
    listener?(Site(kind, layer: layer), x, rows)
    return x
  }

  /// `a + b`, onto a unless what a was is still needed.
  private func sum(_ a: Matrix, _ b: Matrix) -> Matrix {
    let y = space.over(a)
    kernels.add(a, b, into: y)
    recorder?.record(.add(a, b, into: y))
    return y
  }

  private func capped(_ logits: Matrix) -> Matrix {
    guard config.logitCap > 0 else { return logits }
    let y = space.over(logits)
    kernels.softCap(logits, config.logitCap, into: y)
    recorder?.record(.softCap(logits, into: y))
    return y
  }

  /// Norms queries or keys in place; what they were stays where a backward pass reads it.
  private func headNorm(_ x: Matrix, _ place: NormPlace) {
    guard config.headNorm != nil else { return }
    if let recorder {
      let was = space.copy(x)
      recorder.record(.headNorm(was, place, into: x))
    }
    kernels.rmsNorm(x, weight: model.norm(place).weight, epsilon: config.epsilon, into: x)
  }

  /// Cuts queries, or keys and values, to the range that attention reads, in place.
  private func clip(_ x: Matrix) {
    let limit = config.attentionClip
    guard limit > 0 else { return }
    if let recorder { recorder.record(.clip(space.copy(x), into: x)) }
    for row in 0..<x.rows {
      let values = x.row(row)
      for column in values.indices { values[column] = min(max(values[column], -limit), limit) }
    }
  }

  private func norm(_ x: Matrix, _ place: NormPlace, into buffer: FloatBuffer) -> Matrix {
    let y = buffer.matrix(rows: x.rows, columns: x.columns)
    let weights = model.norm(place)
    switch config.norm {
    case .rms: kernels.rmsNorm(x, weight: weights.weight, epsilon: config.epsilon, into: y)
    case .layer:
      kernels.layerNorm(
        x, weight: weights.weight, bias: weights.bias, epsilon: config.epsilon, into: y)
    }
    recorder?.record(.norm(x, place, into: y))
    return y
  }

  mutating func linear(_ x: Matrix, _ place: LinearPlace, into buffer: FloatBuffer)
    -> Matrix
  {
    let weights = model.map(place)
    let y = buffer.matrix(rows: x.rows, columns: weights.outputs)
    kernels.linear(x, weights, into: y, work: &work)
    recorder?.record(.linear(x, place, into: y))
    return y
  }
}
