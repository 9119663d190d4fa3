/// Two layers that learn the products of pairs of signs, all on the same neurons:
/// f_k(x) = (1/N) sum_i a_ik relu(w_i . x), targets y_k = x_2k x_2k+1, loss (1/2) E |f - y|^2 over the
/// share of inputs in which a pair is active.
///
/// An inactive pair is 0 at the input and at the target. Inputs come in opposite twins, x and -x, with
/// the same targets, and one product w . x serves both.
package struct XorNetwork: Sendable {
  package let circuits, neurons: Int
  /// `[neuron, 2 circuits]` and `[neuron, circuits]`.
  package var w, a: [Double]
  private let inputs: Inputs
  private var z: [Double] = []

  /// - Parameters:
  ///   - activity: how often a pair is active.
  ///   - width: standard deviation of the first weights.
  package init(
    circuits: Int, neurons: Int, activity: Double = 1, width: Double = 1,
    _ normals: inout NormalPairs
  ) {
    self.circuits = circuits
    self.neurons = neurons
    inputs = Inputs(circuits: circuits, activity: activity)
    w = (0..<neurons * 2 * circuits).map { _ in width * normals.next() }
    a = (0..<neurons * circuits).map { _ in width * normals.next() }
    z = [Double](repeating: 0, count: neurons * inputs.count)
  }

  /// f - y for every input and its twin, `[input, 2, circuit]`.
  package mutating func errors() -> [Double] {
    var f = [Double](repeating: 0, count: inputs.count * 2 * circuits)
    let share = 1 / Double(neurons)
    for neuron in 0..<neurons {
      project(neuron)
      for input in 0..<inputs.count {
        let value = z[neuron * inputs.count + input]
        let place = (2 * input + (value > 0 ? 0 : 1)) * circuits
        let size = abs(value) * share
        for k in 0..<circuits { f[place + k] += size * a[neuron * circuits + k] }
      }
    }
    for input in 0..<inputs.count {
      for k in 0..<circuits {
        let target = inputs.targets[input * circuits + k]
        f[2 * input * circuits + k] -= target
        f[(2 * input + 1) * circuits + k] -= target
      }
    }
    return f
  }

  /// f - y of a background f = c y.
  package func errors(order: Double) -> [Double] {
    (0..<inputs.count).flatMap { input in
      let one = (0..<circuits).map { (order - 1) * inputs.targets[input * circuits + $0] }
      return one + one
    }
  }

  mutating func project(_ neuron: Int) {
    let width = 2 * circuits
    for input in 0..<inputs.count {
      var sum = 0.0
      for place in 0..<width {
        sum += w[neuron * width + place] * inputs.signs[input * width + place]
      }
      z[neuron * inputs.count + input] = sum
    }
  }

  /// E[f_k y_k] over E[y_k^2]: 1 where a product is learned, 0 where it is not.
  package func order(_ errors: [Double]) -> [Double] {
    (0..<circuits).map { k in
      var (sum, all) = (0.0, 0.0)
      for input in 0..<inputs.count {
        let target = inputs.targets[input * circuits + k]
        let both = errors[2 * input * circuits + k] + errors[(2 * input + 1) * circuits + k]
        sum += inputs.shares[input] * target * (both + 2 * target)
        all += inputs.shares[input] * 2 * target * target
      }
      return sum / all
    }
  }

  /// One Langevin step of every neuron against the given errors, the network's own or a frozen
  /// background's.
  ///
  /// - Parameter projected: whether `errors()` was just called, so that w . x is known.
  package mutating func step(
    _ errors: [Double], lambda: Double, beta: Double, time: Double, projected: Bool,
    _ normals: inout NormalPairs
  ) {
    let width = 2 * circuits
    let noise = beta.isInfinite ? 0 : (2 * time / beta).squareRoot()
    var slopes = [Double](repeating: 0, count: width + circuits)
    for neuron in 0..<neurons {
      if !projected { project(neuron) }
      slope(neuron, errors, into: &slopes)
      for k in 0..<width {
        let old = w[neuron * width + k]
        w[neuron * width + k] =
          old - time * (slopes[k] + lambda * old) + (noise > 0 ? noise * normals.next() : 0)
      }
      for k in 0..<circuits {
        let old = a[neuron * circuits + k]
        a[neuron * circuits + k] =
          old - time * (slopes[width + k] + lambda * old)
          + (noise > 0 ? noise * normals.next() : 0)
      }
    }
  }

  /// Slopes of E[error . a relu(w . x)] of one neuron, by its w and then by its a; w . x is known.
  func slope(_ neuron: Int, _ errors: [Double], into slopes: inout [Double]) {
    let width = 2 * circuits
    for place in slopes.indices { slopes[place] = 0 }
    for input in 0..<inputs.count {
      let value = z[neuron * inputs.count + input]
      if value == 0 { continue }
      let place = (2 * input + (value > 0 ? 0 : 1)) * circuits
      let size = abs(value) * inputs.shares[input]
      var force = 0.0
      for k in 0..<circuits {
        slopes[width + k] += size * errors[place + k]
        force += a[neuron * circuits + k] * errors[place + k]
      }
      force *= value > 0 ? inputs.shares[input] : -inputs.shares[input]
      for k in 0..<width { slopes[k] += force * inputs.signs[input * width + k] }
    }
  }

  /// Trains by Langevin steps.
  ///
  /// - Returns: the order parameters, means over the second half; and the errors, means over the third
  ///   quarter and over the last.
  package mutating func train(
    steps: Int, lambda: Double, beta: Double, time: Double, _ normals: inout NormalPairs
  ) -> (order: [Double], errors: [[Double]]) {
    let still = [Double](repeating: 0, count: inputs.count * 2 * circuits)
    var means = [still, still]
    let (from, middle) = (steps / 2, steps - steps / 4)
    for step in 0..<steps {
      let errors = errors()
      if step >= from {
        let part = step < middle ? 0 : 1
        let share = 1 / Double(part == 0 ? middle - from : steps - middle)
        for place in still.indices { means[part][place] += errors[place] * share }
      }
      self.step(
        errors, lambda: lambda, beta: beta, time: time, projected: true, &normals)
    }
    let orders = means.map { order($0) }
    return (zip(orders[0], orders[1]).map { ($0 + $1) / 2 }, means)
  }

  /// The strongest pull that given errors have on a neuron with |w| = 1, over all directions. A neuron
  /// in that background, held back by a decay, stays finite only if the decay is larger.
  ///
  /// - Parameter others: errors of the same background with other noise. The largest of noisy pulls is
  ///   too large; the pull of others in the direction where these pull most is not.
  package func strongestPull(
    _ errors: [Double], checkedBy others: [Double]? = nil, starts: Int = 24,
    _ normals: inout NormalPairs
  ) -> Double {
    var (most, best) = (0.0, [Double](repeating: 0, count: 2 * circuits))
    for _ in 0..<starts {
      var direction = Self.unit((0..<2 * circuits).map { _ in normals.next() })
      // Shrinking steps: the pull has edges, on which it is largest.
      var reach = 1.0
      while reach > 1e-5 {
        let (pulls, slopes) = pull(errors, direction)
        let pull = Self.length(pulls)
        if pull > most { (most, best) = (pull, direction) }
        direction = Self.unit(zip(direction, Self.unit(slopes)).map { $0 + reach * $1 })
        reach *= 0.9
      }
    }
    guard let others, most > 0 else { return most }
    return zip(pull(errors, best).pulls, pull(others, best).pulls).reduce(0) { $0 + $1.0 * $1.1 }
      / most
  }

  private static func length(_ vector: [Double]) -> Double {
    vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  private static func unit(_ vector: [Double]) -> [Double] {
    let length = length(vector)
    return length > 0 ? vector.map { $0 / length } : vector
  }

  /// -E_x[error(x) relu(w . x)], and the slopes of half its square by w.
  private func pull(_ errors: [Double], _ w: [Double]) -> (pulls: [Double], slopes: [Double]) {
    let width = 2 * circuits
    var pull = [Double](repeating: 0, count: circuits)
    var jacobian = [Double](repeating: 0, count: circuits * width)
    for input in 0..<inputs.count {
      var value = 0.0
      for k in 0..<width { value += w[k] * inputs.signs[input * width + k] }
      let place = (2 * input + (value > 0 ? 0 : 1)) * circuits
      for k in 0..<circuits {
        let share = -inputs.shares[input] * errors[place + k]
        pull[k] += share * abs(value)
        for j in 0..<width {
          jacobian[k * width + j] += share * (value > 0 ? 1 : -1) * inputs.signs[input * width + j]
        }
      }
    }
    let slopes = (0..<width).map { j in
      (0..<circuits).reduce(0) { $0 + pull[$1] * jacobian[$1 * width + j] }
    }
    return (pull, slopes)
  }

  /// One of each pair of opposite inputs.
  private struct Inputs: Sendable {
    var signs: [Double] = []
    var targets: [Double] = []
    /// Chance of the input, which its twin has too, over the activity.
    var shares: [Double] = []
    var count: Int { shares.count }

    init(circuits: Int, activity: Double) {
      let choices = [(1.0, 1.0), (1, -1), (-1, 1), (-1, -1)] + (activity < 1 ? [(0, 0)] : [])
      var states: [[Int]] = [[]]
      for _ in 0..<circuits {
        states = states.flatMap { state in choices.indices.map { state + [$0] } }
      }
      for state in states {
        let input = state.flatMap { [choices[$0].0, choices[$0].1] }
        // The twin is the one whose first sign is negative; the empty input has no effect.
        guard let first = input.first(where: { $0 != 0 }), first > 0 else { continue }
        signs += input
        targets += state.map { choices[$0].0 * choices[$0].1 }
        shares.append(
          state.reduce(1 / activity) { $0 * ($1 < 4 ? activity / 4 : 1 - activity) })
      }
    }
  }
}
