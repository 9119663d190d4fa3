import LeewayTensor

/// Which experts each row of a pass goes through, and what share each has: the softmax of the router's
/// largest logits. Jiang et al. 2024, arXiv:2401.04088.
package struct Routes: Sendable {
  package struct Visit: Sendable, Hashable {
    package var row: Int
    package var share: Float
  }
  /// By expert, in order of rows.
  package private(set) var visits: [[Visit]] = []
  private var order: [Int] = []
  private var shares: [Float] = []

  /// - Parameters:
  ///   - logits: `[rows, experts]`.
  ///   - count: experts of each row. Of equal logits the first expert's wins.
  mutating func choose(_ logits: Matrix, count: Int, kernels: Kernels) {
    while visits.count < logits.columns { visits.append([]) }
    for expert in visits.indices { visits[expert].removeAll(keepingCapacity: true) }
    for row in 0..<logits.rows {
      let these = logits.row(row)
      order.removeAll(keepingCapacity: true)
      shares.removeAll(keepingCapacity: true)
      for _ in 0..<min(count, these.count) {
        var best: Int?
        for expert in these.indices where !order.contains(expert) {
          if let other = best, !(these[expert] > these[other]) { continue }
          best = expert
        }
        if let best { order.append(best) }
      }
      for expert in order { shares.append(these[expert]) }
      shares.withUnsafeMutableBufferPointer { kernels.softmax($0, temperature: 1) }
      for (place, expert) in order.enumerated() {
        visits[expert].append(Visit(row: row, share: shares[place]))
      }
    }
  }
}
