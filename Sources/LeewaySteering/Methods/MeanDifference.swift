/// Mean of the positive activations minus mean of the negative ones (CAA, DiffMean).
/// Rimsky et al. 2024, arXiv:2312.06681.
public struct MeanDifference: SteeringMethod {
  public static let id = "mean-difference"

  public init() {}

  public func fit(positive: [[Float]], negative: [[Float]]) -> [Float] {
    zip(mean(positive), mean(negative)).map { Float($0 - $1) }
  }

  private func mean(_ rows: [[Float]]) -> [Double] {
    guard let width = rows.first?.count else { return [] }
    var sum = [Double](repeating: 0, count: width)
    for row in rows { for index in row.indices { sum[index] += Double(row[index]) } }
    return sum.map { $0 / Double(rows.count) }
  }
}
