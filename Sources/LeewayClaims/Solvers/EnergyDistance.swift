/// How far two clouds of points are from being drawn from one distribution (Székely and Rizzo 2013):
/// 2 E|x - y| - E|x - x'| - E|y - y'|, without the pairs of a point with itself, so that its mean is 0
/// for two clouds of the same distribution.
package enum EnergyDistance {
  package typealias Point = (x: Double, y: Double)

  package static func between(_ first: [Point], _ second: [Point]) -> Double {
    var across = 0.0
    for a in first {
      for b in second { across += distance(a, b) }
    }
    return 2 * across / Double(first.count * second.count) - inside(first) - inside(second)
  }

  private static func inside(_ cloud: [Point]) -> Double {
    var sum = 0.0
    for place in cloud.indices {
      for other in 0..<place { sum += distance(cloud[place], cloud[other]) }
    }
    return 2 * sum / Double(cloud.count * (cloud.count - 1))
  }

  private static func distance(_ a: Point, _ b: Point) -> Double {
    ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
  }
}
