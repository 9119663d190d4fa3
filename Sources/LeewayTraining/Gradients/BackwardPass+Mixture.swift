import LeewayModel
import LeewayTensor

extension BackwardPass {
  /// What the experts made gets its share of the sum's gradient; a share's own gradient is how much
  /// the row would have liked more of that expert. An expert that a row does not visit made nothing of
  /// it, so its share has none.
  func mix(_ shares: Matrix, _ routes: Routes, _ outs: [Matrix], _ y: Matrix) {
    guard let dy = table.gradient(of: y) else { return }
    let (dShares, fresh) = table.receive(shares)
    if fresh { dShares.base.update(repeating: 0, count: dShares.rows * dShares.columns) }
    let visited = routes.visits.indices.filter { !routes.visits[$0].isEmpty }
    for (expert, out) in zip(visited, outs) {
      let (dOut, _) = table.receive(out)
      for (index, visit) in routes.visits[expert].enumerated() {
        let (from, to) = (dy.row(visit.row), dOut.row(index))
        for column in to.indices { to[column] = visit.share * from[column] }
        dShares.row(visit.row)[expert] += kernels.dot(
          UnsafeBufferPointer(from), UnsafeBufferPointer(out.row(index)))
      }
    }
    table.finish(y)
  }

  /// Through the softmax of the chosen logits, or of all of them, to the router.
  func choose(_ logits: Matrix, _ shares: Matrix) {
    let (dLogits, fresh) = table.receive(logits)
    if fresh { dLogits.base.update(repeating: 0, count: dLogits.rows * dLogits.columns) }
    if let dShares = table.gradient(of: shares) {
      // The shares may have been edited since: what they were is worked out again.
      let was = probabilities(logits)
      for row in 0..<logits.rows {
        let (share, slope, out) = (was.row(row), dShares.row(row), dLogits.row(row))
        let mean = kernels.dot(UnsafeBufferPointer(share), UnsafeBufferPointer(slope))
        for expert in out.indices { out[expert] += share[expert] * (slope[expert] - mean) }
      }
      table.finish(shares)
    }
    balance?.add(logits, to: dLogits, kernels: kernels)
  }

  /// The softmax of each row's chosen logits, or of all of them.
  private func probabilities(_ logits: Matrix) -> Matrix {
    let found = Matrix(
      base: arena.take(logits.rows * logits.columns), rows: logits.rows, columns: logits.columns)
    if config.sharesSumToOne {
      var routes = Routes()
      routes.choose(
        logits, count: config.expertsPerToken, sumToOne: true, kernels: kernels, into: found)
    } else {
      for row in 0..<logits.rows {
        _ = found.row(row).update(fromContentsOf: logits.row(row))
        kernels.softmax(found.row(row), temperature: 1)
      }
    }
    return found
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
    for case .mix(let shares, let routes, _, _) in ops {
      rows += shares.rows
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
