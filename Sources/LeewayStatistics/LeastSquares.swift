/// Ordinary least squares by the normal equations, for a handful of columns.
public enum LeastSquares {
  /// - Parameter columns: `[column][row]`, without the constant.
  /// - Returns: the constant and one coefficient a column; nil where the columns do not decide them.
  public static func fit(_ y: [Double], _ columns: [[Double]]) -> [Double]? {
    let design = [y.map { _ in 1.0 }] + columns
    let size = design.count
    guard y.count >= size else { return nil }
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    var matrix = design.map { row in design.map { product(row, $0) } + [product(row, y)] }
    let largest = matrix.flatMap { $0.dropLast() }.map(abs).max() ?? 0
    for pivot in 0..<size {
      let best = (pivot..<size).max { abs(matrix[$0][pivot]) < abs(matrix[$1][pivot]) } ?? pivot
      matrix.swapAt(pivot, best)
      guard abs(matrix[pivot][pivot]) > largest * 1e-12 else { return nil }
      for row in 0..<size where row != pivot {
        let factor = matrix[row][pivot] / matrix[pivot][pivot]
        for column in pivot...size { matrix[row][column] -= factor * matrix[pivot][column] }
      }
    }
    return (0..<size).map { matrix[$0][size] / matrix[$0][$0] }
  }
}
