import LeewayModel

/// Norms of the residual stream at a site over ordinary text: the yardstick of a dose.
public struct ResidualNorms: Sendable, Hashable, Codable {
  public var median: Double
  public var mean: Double
  public var p5: Double
  public var p95: Double
  /// Positions measured.
  public var count: Int

  /// - Parameter norms: in any order; empty gives nil.
  public init?(_ norms: [Double]) {
    guard !norms.isEmpty else { return nil }
    let sorted = norms.sorted()
    func quantile(_ share: Double) -> Double {
      let at = share * Double(sorted.count - 1)
      let low = Int(at)
      let high = min(low + 1, sorted.count - 1)
      return sorted[low] + (at - Double(low)) * (sorted[high] - sorted[low])
    }
    median = quantile(0.5)
    p5 = quantile(0.05)
    p95 = quantile(0.95)
    mean = sorted.reduce(0, +) / Double(sorted.count)
    count = sorted.count
  }
}

extension JobExecutor {
  /// Norms of the stream over token sequences, by site; nil without any. The first four positions
  /// (attention sinks) are left out where a sequence is long enough to spare them.
  public func residualNorms(of prompts: [[Int]], sites: [Site]) throws -> [ResidualNorms?] {
    guard !prompts.isEmpty else { return sites.map { _ in nil } }
    let captured = try capture(CaptureJob(prompts: prompts, sites: sites))
    return sites.indices.map { site in
      ResidualNorms(
        captured.flatMap { activations -> [Double] in
          let all = activations[site]
          return (all.positions > 8 ? 4..<all.positions : 0..<all.positions).map { position in
            all.position(position).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
          }
        })
    }
  }
}
