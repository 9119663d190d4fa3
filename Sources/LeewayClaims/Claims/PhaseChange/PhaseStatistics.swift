import Foundation
import LeewayBase

/// What physics asks of an order parameter over sizes and a control.
package enum PhaseStatistics {
  /// 1 - <x^4> / (3 <x^2>^2): 2/3 where all x are alike, 0 for a normal x about 0. Binder 1981.
  package static func binder(_ values: [Double]) -> Double? {
    let n = Double(values.count)
    let second = values.reduce(0) { $0 + $1 * $1 } / n
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / n
    return second > 0 ? 1 - fourth / (3 * second * second) : nil
  }

  /// size x variance, with n - 1.
  package static func susceptibility(_ values: [Double], size: Int) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return Double(size) * squares / Double(values.count - 1)
  }

  /// Where two curves on the same places cross, linear between; where they only touch is no crossing.
  package static func crossings(_ places: [Double], _ a: [Double?], _ b: [Double?]) -> [Double] {
    let gaps = zip(places, zip(a, b)).compactMap { place, pair -> (Double, Double)? in
      guard let one = pair.0, let other = pair.1, one != other else { return nil }
      return (place, one - other)
    }
    return zip(gaps, gaps.dropFirst()).compactMap { left, right in
      (left.1 < 0) == (right.1 < 0)
        ? nil : left.0 + (right.0 - left.0) * left.1 / (left.1 - right.1)
    }
  }

  /// Akaike's criterion of normal errors.
  package static func criterion(squares: Double, count: Int, parameters: Int) -> Double {
    // A perfect fit has no criterion; the floor keeps it finite.
    Double(count) * log(max(squares / Double(count), 1e-12)) + 2 * Double(parameters + 1)
  }

  /// The least value around a start, by steps along axes that halve; small and without slopes.
  package static func least(
    _ start: [Double], steps: [Double], of value: ([Double]) -> Double
  ) -> (place: [Double], value: Double) {
    var (place, steps) = (start, steps)
    var best = value(start)
    for _ in 0..<4000 where steps.contains(where: { $0 > 1e-7 }) {
      var moved = false
      for axis in place.indices {
        for sign in [1.0, -1] {
          var other = place
          other[axis] += sign * steps[axis]
          let found = value(other)
          if found < best {
            (place, best, moved) = (other, found, true)
            steps[axis] *= 1.5
            break
          }
        }
      }
      if !moved { steps = steps.map { $0 / 2 } }
    }
    return (place, best)
  }

  package struct Trial: Sendable {
    package var size: Int
    package var control, value: Double

    package init(size: Int, control: Double, value: Double) {
      self.size = size
      self.control = control
      self.value = value
    }
  }

  package struct Sharpening: Sendable {
    /// How much better by Akaike's criterion curves fit that grow steeper with size.
    package var gain: Double
    /// width ~ size^-exponent.
    package var exponent: Double
    /// Middle and width of the curve at the geometric mean of sizes.
    package var middle, width: Double
  }

  /// Logistic curves whose middle may move with log size; with a width of one size, and with one that
  /// falls as a power of it. Nil for less than two sizes.
  package static func sharpening(_ trials: [Trial]) -> Sharpening? {
    guard Set(trials.map(\.size)).count > 1 else { return nil }
    let logs = trials.map { log(Double($0.size)) }
    let centre = logs.reduce(0, +) / Double(logs.count)
    func squares(_ p: [Double], _ exponent: Double) -> Double {
      zip(trials, logs).reduce(0) { sum, pair in
        let relative = pair.1 - centre
        let width = exp(p[2] - exponent * relative)
        let gap =
          pair.0.value - Solve.sigmoid((pair.0.control - p[0] - p[1] * relative) / width)
        return sum + gap * gap
      }
    }
    let controls = trials.map(\.control)
    let range = (controls.max() ?? 1) - (controls.min() ?? 0)
    // From several starts: a step function has flat valleys.
    let starts = [0.25, 0.5, 0.75].map {
      [(controls.min() ?? 0) + $0 * range, 0, log(max(1e-6, range / 20))]
    }
    let steps = [range / 10, range / 10, 0.5]
    let one = starts.map { least($0, steps: steps) { squares($0, 0) } }
      .min { $0.value < $1.value }
    guard let one else { return nil }
    let two = least(one.place + [0], steps: steps + [0.3]) { squares($0, $0[3]) }
    let count = trials.count
    return Sharpening(
      gain: criterion(squares: one.value, count: count, parameters: 3)
        - criterion(squares: two.value, count: count, parameters: 4),
      exponent: two.place[3], middle: two.place[0], width: exp(two.place[2]))
  }

  /// How much better by Akaike's criterion two normal heaps fit than one.
  package static func twoHeaps(_ values: [Double]) -> Double? {
    let n = Double(values.count)
    guard values.count >= 8 else { return nil }
    // Narrower heaps than this are told apart by rounding alone.
    let floor = 0.02
    func density(_ x: Double, _ mean: Double, _ sd: Double) -> Double {
      exp(-(x - mean) * (x - mean) / (2 * sd * sd)) / (sd * (2 * Double.pi).squareRoot())
    }
    func moments(_ weights: [Double]) -> (share: Double, mean: Double, sd: Double) {
      let sum = max(weights.reduce(0, +), 1e-12)
      let mean = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / sum
      let square = zip(weights, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
      return (sum / n, mean, max(floor, (square / sum).squareRoot()))
    }
    let one = moments(values.map { _ in 1 })
    let single = values.reduce(0.0) { $0 + log(max(1e-300, density($1, one.mean, one.sd))) }
    let sorted = values.sorted()
    var low = moments(values.map { $0 <= sorted[sorted.count / 2 - 1] ? 1 : 0 })
    var high = moments(values.map { $0 <= sorted[sorted.count / 2 - 1] ? 0 : 1 })
    var double = -Double.infinity
    for _ in 0..<500 {
      let parts = values.map {
        (low.share * density($0, low.mean, low.sd), high.share * density($0, high.mean, high.sd))
      }
      double = parts.reduce(0) { $0 + log(max(1e-300, $1.0 + $1.1)) }
      let upper = parts.map { $0.0 + $0.1 > 0 ? $0.1 / ($0.0 + $0.1) : 0.5 }
      low = moments(upper.map { 1 - $0 })
      high = moments(upper)
    }
    return (4 - 2 * single) - (10 - 2 * double)
  }

  /// Slope and intercept of a straight line. Nil without two places.
  package static func line(_ x: [Double], _ y: [Double]) -> (slope: Double, intercept: Double)? {
    let n = Double(x.count)
    let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
    let square = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
    guard square > 0 else { return nil }
    let slope = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) } / square
    return (slope, my - slope * mx)
  }
}
