import LeewayTensor

/// Which experts each row of a pass goes through, and what share each has of what is made of it: the
/// softmax of the router's logits, of which the largest are taken. Jiang et al. 2024,
/// arXiv:2401.04088.
package struct Routes: Sendable {
  package struct Visit: Sendable, Hashable {
    package var row: Int
    package var share: Float
  }
  /// By expert, in order of rows.
  package private(set) var visits: [[Visit]] = []
  private var order: [Int] = []
  private var shares: [Float] = []

  package init() {}

  /// Writes each expert's share of each row, `[rows, experts]`, 0 where it is not chosen.
  ///
  /// - Parameters:
  ///   - logits: `[rows, experts]`.
  ///   - count: experts of each row. Of equal logits the first expert's wins.
  ///   - sumToOne: the softmax is taken over the chosen; else over all.
  package mutating func choose(
    _ logits: Matrix, count: Int, sumToOne: Bool, kernels: Kernels, into chosen: Matrix
  ) {
    for row in 0..<logits.rows {
      let (these, out) = (logits.row(row), chosen.row(row))
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
      if sumToOne {
        for expert in order { shares.append(these[expert]) }
      } else {
        shares.append(contentsOf: these)
      }
      shares.withUnsafeMutableBufferPointer { kernels.softmax($0, temperature: 1) }
      out.update(repeating: 0)
      for (place, expert) in order.enumerated() {
        out[expert] = shares[sumToOne ? place : expert]
      }
    }
  }

  /// A row visits the experts that have a share of it.
  mutating func visit(_ chosen: Matrix) {
    while visits.count < chosen.columns { visits.append([]) }
    for expert in visits.indices { visits[expert].removeAll(keepingCapacity: true) }
    for row in 0..<chosen.rows {
      for (expert, share) in chosen.row(row).enumerated() where share != 0 {
        visits[expert].append(Visit(row: row, share: share))
      }
    }
  }
}
