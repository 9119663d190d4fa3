import Foundation
import LeewayStatistics

/// The cavity equations of a Lotka-Volterra community with random interactions (Bunin 2017):
/// dN_i/dt = N_i (K - N_i - sum_j alpha_ij N_j), alpha of mean mu/S and variance sigma^2/S, correlated
/// by gamma across the diagonal, K = 1.
package struct CommunityTheory: Sendable, Equatable {
  /// The mean of what a newcomer could live on, in standard deviations of it.
  package var delta: Double
  /// Share of species that survive.
  package var survivors: Double
  /// Mean abundance, and mean square abundance.
  package var mean, square: Double
  /// Mean of dN/dK.
  package var susceptibility: Double
  /// What a newcomer's growth is divided by, for the community pushes back: N = h / u.
  package var denominator: Double
  /// The one equilibrium is stable below 1.
  package var stability: Double

  /// - Returns: nil where no equilibrium with finite abundances exists, or it is not stable.
  package init?(mu: Double, sigma: Double, gamma: Double) {
    guard let delta = Self.delta(sigma: sigma, gamma: gamma) else { return nil }
    let w = Self.moments(delta)
    let u = sigma * w.second.squareRoot()
    let spread = 1 / (delta + mu * w.first / u)
    guard spread > 0, spread.isFinite else { return nil }
    self.delta = delta
    survivors = w.zeroth
    mean = spread * w.first / u
    square = (spread / sigma) * (spread / sigma)
    susceptibility = w.zeroth / u
    denominator = u
    stability = w.zeroth * sigma * sigma / (u * u)
  }

  /// - Returns: nil where the equilibrium is not stable.
  private static func delta(sigma: Double, gamma: Double) -> Double? {
    guard sigma > 0, sigma * (1 + gamma) < 2.0.squareRoot() else { return nil }
    // Stable means delta > 0; for weak interactions delta is about 1 / sigma.
    return Solve.root(0, 20 + 20 / sigma) { delta in
      let w = moments(delta)
      return sigma * w.second - w.second.squareRoot() + gamma * sigma * w.zeroth
    }
  }

  /// The mu at which abundances grow without bound, for the species help one another too much.
  ///
  /// - Returns: nil where the equilibrium is not stable.
  package static func leastMu(sigma: Double, gamma: Double) -> Double? {
    delta(sigma: sigma, gamma: gamma).map { delta in
      let w = moments(delta)
      return -delta * sigma * w.second.squareRoot() / w.first
    }
  }

  /// Integrals of (z + delta)^k over the standard normal above -delta.
  package static func moments(_ delta: Double) -> (zeroth: Double, first: Double, second: Double) {
    let density = exp(-delta * delta / 2) / (2 * Double.pi).squareRoot()
    let below = Normal.cumulative(delta)
    return (below, density + delta * below, (1 + delta * delta) * below + delta * density)
  }
}

/// The cavity equations of MacArthur's consumers and resources (Advani, Bunin and Mehta 2018):
/// dN_i/dt = N_i (sum_a c_ia R_a - m_i), dR_a/dt = R_a (K_a - R_a - sum_i N_i c_ia), c of mean mu/S
/// and variance sigma^2/S.
package struct ConsumerTheory: Sendable, Equatable {
  package struct Setting: Sendable, Equatable {
    /// Species per resource.
    package var ratio: Double
    /// mu and sigma of what is consumed.
    package var mean, spread: Double
    package var capacity, capacitySpread, loss, lossSpread: Double

    package init(
      ratio: Double, mean: Double, spread: Double, capacity: Double, capacitySpread: Double,
      loss: Double, lossSpread: Double
    ) {
      self.ratio = ratio
      self.mean = mean
      self.spread = spread
      self.capacity = capacity
      self.capacitySpread = capacitySpread
      self.loss = loss
      self.lossSpread = lossSpread
    }
  }

  /// Surviving shares of species and of resources.
  package var species = 0.5
  package var resources = 0.5
  /// Their mean abundances and mean squares.
  package var speciesMean = 0.2
  package var resourceMean = 0.5
  package var speciesSquare = 0.1
  package var resourceSquare = 0.4
  /// Responses dR/dK and dN/dm.
  package var chi = 0.5
  package var nu = -0.5

  /// Solves by damped iteration.
  ///
  /// - Returns: nil where it does not come to rest.
  package init?(_ setting: Setting, damping: Double = 0.02) {
    let variance = setting.spread * setting.spread
    for _ in 0..<60_000 {
      let overSpecies = variance * chi / setting.ratio
      let overResource = 1 - variance * nu
      let speciesField = Self.positive(
        mean: setting.mean * resourceMean / setting.ratio - setting.loss,
        variance: setting.lossSpread * setting.lossSpread
          + variance * resourceSquare / setting.ratio)
      let resourceField = Self.positive(
        mean: setting.capacity - setting.mean * speciesMean,
        variance: setting.capacitySpread * setting.capacitySpread + variance * speciesSquare)
      let old = self
      func step(_ value: inout Double, _ next: Double) { value += damping * (next - value) }
      step(&species, speciesField.zeroth)
      step(&resources, resourceField.zeroth)
      step(&speciesMean, speciesField.first / overSpecies)
      step(&speciesSquare, speciesField.second / (overSpecies * overSpecies))
      step(&resourceMean, resourceField.first / overResource)
      step(&resourceSquare, resourceField.second / (overResource * overResource))
      step(&chi, resourceField.zeroth / overResource)
      step(&nu, -speciesField.zeroth / overSpecies)
      let values = [speciesMean, speciesSquare, resourceMean, resourceSquare, chi, nu]
      guard values.allSatisfy(\.isFinite) else { return nil }
      let before = [
        old.speciesMean, old.speciesSquare, old.resourceMean, old.resourceSquare, old.chi, old.nu,
      ]
      if zip(values, before).allSatisfy({ abs($0 - $1) < 1e-13 * (1 + abs($0)) }) { return }
    }
    return nil
  }

  /// Chance, mean and mean square of the positive part of a normal variable.
  private static func positive(mean: Double, variance: Double) -> (
    zeroth: Double, first: Double, second: Double
  ) {
    let spread = variance.squareRoot()
    let w = CommunityTheory.moments(mean / spread)
    return (w.zeroth, spread * w.first, variance * w.second)
  }
}
