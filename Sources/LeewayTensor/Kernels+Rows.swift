import CLeewayKernels

// What is asked of single rows of logits or activations. Sums run in 16 fixed partial sums in
// double, so the order of additions depends on the row's length only.
extension Kernels {
  /// `log(sum(exp(row)))`; minus infinity for an empty row.
  public func logSumExp(_ row: UnsafeBufferPointer<Float>) -> Float {
    guard let base = row.baseAddress, row.count > 0 else { return -.infinity }
    return table.log_sum_exp(base, row.count)
  }

  /// Where the largest number is: the lowest index wins; NaN never wins unless all are. 0 for an
  /// empty row.
  public func argmax(_ row: UnsafeBufferPointer<Float>) -> Int {
    guard let base = row.baseAddress, row.count > 0 else { return 0 }
    return table.argmax(base, row.count)
  }

  /// The L2 norm.
  public func norm(_ row: UnsafeBufferPointer<Float>) -> Float {
    guard let base = row.baseAddress, row.count > 0 else { return 0 }
    return table.norm(base, row.count)
  }

  public func dot(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Float {
    precondition(a.count == b.count)
    guard let first = a.baseAddress, let second = b.baseAddress, a.count > 0 else { return 0 }
    return table.dot(first, second, a.count)
  }

  /// KL(steered from baseline) of the distributions that two rows of logits stand for, in nats.
  public func klDivergence(
    steered: UnsafeBufferPointer<Float>, baseline: UnsafeBufferPointer<Float>
  ) -> Float {
    precondition(steered.count == baseline.count)
    guard let first = steered.baseAddress, let second = baseline.baseAddress, steered.count > 0
    else { return 0 }
    return table.kl_divergence(first, second, steered.count)
  }

  /// Turns logits into probabilities at a temperature above 0, in place.
  public func softmax(_ row: UnsafeMutableBufferPointer<Float>, temperature: Float) {
    guard let base = row.baseAddress, row.count > 0 else { return }
    table.softmax(base, row.count, temperature)
  }
}
