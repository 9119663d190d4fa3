import Foundation
import LeewayBase
import LeewayTensor

/// Random communities of one size beside the cavity equations.
struct CommunityEnsemble: Sendable, Codable {
  var size: Int
  /// Drawn; those of them with an equilibrium that pivots found; and with one that Lemke's path found
  /// where pivots did not.
  var drawn, solved, reached: Int
  /// Share of survivors: mean, standard error, spread between communities.
  var survivors, survivorsError, survivorsSpread: Double
  /// Share of survivors of all with an equilibrium that was found. Pivots fail more often where few
  /// survive.
  var survivorsOfAll: Double
  var mean, meanError: Double
  /// Share of newcomers whose fate was told right, and how much of their abundance.
  var rightFate, explained: Double
  /// N / h of newcomers that settle, through the origin.
  var slope: Double
  var newcomers: Int

  /// One community, and what becomes of a newcomer to it.
  private struct Instance: Sendable {
    var share: Double
    /// Nil where pivots did not solve it, but Lemke's path did.
    var pivoted: Pivoted?

    struct Pivoted: Sendable {
      var share, mean, field: Double
      /// Nil where pivots do not solve the community with the newcomer.
      var actual: Double?
    }

    /// - Returns: nil where the community without the newcomer was not solved.
    init?(
      _ size: Int, mu: Double, sigma: Double, gamma: Double, _ stream: inout NamedStream
    ) {
      let whole = Community(
        size + 1, scale: size, mu: mu, sigma: sigma, gamma: gamma, &stream)
      let problem = whole.without(size).problem
      func share(_ abundances: [Double]) -> Double {
        Double(abundances.count { $0 > 0 }) / Double(size)
      }
      // Pivots alone: which instances count as solved is part of the protocol of small sizes. In large
      // ones single pivots take long, and Lemke's path finds what they find.
      let isSmall = size <= 50
      func solved(_ problem: Complementarity, from start: [Bool]? = nil) -> [Double]? {
        isSmall
          ? problem.pivoted(from: start)
          : problem.pivoted(from: start, single: 0) ?? problem.lemke()
      }
      guard let before = solved(problem) else {
        guard let other = problem.lemke() else { return nil }
        self.share = share(other)
        return
      }
      self.share = share(before)
      let field = before.indices.reduce(1.0) {
        $0 - whole.interactions[size * (size + 1) + $1] * before[$1]
      }
      // Small communities can have several equilibria, and each is solved from nothing; large ones
      // have one, and start near it.
      let near = isSmall ? nil : before.map { $0 > 0 } + [field > 0]
      pivoted = Pivoted(
        share: self.share, mean: before.reduce(0, +) / Double(size), field: field,
        actual: solved(whole.problem, from: near)?[size])
    }
  }

  /// - Parameter stream: one for each community, so that threads draw what one would.
  /// - Returns: nil where fewer than two communities were solved.
  init?(
    _ size: Int, count: Int, mu: Double, sigma: Double, gamma: Double, denominator: Double,
    kernels: Kernels, stream: @Sendable (Int) -> NamedStream
  ) {
    let all = sideBySide(count, kernels) { number -> Instance? in
      var stream = stream(number)
      return Instance(size, mu: mu, sigma: sigma, gamma: gamma, &stream)
    }.compactMap(\.self)
    let instances = all.compactMap(\.pivoted)
    let shares = instances.map(\.share)
    let means = instances.map(\.mean)
    let fates = instances.compactMap { one in one.actual.map { (field: one.field, actual: $0) } }
    guard shares.count > 1, fates.count > 1 else { return nil }
    func spread(_ values: [Double]) -> Double {
      let middle = LeewayClaims.mean(values)
      return (values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(values.count - 1))
        .squareRoot()
    }
    self.size = size
    drawn = count
    solved = shares.count
    reached = all.count
    survivorsOfAll = LeewayClaims.mean(all.map(\.share))
    survivors = LeewayClaims.mean(shares)
    survivorsSpread = spread(shares)
    survivorsError = survivorsSpread / Double(solved).squareRoot()
    mean = LeewayClaims.mean(means)
    meanError = spread(means) / Double(solved).squareRoot()
    newcomers = fates.count
    rightFate = Double(fates.count { ($0.field > 0) == ($0.actual > 0) }) / Double(newcomers)
    explained = Self.explained(fates.map { ($0.actual, max(0, $0.field) / denominator) })
    let settled = fates.filter { $0.actual > 0 }
    slope =
      settled.reduce(0) { $0 + $1.field * $1.actual }
      / settled.reduce(0) { $0 + $1.field * $1.field }
  }

  /// 1 - squared error of the prediction over the variance of what came.
  static func explained(_ pairs: [(actual: Double, predicted: Double)]) -> Double {
    let middle = LeewayClaims.mean(pairs.map(\.actual))
    let error = pairs.reduce(0) { $0 + ($1.actual - $1.predicted) * ($1.actual - $1.predicted) }
    return 1 - error / pairs.reduce(0) { $0 + ($1.actual - middle) * ($1.actual - middle) }
  }
}

/// One random community of consumers and resources, solved: means to set beside the theory.
struct ConsumerInstance: Sendable, Codable {
  var species, resources, speciesMean, resourceMean: Double

  /// - Returns: nil where no equilibrium was found.
  init?(_ setting: ConsumerTheory.Setting, resources count: Int, _ stream: inout NamedStream) {
    let consumers = max(1, Int((setting.ratio * Double(count)).rounded()))
    let size = consumers + count
    // z = (N, R): C R <= m, and K - R - C'N <= 0.
    var matrix = [Double](repeating: 0, count: size * size)
    var right = [Double](repeating: 0, count: size)
    for row in 0..<consumers {
      right[row] = -(setting.loss + setting.lossSpread * stream.normal())
      for place in 0..<count {
        let eaten =
          setting.mean / Double(consumers)
          + setting.spread * stream.normal() / Double(consumers).squareRoot()
        matrix[row * size + consumers + place] = -eaten
        matrix[(consumers + place) * size + row] = eaten
      }
    }
    for place in consumers..<size {
      matrix[place * size + place] = 1
      right[place] = setting.capacity + setting.capacitySpread * stream.normal()
    }
    guard let z = Complementarity(matrix, right).lemke() else { return nil }
    func share(_ part: ArraySlice<Double>) -> Double {
      Double(part.count { $0 > 1e-9 }) / Double(part.count)
    }
    species = share(z[..<consumers])
    resources = share(z[consumers...])
    speciesMean = mean(z[..<consumers])
    resourceMean = mean(z[consumers...])
  }
}
