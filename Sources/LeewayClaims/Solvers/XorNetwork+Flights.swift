import Foundation
import LeewayBase

extension XorNetwork {
  /// One flight of every neuron, each alone in a frozen background: it is pushed and goes down and up
  /// its potential E[error . a relu(w . x)] + (lambda / 2)(|w|^2 + |a|^2) with momentum, and comes back
  /// to its start as often as Metropolis's rule asks for. The neurons come to rest exactly where endless
  /// Langevin steps of no length would leave them, and along flat lobes in a fraction of the steps
  /// (Hamiltonian Monte Carlo, Duane et al. 1987).
  ///
  /// - Parameter longest: the most steps of a flight; each is of a length of its own, for flights of one
  ///   period would end where they began.
  /// - Returns: the share of flights that were kept.
  package mutating func fly(
    _ errors: [Double], lambda: Double, beta: Double, time: Double, longest: Int,
    _ normals: inout NormalPairs
  ) -> Double {
    let width = 2 * circuits
    var slopes = [Double](repeating: 0, count: width + circuits)
    var (speeds, start) = (slopes, slopes)
    let push = 1 / beta.squareRoot()
    var kept = 0
    for neuron in 0..<neurons {
      var energy = 0.0
      for k in speeds.indices {
        speeds[k] = push * normals.next()
        start[k] = self[neuron, k]
        energy += speeds[k] * speeds[k] / 2
      }
      energy += height(neuron, errors, lambda, &slopes)
      var end = energy
      for _ in 0..<1 + Int(normals.uniform() * Double(longest)) {
        for k in speeds.indices {
          speeds[k] -= time / 2 * slopes[k]
          self[neuron, k] += time * speeds[k]
        }
        end = height(neuron, errors, lambda, &slopes)
        for k in speeds.indices {
          speeds[k] -= time / 2 * slopes[k]
          end += speeds[k] * speeds[k] / 2
        }
      }
      if normals.uniform() < exp(beta * (energy - end)) {
        kept += 1
      } else {
        for k in start.indices { self[neuron, k] = start[k] }
      }
    }
    return Double(kept) / Double(neurons)
  }

  /// A neuron's weights, w and then a.
  private subscript(_ neuron: Int, _ place: Int) -> Double {
    get {
      let width = 2 * circuits
      return place < width
        ? w[neuron * width + place] : a[neuron * circuits + place - width]
    }
    set {
      let width = 2 * circuits
      if place < width {
        w[neuron * width + place] = newValue
      } else {
        a[neuron * circuits + place - width] = newValue
      }
    }
  }

  /// The potential of a neuron where it is, and its slopes.
  private mutating func height(
    _ neuron: Int, _ errors: [Double], _ lambda: Double, _ slopes: inout [Double]
  ) -> Double {
    project(neuron)
    slope(neuron, errors, into: &slopes)
    var height = 0.0
    for k in slopes.indices {
      let value = self[neuron, k]
      // What is felt by way of a is linear in a.
      height += (k < 2 * circuits ? 0 : value * slopes[k]) + lambda * value * value / 2
      slopes[k] += lambda * value
    }
    return height
  }
}
