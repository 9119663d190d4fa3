import Foundation

/// The infinitely wide network for the product of two signs, at rest at an inverse temperature.
///
/// A neuron (w, a) in its own mean field has a | w normal of mean (1 - c) g / lambda and variance
/// 1 / (beta lambda), and p(w) ~ exp(-(A/2) |w|^2 + D min(|w_1|, |w_2|)^2) with A = beta lambda,
/// D = beta (1 - c)^2 / (8 lambda): four lobes along the diagonals.
package struct Cloverleaf: Sendable, Equatable {
  package var lambda, beta: Double
  /// f = c y.
  package var order: Double

  /// A background of any order, consistent or not.
  package init(lambda: Double, beta: Double, order: Double) {
    self.lambda = lambda
    self.beta = beta
    self.order = order
  }

  /// Self-consistent: c = (1 - c) <min^2> / (4 lambda).
  ///
  /// - Parameter beta: may be infinite.
  package init(lambda: Double, beta: Double) {
    let edge = Self.edge(lambda)
    self.init(lambda: lambda, beta: beta, order: edge)
    guard beta.isFinite else { return }
    // <min^2> grows without bound towards the edge and is finite above, so there is one crossing.
    let root = Solve.root(edge.nextUp, 1) { c in
      let there = Cloverleaf(lambda: lambda, beta: beta, order: c)
      guard let least = there.leastSquare else { return -1 }
      return c - (1 - c) * least / (4 * lambda)
    }
    order = root ?? edge
  }

  /// The order at zero temperature, below which a frozen background binds no neuron.
  package static func edge(_ lambda: Double) -> Double { max(0, 1 - 8.0.squareRoot() * lambda) }

  /// B / A, where p(w) ~ exp(-(A w_1^2 + B w_2^2) / 2) for |w_1| > |w_2|.
  private var ratio: Double { 1 - (1 - order) * (1 - order) / (4 * lambda * lambda) }
  private var scale: Double { beta * lambda }

  /// Whether p(w) can be normalised: (1 - c)^2 < 8 lambda^2.
  package var isBound: Bool { ratio > -1 }

  /// What is left of the decay along the diagonals, where the field pulls most; 0 at the edge.
  package var softness: Double { lambda - abs(1 - order) / 8.0.squareRoot() }

  /// <min(|w_1|, |w_2|)^2>; nil where p(w) cannot be normalised.
  package var leastSquare: Double? {
    isBound ? second / first / scale : nil
  }

  /// <|w|^2>.
  package var square: Double? {
    // The integrals of 2 / k^2 and 1 / k over the eighth, with t = tan.
    guard isBound else { return nil }
    let b = ratio
    let whole = Solve.integral(0, 1, tolerance: 1e-9) { t in
      2 * (1 + t * t) / ((1 + b * t * t) * (1 + b * t * t))
    }
    return whole / first / scale
  }

  /// <cos 4 theta>: -1 on the diagonals, 1 on the axes; weighted by |w|^2 where asked for.
  package func lobes(weighted: Bool) -> Double? {
    guard isBound else { return nil }
    let b = ratio
    func weight(_ t: Double) -> Double {
      let k = 1 + b * t * t
      return weighted ? (1 + t * t) / (k * k) : 1 / k
    }
    let above = Solve.integral(0, 1, tolerance: 1e-9) { t in
      let cosine = (1 - t * t) / (1 + t * t)
      return weight(t) * (2 * cosine * cosine - 1)
    }
    return above / Solve.integral(0, 1, tolerance: 1e-9, of: weight)
  }

  /// The integral of 1 / (1 + b t^2) over 0...1.
  private var first: Double { Self.reach(ratio, 1) }

  private static func reach(_ b: Double, _ t: Double) -> Double {
    if abs(b) < 1e-3 {
      let s = b * t * t
      return t * (1 - s / 3 + s * s / 5 - s * s * s / 7 + s * s * s * s / 9)
    }
    let root = abs(b).squareRoot()
    return b > 0 ? atan(root * t) / root : atanh(root * t) / root
  }

  /// The integral of 2 t^2 / (1 + b t^2)^2 over 0...1.
  private var second: Double {
    let b = ratio
    if abs(b) < 1e-3 { return 2 * (1.0 / 3 - 2 * b / 5 + 3 * b * b / 7 - 4 * b * b * b / 9) }
    return (first - 1 / (1 + b)) / b
  }

  /// A neuron drawn from the distribution itself.
  package func neuron(_ normals: inout NormalPairs) -> (w: (Double, Double), a: Double) {
    let b = ratio
    let aim = normals.uniform() * first
    // Where the integral from 0 to t has that share.
    let root = abs(b).squareRoot()
    let t =
      abs(b) < 1e-3
      ? (Solve.root(0, 1) { Self.reach(b, $0) - aim } ?? 1)
      : b > 0 ? tan(root * aim) / root : tanh(root * aim) / root
    let angle = atan(min(1, t))
    let k = scale * (cos(angle) * cos(angle) + b * sin(angle) * sin(angle))
    let radius = (-2 * log(1 - normals.uniform()) / k).squareRoot()
    var w = (radius * cos(angle), radius * sin(angle))
    if normals.uniform() < 0.5 { w = (w.1, w.0) }
    if normals.uniform() < 0.5 { w.0.negate() }
    if normals.uniform() < 0.5 { w.1.negate() }
    let pull = min(abs(w.0), abs(w.1)) / 2 * (w.0 * w.1 < 0 ? -1 : 1)
    let a = (1 - order) * pull / lambda + normals.next() / (beta * lambda).squareRoot()
    return (w, a)
  }
}

/// What is measured of a cloud of neurons.
package struct CloudShape: Sendable, Codable, Equatable {
  package var leastSquare, square, lobes, weightedLobes: Double

  package init(_ cloud: [(x: Double, y: Double)]) {
    var sums = (least: 0.0, square: 0.0, lobes: 0.0, weighted: 0.0)
    for (x, y) in cloud {
      let square = x * x + y * y
      let cosine = square > 0 ? (x * x - y * y) / square : 0
      let lobes = 2 * cosine * cosine - 1
      let least = min(abs(x), abs(y))
      sums.least += least * least
      sums.square += square
      sums.lobes += lobes
      sums.weighted += square * lobes
    }
    let count = Double(max(1, cloud.count))
    leastSquare = sums.least / count
    square = sums.square / count
    lobes = sums.lobes / count
    weightedLobes = sums.square > 0 ? sums.weighted / sums.square : 0
  }

  /// The mean over several clouds.
  package init(mean clouds: [CloudShape]) {
    leastSquare = LeewayClaims.mean(clouds.map(\.leastSquare))
    square = LeewayClaims.mean(clouds.map(\.square))
    lobes = LeewayClaims.mean(clouds.map(\.lobes))
    weightedLobes = LeewayClaims.mean(clouds.map(\.weightedLobes))
  }
}
