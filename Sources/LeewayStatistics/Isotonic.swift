/// Monotone fits by pooling adjacent violators (Ayer et al. 1955), all points of equal weight.
public enum Isotonic {
  /// The non-decreasing sequence nearest in squares.
  public static func increasing(_ values: [Double]) -> [Double] {
    var sums: [Double] = []
    var counts: [Int] = []
    for value in values {
      sums.append(value)
      counts.append(1)
      while sums.count > 1 {
        let last = sums.count - 1
        guard sums[last - 1] / Double(counts[last - 1]) > sums[last] / Double(counts[last]) else {
          break
        }
        sums[last - 1] += sums.removeLast()
        counts[last - 1] += counts.removeLast()
      }
    }
    return zip(sums, counts).flatMap { sum, count in
      Array(repeating: sum / Double(count), count: count)
    }
  }

  /// The non-increasing sequence nearest in squares.
  public static func decreasing(_ values: [Double]) -> [Double] {
    increasing(values.map { -$0 }).map { -$0 }
  }

  /// Where a rising sequence reaches `level`: the first measured dose that does, moved back along
  /// the straight line in log2 dose from the dose before it. Pooled blocks are flat, so the line
  /// runs from the last dose of one block to the first of the next.
  static func crossing(_ rising: [Double], _ log2Doses: [Double], level: Double) -> LogCrossing {
    guard let first = rising.firstIndex(where: { $0 >= level }) else {
      return .above(log2Doses.last ?? .nan)
    }
    guard first > 0 else { return .below(log2Doses[0]) }
    let (y0, y1) = (rising[first - 1], rising[first])
    let (x0, x1) = (log2Doses[first - 1], log2Doses[first])
    return .at(x0 + (level - y0) / (y1 - y0) * (x1 - x0))
  }
}

/// A crossing in log2 dose.
enum LogCrossing: Equatable {
  case at(Double)
  case below(Double)
  case above(Double)

  /// As a number that sorts rightly: a crossing that lies outside the grid is infinitely far.
  var value: Double {
    switch self {
    case .at(let x): x
    case .below: -.infinity
    case .above: .infinity
    }
  }

  /// The place or the bound.
  var bound: Double {
    switch self {
    case .at(let x), .below(let x), .above(let x): x
    }
  }
}
