import CLeewayKernels

extension Kernels {
  /// Puts rows of k and v, `[rows, kvHeads * headWidth]`, at positions `offset..<offset + rows` of a
  /// span.
  public func storeKeysValues(
    k: Matrix, v: Matrix, kvHeads: Int, headWidth: Int, into span: KeyValueSpan, at offset: Int
  ) {
    precondition(
      k.columns == kvHeads * headWidth && v.columns == k.columns && v.rows == k.rows
        && offset >= 0 && offset + k.rows <= span.capacity && span.capacity % 16 == 0)
    lw_store_keys_values(
      k.base, k.stride, v.base, v.stride, k.rows, kvHeads, headWidth, span.keys, span.values,
      span.capacity, offset)
  }

  /// Attention of query rows over the spans of their pieces.
  ///
  /// Row i of q, `[rows, heads * headWidth]`, sees the first `visible[i]` keys of its piece's spans,
  /// counted along them; at least one, at most all. Per head: scores are `scale` times one
  /// sequential chain over the head's width; z is one sequential chain over the keys, weighted by
  /// their softmax. So the bits depend neither on how keys are cut into spans nor on which rows are
  /// computed together, and keys beyond the visible ones do not enter.
  ///
  /// - Parameters:
  ///   - cap: scores become `cap * tanh(score / cap)`; 0 leaves them.
  ///   - window: a row sees the last `window` of its visible keys only; 0: all of them.
  public func attend(
    q: Matrix, visible: [Int32], pieces: [AttentionPiece], spans: [KeyValueSpan], heads: Int,
    kvHeads: Int, headWidth: Int, scale: Float, cap: Float = 0, window: Int = 0, into z: Matrix,
    work: inout WorkCount
  ) {
    precondition(KeyValueSpan.matchesC && AttentionPiece.matchesC)
    precondition(
      q.columns == heads * headWidth && z.columns == q.columns && z.rows == q.rows
        && visible.count == q.rows && heads % kvHeads == 0)
    var seen = 0
    for piece in pieces {
      precondition(
        piece.firstRow >= 0 && piece.firstRow + piece.rows <= q.rows && piece.firstSpan >= 0
          && piece.firstSpan + piece.spans <= spans.count)
      var keys = 0
      for index in piece.firstSpan..<piece.firstSpan + piece.spans { keys += spans[index].count }
      for row in piece.firstRow..<piece.firstRow + piece.rows {
        precondition(visible[row] > 0 && visible[row] <= keys, "a row sees some of its keys")
        seen += window > 0 ? min(window, Int(visible[row])) : Int(visible[row])
      }
    }
    work.useful += 2 * headWidth * heads * seen
    let table = set.table
    let threads = pool?.pool
    visible.withUnsafeBufferPointer { visible in
      pieces.withUnsafeBytes { pieces in
        spans.withUnsafeBytes { spans in
          guard let visible = visible.baseAddress,
            let firstPiece = pieces.baseAddress?.assumingMemoryBound(to: lw_piece.self),
            let firstSpan = spans.baseAddress?.assumingMemoryBound(to: lw_span.self)
          else { return }
          var job = lw_attention(
            q: q.base, q_stride: q.stride, z: z.base, z_stride: z.stride, visible: visible,
            pieces: firstPiece, piece_count: pieces.count / MemoryLayout<lw_piece>.stride,
            spans: firstSpan, heads: heads, kv_heads: kvHeads, head_width: headWidth,
            scale: scale, cap: cap, window: window)
          lw_attend_run(table, threads, &job)
        }
      }
    }
  }
}
