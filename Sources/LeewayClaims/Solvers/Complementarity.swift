/// The linear complementarity problem: z >= 0, q - M z <= 0, and z (q - M z) = 0 in each place.
///
/// In ecology z are abundances, q what each can live on, M how they limit one another; a solution is
/// a state that no absent species can invade.
package struct Complementarity: Sendable {
  /// Row by row.
  package var matrix: [Double]
  package var right: [Double]

  package init(_ matrix: [Double], _ right: [Double]) {
    self.matrix = matrix
    self.right = right
  }

  private var size: Int { right.count }

  /// q - M z.
  package func slack(_ z: [Double]) -> [Double] {
    (0..<size).map { row in
      var sum = right[row]
      for column in 0..<size { sum -= matrix[row * size + column] * z[column] }
      return sum
    }
  }

  /// Solves by pivots on the set of places that are not 0: all that are wrong at once, for twelve
  /// rounds, then one at a time by the least index, which ends for every matrix whose principal
  /// minors are positive (Murty 1974).
  ///
  /// - Parameters:
  ///   - start: a guess of the places that are not 0.
  ///   - single: the most rounds of one at a time.
  /// - Returns: nil where that finds nothing.
  package func pivoted(from start: [Bool]? = nil, single: Int? = nil) -> [Double]? {
    let blocks = 12
    var present = start ?? right.map { $0 > 0 }
    for round in 0..<blocks + (single ?? 4 * size + 40) {
      guard let (z, wrong) = state(present) else { return nil }
      if wrong.isEmpty { return z }
      if round < blocks {
        for place in wrong { present[place].toggle() }
      } else if let least = wrong.first {
        present[least].toggle()
      }
    }
    return nil
  }

  /// The solution with these places not 0, and the places where it breaks a sign.
  private func state(_ present: [Bool]) -> (z: [Double], wrong: [Int])? {
    let places = present.indices.filter { present[$0] }
    var block: [Double] = []
    block.reserveCapacity(places.count * places.count)
    for row in places {
      for column in places { block.append(matrix[row * size + column]) }
    }
    guard let inside = LinearSystem.general(block, places.map { right[$0] }) else { return nil }
    var z = [Double](repeating: 0, count: size)
    for (place, value) in zip(places, inside) { z[place] = value }
    let slack = slack(z)
    // Beside the largest constant, or the units of measurement would decide what is rounding.
    let rounding = 1e-12 * right.reduce(0) { max($0, abs($1)) }
    return (z, z.indices.filter { present[$0] ? z[$0] < 0 : slack[$0] > rounding })
  }

  /// Solves by Lemke's path, which also takes matrices with zeros on the diagonal.
  ///
  /// - Returns: nil where the path ends in a ray: for copositive-plus matrices there is no solution
  ///   then, for others there may be one that it does not reach.
  package func lemke() -> [Double]? {
    // w = M z - q + t d, with d = 1 and t driven to 0. Columns: w, z, t, and the constants.
    guard let start = right.indices.max(by: { right[$0] < right[$1] }), right[start] > 0 else {
      return right.map { _ in 0 }
    }
    let (count, width) = (size, 2 * size + 2)
    let (artificial, constants) = (2 * size, 2 * size + 1)
    var table = [Double](repeating: 0, count: count * width)
    for row in 0..<count {
      table[row * width + row] = 1
      for column in 0..<count {
        table[row * width + count + column] = -matrix[row * count + column]
      }
      table[row * width + artificial] = -1
      table[row * width + constants] = -right[row]
    }
    var basis = Array(0..<count)
    var (entering, leaving) = (artificial, start)
    for _ in 0..<50 * count + 100 {
      let left = basis[leaving]
      Self.pivot(&table, row: leaving, column: entering, width: width)
      basis[leaving] = entering
      if left == artificial {
        var z = [Double](repeating: 0, count: count)
        for (row, variable) in basis.enumerated() where variable >= count && variable < artificial {
          z[variable - count] = max(0, table[row * width + constants])
        }
        return z
      }
      entering = left < count ? left + count : left - count
      var best: (row: Int, ratio: Double)?
      for row in 0..<count where table[row * width + entering] > 1e-10 {
        let ratio = table[row * width + constants] / table[row * width + entering]
        // t leaves first among equals, for then the path is at its end.
        if best == nil || ratio < (best?.ratio ?? 0)
          || (ratio == best?.ratio && basis[row] == artificial)
        {
          best = (row, ratio)
        }
      }
      guard let best else { return nil }
      leaving = best.row
    }
    return nil
  }

  private static func pivot(_ table: inout [Double], row: Int, column: Int, width: Int) {
    let scale = 1 / table[row * width + column]
    for place in row * width..<(row + 1) * width { table[place] *= scale }
    let head = Array(table[row * width..<(row + 1) * width])
    for other in 0..<table.count / width where other != row {
      let factor = table[other * width + column]
      if factor == 0 { continue }
      let start = other * width
      table.withUnsafeMutableBufferPointer { table in
        head.withUnsafeBufferPointer { head in
          for place in 0..<width { table[start + place] -= factor * head[place] }
        }
      }
    }
  }
}
