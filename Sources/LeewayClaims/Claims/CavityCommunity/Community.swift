import LeewayBase

/// A Lotka-Volterra community: dN_i/dt = N_i (K_i - N_i - sum_j alpha_ij N_j).
package struct Community: Sendable, Equatable, Codable {
  package var names: [String]
  /// K.
  package var capacities: [Double]
  /// alpha, row by row; the 1 of a species' own limit is not in it.
  package var interactions: [Double]

  package init(names: [String], capacities: [Double], interactions: [Double]) {
    self.names = names
    self.capacities = capacities
    self.interactions = interactions
  }

  package var size: Int { capacities.count }

  /// Drawn at random with K = 1.
  ///
  /// - Parameter scale: the S by which mean and variance are divided; the size, or less by the
  ///   newcomer.
  package init(
    _ size: Int, scale: Int, mu: Double, sigma: Double, gamma: Double,
    _ stream: inout NamedStream
  ) {
    let mean = mu / Double(scale)
    let spread = sigma / Double(scale).squareRoot()
    let (shared, own) = (gamma, (max(0, 1 - gamma * gamma)).squareRoot())
    var alpha = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0..<row {
        let one = stream.normal()
        let other = shared * one + own * stream.normal()
        alpha[row * size + column] = mean + spread * one
        alpha[column * size + row] = mean + spread * other
      }
    }
    self.init(
      names: (1...size).map { "species \($0)" },
      capacities: [Double](repeating: 1, count: size), interactions: alpha)
  }

  /// Without one species.
  package func without(_ species: Int) -> Community {
    let kept = (0..<size).filter { $0 != species }
    return Community(
      names: kept.map { names[$0] }, capacities: kept.map { capacities[$0] },
      interactions: kept.flatMap { row in kept.map { interactions[row * size + $0] } })
  }

  package var problem: Complementarity {
    var matrix = interactions
    for place in 0..<size { matrix[place * size + place] += 1 }
    return Complementarity(matrix, capacities)
  }

  /// Abundances that no absent species can invade; nil where none were found.
  package func equilibrium(from start: [Bool]? = nil) -> [Double]? {
    problem.pivoted(from: start) ?? problem.lemke()
  }
}

/// What the cavity method says of one newcomer, beside what comes of it.
package struct Newcomer: Sendable, Equatable, Codable {
  package var name: String
  /// K_0 - sum_j alpha_0j N_j: it invades where this is positive.
  package var field: Double
  /// h / u with the response of the mean: u = 1 - S cov(alpha_ij, alpha_ji) tr(dN/dK)/S.
  package var byMean: Double?
  /// h / u with the community's own response: u = 1 - alpha_0. (dN/dK) alpha_.0.
  package var byResponse: Double?
  /// After solving anew.
  package var actual: Double
  /// Of every other species, in order.
  package var before, predictedShift, actualShift: [Double]

  /// Predicted to settle, and settles.
  package var isRight: Bool { (field > 0) == (actual > 0) }

  /// - Parameter susceptibility: the community's sum of dN_i/dK_i.
  /// - Returns: nil where the community has no solution with or without the newcomer.
  package init?(_ community: Community, adding species: Int, susceptibility: Double) {
    let rest = community.without(species)
    guard let abundances = rest.equilibrium() else { return nil }
    let others = (0..<community.size).filter { $0 != species }
    func alpha(_ row: Int, _ column: Int) -> Double {
      community.interactions[row * community.size + column]
    }
    name = community.names[species]
    before = abundances
    field = zip(others, abundances).reduce(community.capacities[species]) {
      $0 - alpha(species, $1.0) * $1.1
    }
    let present = others.indices.filter { abundances[$0] > 0 }
    // dN/dK on those that live; the newcomer pushes by its column.
    let block = present.flatMap { row in
      present.map { alpha(others[row], others[$0]) + (row == $0 ? 1 : 0) }
    }
    let push = present.map { alpha(others[$0], species) }
    let response = LinearSystem.general(block, push)
    let own = 1 + alpha(species, species)
    var shift = [Double](repeating: 0, count: others.count)
    byResponse = nil
    if let response {
      let u = zip(present, response).reduce(own) { $0 - alpha(species, others[$1.0]) * $1.1 }
      if u > 0 {
        let abundance = max(0, field) / u
        byResponse = abundance
        for (place, value) in zip(present, response) { shift[place] = -value * abundance }
      }
    }
    predictedShift = shift
    let mean = own - rest.reciprocity * susceptibility
    byMean = mean > 0 ? max(0, field) / mean : nil
    var guess = [Bool](repeating: false, count: community.size)
    for (place, other) in others.enumerated() { guess[other] = abundances[place] > 0 }
    guess[species] = field > 0
    guard let after = community.equilibrium(from: guess) else { return nil }
    actual = after[species]
    actualShift = zip(others, abundances).map { after[$0] - $1 }
  }
}

extension Community {
  /// Covariance of alpha_ij with alpha_ji: gamma sigma^2 / S.
  package var reciprocity: Double {
    var (sum, product, count) = (0.0, 0.0, 0.0)
    for row in 0..<size {
      for column in 0..<size where column != row {
        sum += interactions[row * size + column]
        product += interactions[row * size + column] * interactions[column * size + row]
        count += 1
      }
    }
    guard count > 0 else { return 0 }
    return product / count - (sum / count) * (sum / count)
  }

  /// The sum of dN_i/dK_i over the species that live: the trace of their block's inverse.
  package func susceptibility(_ abundances: [Double]) -> Double? {
    let present = abundances.indices.filter { abundances[$0] > 0 }
    let block = present.flatMap { row in
      present.map { interactions[row * size + $0] + (row == $0 ? 1 : 0) }
    }
    return LinearSystem.inverse(block, size: present.count).map { inverse in
      present.indices.reduce(0) { $0 + inverse[$1 * present.count + $1] }
    }
  }
}
