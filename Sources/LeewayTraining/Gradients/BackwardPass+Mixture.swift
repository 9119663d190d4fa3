import LeewayModel
import LeewayTensor

extension BackwardPass {
  /// What the experts made gets its share of the sum's gradient; a share's own gradient is how much
  /// the row would have liked more of that expert, and goes through the softmax of the chosen logits.
  func mix(_ logits: Matrix, _ routes: Routes, _ outs: [Matrix], _ y: Matrix) {
    guard let dy = table.gradient(of: y) else { return }
    let (dLogits, fresh) = table.receive(logits)
    if fresh { dLogits.base.update(repeating: 0, count: dLogits.rows * dLogits.columns) }
    /// Of each row, `sum of share · slope` over its experts.
    var means = [Float](repeating: 0, count: y.rows)
    let visited = routes.visits.indices.filter { !routes.visits[$0].isEmpty }
    for (expert, out) in zip(visited, outs) {
      let (dOut, _) = table.receive(out)
      for (index, visit) in routes.visits[expert].enumerated() {
        let (from, to) = (dy.row(visit.row), dOut.row(index))
        for column in to.indices { to[column] = visit.share * from[column] }
        let slope = kernels.dot(
          UnsafeBufferPointer(from), UnsafeBufferPointer(out.row(index)))
        dLogits.row(visit.row)[expert] += visit.share * slope
        means[visit.row] += visit.share * slope
      }
    }
    for expert in visited {
      for visit in routes.visits[expert] {
        dLogits.row(visit.row)[expert] -= visit.share * means[visit.row]
      }
    }
    balance?.add(logits, to: dLogits, kernels: kernels)
    table.finish(y)
  }
}

/// The pull towards experts that are used alike: experts times the sum over them of (share of visits)
/// times (mean probability), over all blocks of a pass. Fedus et al. 2022, arXiv:2101.03961, as the
/// reference framework counts it. Only the probabilities have a gradient.
struct RouterBalance {
  /// By expert, of one row's probability.
  private var slopes: [Float]

  /// - Parameter weight: of this term in the loss.
  init?(_ ops: [PassOp], experts: Int, weight: Double) {
    var visits = [Int](repeating: 0, count: experts)
    var rows = 0
    for case .mix(let logits, let routes, _, _) in ops {
      rows += logits.rows
      for expert in 0..<experts { visits[expert] += routes.visits[expert].count }
    }
    guard rows > 0, weight > 0 else { return nil }
    let scale = weight * Double(experts) / (Double(rows) * Double(rows))
    slopes = visits.map { Float(scale * Double($0)) }
  }

  fileprivate func add(_ logits: Matrix, to slopes: Matrix, kernels: Kernels) {
    var shares = [Float](repeating: 0, count: logits.columns)
    for row in 0..<logits.rows {
      for (expert, logit) in logits.row(row).enumerated() { shares[expert] = logit }
      shares.withUnsafeMutableBufferPointer { kernels.softmax($0, temperature: 1) }
      let mean = zip(shares, self.slopes).reduce(Float(0)) { $0 + $1.0 * $1.1 }
      for expert in shares.indices {
        slopes.row(row)[expert] += shares[expert] * (self.slopes[expert] - mean)
      }
    }
  }
}
