import Foundation

/// The cavity of features: two products on the same neurons, whose unknowns are the orders c_k and not
/// the neurons.
///
/// p(w) ~ exp(-beta lambda |w|^2 / 2 + (beta / 2 lambda) sum_k (1 - c_k)^2 g_k(w)^2) in four
/// dimensions, g_k(w) = E[relu(w . x) y_k] with the other pair as noise at the input, and
/// c_k = (1 - c_k) <g_k^2> / lambda. Lengths integrate in closed form; directions by quadrature.
package struct FeatureCavity: Sendable {
  package let order: Double

  /// - Parameters:
  ///   - beta: finite.
  ///   - activity: how often the other pair is there; 0 leaves each pair alone.
  package init(lambda: Double, beta: Double, activity: Double = 1, points: Int = 32) {
    let directions = Self.directions(activity: activity, points: points)
    let most = directions.reduce(0.125) { max($0, $1.square) }
    // Below this order the distribution cannot be normalised.
    let edge = max(0, 1 - lambda / most.squareRoot())
    let root = Solve.root(edge.nextUp, 1) { c in
      let strength = (1 - c) * (1 - c) / (lambda * lambda)
      var (all, square) = (0.0, 0.0)
      for direction in directions {
        let free = 1 - strength * direction.square
        guard free > 0 else { return -1 }
        let weight = direction.weight / (free * free)
        all += weight
        square += weight * 4 * direction.square / free
      }
      // The half of g_1^2 + g_2^2, over A = beta lambda.
      return c - (1 - c) / lambda * square / all / (2 * beta * lambda)
    }
    order = root ?? edge
  }

  private struct Direction {
    var weight: Double
    /// g_1^2 + g_2^2 of the unit vector.
    var square: Double
  }

  /// The unit vectors in which the first pair has the larger part, up to signs and order of its two.
  private static func directions(activity: Double, points: Int) -> [Direction] {
    // Cubes put the places where the distribution condenses: alone in one pair, on its diagonal.
    let unit = GaussLegendre.points(0, 1, points)
    var found: [Direction] = []
    found.reserveCapacity(points * points * points)
    for share in unit {
      let tilt = .pi / 4 * share.at * share.at * share.at
      let tiltWeight = share.weight * share.at * share.at * sin(tilt) * cos(tilt)
      for one in unit {
        let first = .pi / 4 * (1 - one.at * one.at * one.at)
        let firstWeight = one.weight * one.at * one.at
        let pair = (cos(tilt) * cos(first), cos(tilt) * sin(first))
        for other in unit {
          let second = .pi / 4 * (1 - other.at)
          let rest = (sin(tilt) * cos(second), sin(tilt) * sin(second))
          let g = (
            pull(pair, beside: rest, activity: activity),
            pull(rest, beside: pair, activity: activity)
          )
          found.append(
            Direction(
              weight: tiltWeight * firstWeight * other.weight, square: g.0 * g.0 + g.1 * g.1))
        }
      }
    }
    return found
  }

  /// E[relu(w . x) y] over the inputs in which the pair is active.
  package static func pull(
    _ pair: (Double, Double), beside rest: (Double, Double), activity: Double
  ) -> Double {
    let noise = [
      rest.0 + rest.1, -rest.0 - rest.1, rest.0 - rest.1, rest.1 - rest.0,
    ]
    func size(_ value: Double) -> Double {
      (1 - activity) * abs(value)
        + activity * noise.reduce(0) { $0 + abs(value + $1) } / 4
    }
    return (size(pair.0 + pair.1) - size(pair.0 - pair.1)) / 4
  }
}
