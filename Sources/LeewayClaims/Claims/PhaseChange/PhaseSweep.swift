import LeewayTensor
import Synchronization

/// How a net for sums ends that was trained for a fixed time.
package struct PhaseOutcome: Sendable, Codable, Equatable {
  /// Steps to 99 %, nil where they were not reached.
  package var trained, tested: Double?
  /// Share of right answers among unseen sums.
  package var accuracy: Double
  /// Of the output map's spectrum, the stronger half less the weaker.
  package var concentration: Double
  /// Of the logits' variance, a function of the sum alone.
  package var share: Double

  package init(_ task: ModularTask, steps: Int, every: Int, kernels: Kernels) {
    let net = ModularNet(task, kernels: kernels)
    for step in 0..<steps {
      if step.isMultiple(of: every), tested == nil {
        let right = net.accuracy()
        if trained == nil, right.train >= 0.99 { trained = Double(step) }
        if right.test >= 0.99 { tested = Double(step) }
      }
      net.step()
    }
    let spectrum = SumSpectrum(modulus: task.modulus)
    accuracy = net.accuracy().test
    concentration = SumSpectrum.concentration(
      spectrum.power(net.map(2), columns: task.width))
    let logits = net.logitTable()
    share = logits.withUnsafeBufferPointer { spectrum.circuit($0, keys: []).share }
  }

  /// For tests of what is read off outcomes.
  package init(trained: Double?, tested: Double?, accuracy: Double, concentration: Double) {
    self.trained = trained
    self.tested = tested
    self.accuracy = accuracy
    self.concentration = concentration
    share = accuracy
  }
}

/// A net that is led over shares of the sums, held at each for some steps.
package enum PhaseLoop {
  /// Accuracy on unseen sums at every share: from the largest down, then from the smallest up by a net
  /// of its own that has memorised.
  package static func walk(
    _ task: ModularTask, fractions: [Double], settle: Int, hold: Int, kernels: Kernels
  ) -> (down: [Double], up: [Double]) {
    func led(_ path: [Double]) -> [Double] {
      var task = task
      task.fraction = path.first ?? task.fraction
      let net = ModularNet(task, kernels: kernels)
      for _ in 0..<settle { net.step() }
      return path.map { fraction in
        net.use(fraction: fraction)
        for _ in 0..<hold { net.step() }
        return net.accuracy().test
      }
    }
    return (led(fractions.reversed()).reversed(), led(fractions))
  }
}

/// Side by side where there are threads; the answers do not depend on it.
func sideBySide<T: Sendable>(_ count: Int, _ kernels: Kernels, _ make: @Sendable (Int) -> T) -> [T]
{
  let made = Mutex([T?](repeating: nil, count: count))
  let one: @Sendable (Int) -> Void = { index in
    let value = make(index)
    made.withLock { $0[index] = value }
  }
  if let pool = kernels.pool { pool.run(count, one) } else { (0..<count).forEach(one) }
  return made.withLock { $0.compactMap { $0 } }
}
