import LeewayTensor

/// A net for sums, looked at as it trains.
package struct GrokkingTimeline: Sendable, Codable, Equatable {
  package var points: [Point]
  /// Frequencies that hold 99 % of the output map's power in the end, strongest first; from 1.
  package var keys: [Int]

  package struct Point: Sendable, Codable, Equatable {
    package var step: Int
    package var train, test: Double
    /// Losses in nats; nil where progress was not measured.
    package var testLoss, restricted, excluded: Double?
    /// Of the output map's spectrum.
    package var gini, concentration: Double?
    /// Of the logits' variance, what is a function of the sum alone.
    package var share: Double?
    package var norm: Double
  }

  /// - Parameters:
  ///   - every: steps between looks.
  ///   - stops: at the first look at which 99 % of the other sums are right.
  ///   - progress: whether losses and spectra are measured too, at frequencies that are known at the end.
  package init(
    _ task: ModularTask, steps: Int, every: Int, stops: Bool, progress: Bool, kernels: Kernels
  ) {
    let net = ModularNet(task, kernels: kernels)
    let spectrum = SumSpectrum(modulus: task.modulus)
    var tables: [[Float]] = []
    points = []
    for step in 0...steps {
      if step.isMultiple(of: every) {
        let right = net.accuracy()
        var point = Point(step: step, train: right.train, test: right.test, norm: net.norm)
        if progress {
          let power = spectrum.power(net.map(2), columns: task.width)
          point.gini = SumSpectrum.gini(power)
          point.concentration = SumSpectrum.concentration(power)
          tables.append(net.logitTable())
        }
        points.append(point)
        if stops, right.test >= 0.99 { break }
      }
      if step < steps { net.step() }
    }
    let power = spectrum.power(net.map(2), columns: task.width)
    let keys = SumSpectrum.keys(power)
    self.keys = keys.map { $0 + 1 }
    let (train, test) = (net.order[..<net.trained], net.order[net.trained...])
    for (place, table) in tables.enumerated() {
      table.withUnsafeBufferPointer { logits in
        let circuit = spectrum.circuit(logits, keys: keys)
        let losses = spectrum.losses(logits, circuit, train: train, test: test)
        points[place].testLoss = losses.test
        points[place].restricted = losses.restricted
        points[place].excluded = losses.excluded
        points[place].share = circuit.share
      }
    }
  }

  /// The first step looked at from which a value is reached.
  package func first(_ holds: (Point) -> Bool) -> Double? {
    points.first(where: holds).map { Double($0.step) }
  }

  /// Steps to 99 % of the trained sums, and of the others.
  package var trained: Double? { first { $0.train >= 0.99 } }
  package var tested: Double? { first { $0.test >= 0.99 } }
}
