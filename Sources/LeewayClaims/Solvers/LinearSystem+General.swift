extension LinearSystem {
  /// Any square system, by elimination with row pivots.
  ///
  /// - Parameter matrix: row by row, `right.count` squared numbers.
  /// - Returns: nil where the matrix is singular to rounding.
  package static func general(_ matrix: [Double], _ right: [Double]) -> [Double]? {
    let size = right.count
    var matrix = matrix
    var solution = right
    let scale = matrix.reduce(0) { max($0, abs($1)) }
    for pivot in 0..<size {
      var best = pivot
      for row in pivot + 1..<max(size, pivot + 1)
      where abs(matrix[row * size + pivot]) > abs(matrix[best * size + pivot]) {
        best = row
      }
      guard abs(matrix[best * size + pivot]) > 1e-13 * scale else { return nil }
      if best != pivot {
        for column in pivot..<size {
          matrix.swapAt(pivot * size + column, best * size + column)
        }
        solution.swapAt(pivot, best)
      }
      let head = Array(matrix[pivot * size + pivot..<(pivot + 1) * size])
      let known = solution[pivot]
      // Without bounds the inner loop is done several columns at a time.
      matrix.withUnsafeMutableBufferPointer { matrix in
        head.withUnsafeBufferPointer { head in
          for row in pivot + 1..<max(size, pivot + 1) {
            let start = row * size + pivot
            let factor = matrix[start] / head[0]
            if factor == 0 { continue }
            for column in 0..<head.count { matrix[start + column] -= factor * head[column] }
            solution[row] -= factor * known
          }
        }
      }
    }
    for row in stride(from: size - 1, through: 0, by: -1) {
      for column in row + 1..<max(size, row + 1) {
        solution[row] -= matrix[row * size + column] * solution[column]
      }
      solution[row] /= matrix[row * size + row]
    }
    return solution.allSatisfy(\.isFinite) ? solution : nil
  }

  /// The inverse of any square matrix, row by row, by the same pivots.
  ///
  /// - Returns: nil where the matrix is singular to rounding.
  package static func inverse(_ matrix: [Double], size: Int) -> [Double]? {
    var left = matrix
    var right = [Double](repeating: 0, count: size * size)
    for place in 0..<size { right[place * size + place] = 1 }
    let scale = matrix.reduce(0) { max($0, abs($1)) }
    for pivot in 0..<size {
      var best = pivot
      for row in pivot..<size
      where abs(left[row * size + pivot]) > abs(left[best * size + pivot]) { best = row }
      guard abs(left[best * size + pivot]) > 1e-13 * scale else { return nil }
      if best != pivot {
        for column in 0..<size {
          left.swapAt(pivot * size + column, best * size + column)
          right.swapAt(pivot * size + column, best * size + column)
        }
      }
      let head = left[pivot * size + pivot]
      for column in 0..<size {
        left[pivot * size + column] /= head
        right[pivot * size + column] /= head
      }
      for row in 0..<size where row != pivot {
        let factor = left[row * size + pivot]
        if factor == 0 { continue }
        for column in 0..<size {
          left[row * size + column] -= factor * left[pivot * size + column]
          right[row * size + column] -= factor * right[pivot * size + column]
        }
      }
    }
    return right.allSatisfy(\.isFinite) ? right : nil
  }
}
