import Foundation

/// Places and weights that integrate polynomials of degree 2 count - 1 exactly.
package enum GaussLegendre {
  package static func points(_ low: Double, _ high: Double, _ count: Int) -> [(
    at: Double, weight: Double
  )] {
    (0..<count).map { place in
      // Newton's method on the Legendre polynomial, from Tricomi's guess.
      var x = cos(.pi * (Double(place) + 0.75) / (Double(count) + 0.5))
      var slope = 1.0
      for _ in 0..<100 {
        var (last, now) = (1.0, x)
        for degree in 2..<max(count + 1, 2) {
          let next = (Double(2 * degree - 1) * x * now - Double(degree - 1) * last) / Double(degree)
          (last, now) = (now, next)
        }
        slope = Double(count) * (x * now - last) / (x * x - 1)
        let step = now / slope
        x -= step
        if abs(step) < 1e-15 { break }
      }
      let half = (high - low) / 2
      return (low + half * (1 + x), half * 2 / ((1 - x * x) * slope * slope))
    }
  }
}
