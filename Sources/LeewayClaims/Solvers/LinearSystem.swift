/// Systems of linear equations with a positive definite matrix, by Cholesky's factors.
package enum LinearSystem {
  /// - Returns: nil where the matrix is not positive definite.
  package static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
    let size = right.count
    var factor = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0...row {
        var sum = matrix[row][column]
        for k in 0..<column { sum -= factor[row * size + k] * factor[column * size + k] }
        if row == column {
          guard sum > 0 else { return nil }
          factor[row * size + row] = sum.squareRoot()
        } else {
          factor[row * size + column] = sum / factor[column * size + column]
        }
      }
    }
    var solution = right
    for row in 0..<size {
      for k in 0..<row { solution[row] -= factor[row * size + k] * solution[k] }
      solution[row] /= factor[row * size + row]
    }
    for row in stride(from: size - 1, through: 0, by: -1) {
      for k in row + 1..<max(size, row + 1) {
        solution[row] -= factor[k * size + row] * solution[k]
      }
      solution[row] /= factor[row * size + row]
    }
    return solution
  }
}
