import Foundation

/// One neuron among N, in a background that fluctuates and responds to it.
///
/// For P = 4 inputs with Sigma the covariance of a relu(w . x) and scr = (I + beta Sigma / P)^-1 the
/// neuron's decay becomes lambda + r' scr r / (N P), r = relu(w . x), and what it sees of the order is
/// c (1 - y' scr y / (P N)). By the signs' symmetry Sigma has three eigenvalues: of the even input, of
/// the target, and of the two between.
package struct ScreenedCavity: Sendable, Equatable {
  package private(set) var order = 0.5
  package private(set) var even = 0.1
  package private(set) var target = 0.1
  package private(set) var between = 0.1

  /// Solves for the order by bisection at each covariance, and for the covariance by damped iteration.
  ///
  /// - Returns: nil where it does not come to rest.
  package init?(neurons: Int, lambda: Double, beta: Double) {
    let grid = Grid(lambda: lambda, beta: beta, neurons: Double(neurons))
    for _ in 0..<400 {
      let screens = Screens(self, beta: beta)
      guard
        let c = Solve.root(0, 1, of: { $0 - grid.means(order: $0, screens).order })
      else { return nil }
      let means = grid.means(order: c, screens)
      let next = (
        even: means.own + 2 * means.cross, target: means.own - 2 * means.cross - 4 * c * c,
        between: means.own
      )
      let rest = abs(c - order) + abs(next.even - even) / (1 + abs(even))
      order = c
      even += 0.4 * (next.even - even)
      target += 0.4 * (next.target - target)
      between += 0.4 * (next.between - between)
      guard next.between.isFinite else { return nil }
      if rest < 1e-8 { return }
    }
    return nil
  }

  /// 1 / (1 + beta Sigma / P) in the three directions.
  private struct Screens {
    var even, target, between: Double

    init(_ cavity: ScreenedCavity, beta: Double) {
      even = 1 / (1 + beta * cavity.even / 4)
      target = 1 / (1 + beta * max(0, cavity.target) / 4)
      between = 1 / (1 + beta * cavity.between / 4)
    }
  }

  /// Gauss-Legendre over lengths and over an eighth of the circle.
  private struct Grid {
    let lambda, beta, neurons: Double
    let radii, angles: [(at: Double, weight: Double)]

    init(lambda: Double, beta: Double, neurons: Double) {
      self.lambda = lambda
      self.beta = beta
      self.neurons = neurons
      // Room for soft lobes, whose spread is many times the free one.
      radii = GaussLegendre.points(0, 45 / (beta * lambda).squareRoot(), 80)
      angles = GaussLegendre.points(0, .pi / 4, 16)
    }

    /// <a g>, and the means of (a |w|)^2 / 2 and of a^2 (w_1^2 - w_2^2) / 4.
    func means(order: Double, _ screens: Screens) -> (order: Double, own: Double, cross: Double) {
      let seen = order * (1 - screens.target / neurons)
      var sums = (weight: 0.0, order: 0.0, own: 0.0, cross: 0.0)
      // The largest exponent, taken off so that cold networks do not overflow.
      var top = -Double.infinity
      for angle in angles {
        let (first, second) = (cos(angle.at), sin(angle.at))
        let soft =
          (screens.even * first * first + screens.target * second * second + screens.between)
          / (4 * neurons)
        for radius in radii {
          let square = radius.at * radius.at
          let decay = lambda + soft * square
          let pull = (1 - seen) * second * radius.at / 2
          let exponent = beta * (pull * pull / decay - lambda * square) / 2
          if exponent > top {
            let fade = exp(top - exponent)
            sums.weight *= fade
            sums.order *= fade
            sums.own *= fade
            sums.cross *= fade
            top = exponent
          }
          let weight =
            radius.weight * angle.weight * radius.at * exp(exponent - top) / decay.squareRoot()
          let mean = pull / decay
          let outer = weight * (mean * mean + 1 / (beta * decay)) * square
          sums.weight += weight
          sums.order += weight * mean * second * radius.at / 2
          sums.own += outer / 2
          sums.cross += outer * (first * first - second * second) / 4
        }
      }
      return (sums.order / sums.weight, sums.own / sums.weight, sums.cross / sums.weight)
    }
  }
}
