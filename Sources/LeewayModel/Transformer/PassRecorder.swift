import LeewayTensor

/// A linear map of the model. The number is the block.
package enum LinearPlace: Hashable, Sendable {
  case query(Int)
  /// Keys, then values.
  case keyValue(Int)
  case attnOut(Int)
  /// What chooses among experts.
  case router(Int)
  /// Gate, then up; up alone where the MLP is plain.
  case up(Int, expert: Int)
  case down(Int, expert: Int)
  case unembed
}

/// A norm of the model. The number is the block.
package enum NormPlace: Hashable, Sendable {
  case attn(Int)
  /// Of what attention made, before it is added to the stream.
  case attnPost(Int)
  /// Of queries and of keys, before they are turned.
  case query(Int)
  case key(Int)
  case mlp(Int)
  case mlpPost(Int)
  case final
}

/// One operation of a pass with what it read and where it put its result.
package enum PassOp {
  case embed([Int], positions: [Int32], into: Matrix)
  case norm(Matrix, NormPlace, into: Matrix)
  case linear(Matrix, LinearPlace, into: Matrix)
  /// In place: what x was, then x.
  case headNorm(Matrix, NormPlace, into: Matrix)
  /// In place, to the range that attention reads: what x was, then x.
  case clip(Matrix, into: Matrix)
  /// In place.
  case rotary(Matrix, layer: Int, heads: Int, positions: [Int32])
  /// Keys, then values, side by side.
  case attention(q: Matrix, keyValue: Matrix, layer: Int, into: Matrix)
  case activate(Matrix, into: Matrix)
  case gate(Matrix, into: Matrix)
  case add(Matrix, Matrix, into: Matrix)
  /// Of logits.
  case softCap(Matrix, into: Matrix)
  case gather([Int], from: Matrix, into: Matrix)
  /// Each expert's share of each row.
  case choose(router: Matrix, into: Matrix)
  /// What experts made of the rows that visited them, by shares and summed.
  case mix(Matrix, Routes, [Matrix], into: Matrix)
  /// In place, by the interventions of a site. Row i is row `rows[i]` of the batch.
  case edit(Site.Kind, layer: Int, Matrix, rows: [Int]?)
}

/// Hears the operations of a pass, in order.
package protocol PassRecorder: AnyObject {
  func record(_ op: PassOp)
}
