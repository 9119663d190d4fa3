import Foundation

/// Two linear accounts of a push against a fact. Margin of truth x = sum of writes − strength · g, with
/// g what one unit of the push takes from the margin directly.
package enum RivalModels {
  /// Distribution only: each sublayer adds what it adds.
  package static func flip(writes: [Double], direct: Double) -> Double {
    writes.reduce(0, +) / direct
  }

  /// Feedback: each later sublayer also gives back a share `rho` of what is missing, so a push decays.
  package static func flip(margin: Double, direct: Double, rho: Double, later: Int) -> Double {
    margin * pow(1 - rho, Double(-later)) / direct
  }

  /// What each account makes of flips after n later sublayers are knocked out, as shares of the flip
  /// with none knocked out: 1 − b n, or (1 − r)ⁿ.
  package struct Fit: Sendable, Codable, Equatable {
    package var additive: Double
    package var multiplicative: Double
    /// Akaike's criterion of each; the lower one fits better.
    package var additiveAIC: Double
    package var multiplicativeAIC: Double
    package var points: Int

    /// Above 0 the multiplicative account fits better; 2 is little, 10 is much.
    package var favour: Double { additiveAIC - multiplicativeAIC }
  }

  /// - Parameter points: (n, flip as a share of that at n = 0), n above 0.
  /// - Returns: nil without points at two n.
  package static func fit(_ points: [(n: Double, share: Double)]) -> Fit? {
    guard Set(points.map(\.n)).count > 1 else { return nil }
    let squares = points.reduce(0) { $0 + $1.n * $1.n }
    let slope = points.reduce(0) { $0 + (1 - $1.share) * $1.n } / squares
    func rest(_ model: (Double) -> Double) -> Double {
      points.reduce(0) { $0 + ($1.share - model($1.n)) * ($1.share - model($1.n)) }
    }
    let decay = Solve.maximum(-2, 4) { decay in -rest { exp(-decay * $0) } }
    let count = Double(points.count)
    func criterion(_ squares: Double) -> Double { count * log(max(squares, 1e-300) / count) + 4 }
    return Fit(
      additive: slope, multiplicative: 1 - exp(-decay),
      additiveAIC: criterion(rest { 1 - slope * $0 }),
      multiplicativeAIC: criterion(rest { exp(-decay * $0) }), points: points.count)
  }
}
