import CLeewayKernels

extension Kernels {
  /// The numbers that one AdamW step takes.
  package struct AdamWStep {
    package var rate: Double
    package var beta1: Double
    package var beta2: Double
    package var epsilon: Double
    package var decay: Double
    /// Counted from 1.
    package var step: Int
    /// On the gradient: what clipping left of it.
    package var factor: Double

    package init(
      rate: Double, beta1: Double, beta2: Double, epsilon: Double, decay: Double, step: Int,
      factor: Double
    ) {
      self.rate = rate
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.decay = decay
      self.step = step
      self.factor = factor
    }
  }

  /// One step of AdamW on weights and both moments. Loshchilov and Hutter 2019, arXiv:1711.05101.
  package func adamW(
    _ weights: UnsafeMutableBufferPointer<Float>, gradient: UnsafeMutableBufferPointer<Float>,
    first: UnsafeMutableBufferPointer<Float>, second: UnsafeMutableBufferPointer<Float>,
    _ step: AdamWStep
  ) {
    let unbias1 = 1 - integerPower(step.beta1, step.step)
    let unbias2 = 1 - integerPower(step.beta2, step.step)
    run(
      LW_ADAMW, weights, gradient, first, second,
      [
        step.factor, 1 - step.rate * step.decay, step.beta1, 1 - step.beta1, step.beta2,
        1 - step.beta2, 1 / unbias2.squareRoot(), step.epsilon, step.rate / unbias1,
      ])
  }

  /// One step of gradient descent with momentum; decay is added to the gradient.
  package func descend(
    _ weights: UnsafeMutableBufferPointer<Float>, gradient: UnsafeMutableBufferPointer<Float>,
    speed: UnsafeMutableBufferPointer<Float>, rate: Double, momentum: Double, decay: Double,
    factor: Double
  ) {
    run(
      LW_MOMENTUM, weights, gradient, speed, nil,
      [factor, decay, momentum, rate, 0, 0, 0, 0, 0])
  }

  /// The sum of squares, in one fixed order.
  package func squares(_ x: UnsafeMutableBufferPointer<Float>) -> Double {
    guard let base = x.baseAddress, x.count > 0 else { return 0 }
    return lw_squares(set.table, base, x.count)
  }

  private func run(
    _ kind: Int, _ weights: UnsafeMutableBufferPointer<Float>,
    _ gradient: UnsafeMutableBufferPointer<Float>, _ first: UnsafeMutableBufferPointer<Float>,
    _ second: UnsafeMutableBufferPointer<Float>?, _ constants: [Double]
  ) {
    let count = weights.count
    precondition(gradient.count == count && first.count == count && second?.count ?? count == count)
    guard let p = weights.baseAddress, let g = gradient.baseAddress, let m = first.baseAddress,
      count > 0
    else { return }
    let c = constants.map { Float($0) }
    var job = lw_step(
      kind: Int32(kind), p: p, m: m, v: second?.baseAddress, g: g, n: count,
      constants: (c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8]))
    lw_step_run(set.table, pool?.pool, &job)
  }
}

/// By repeated multiplication: the C library's `pow` differs between systems in the last bit.
private func integerPower(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
