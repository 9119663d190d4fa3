import LeewaySteering

// The guide quotes this file from the next line on.
/// Coordinate by coordinate the median of the positive activations minus that of the negative ones:
/// one odd text moves it less than it moves a mean.
public struct MedianDifference: SteeringMethod {
  public static let id = "median-difference"

  public init() {}

  public func fit(positive: [[Float]], negative: [[Float]]) -> [Float] {
    zip(medians(positive), medians(negative)).map { $0 - $1 }
  }

  /// `[width]` of `[text][width]`.
  private func medians(_ rows: [[Float]]) -> [Float] {
    guard let width = rows.first?.count else { return [] }
    return (0..<width).map { column in
      let sorted = rows.map { $0[column] }.sorted()
      return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
  }
}
