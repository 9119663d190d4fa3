import LeewayTensor

extension ForwardPass {
  /// The experts' MLPs: each row goes through those that have a share of it, which are those that the
  /// router gives most to, and what they make of it is summed by shares, in the order of the experts
  /// whoever shares the batch.
  mutating func mixture(_ layer: Int, _ batch: Batch, _ x: Matrix, _ needed: [Int]?) -> Matrix {
    let logits = tap(
      .mlpRouter, layer, linear(x, .router(layer), into: space.router), batch, needed)
    let chosen = space.shares.matrix(rows: x.rows, columns: config.experts)
    space.routes.choose(
      logits, count: config.expertsPerToken, sumToOne: config.sharesSumToOne, kernels: kernels,
      into: chosen)
    recorder?.record(.choose(router: logits, into: chosen))
    let shares = tap(.mlpExperts, layer, chosen, batch, needed)
    space.routes.visit(shares)
    let y = space.mlpOut.matrix(rows: x.rows, columns: config.width)
    y.base.update(repeating: 0, count: y.rows * y.columns)
    var outs: [Matrix] = []
    for expert in 0..<config.experts where !space.routes.visits[expert].isEmpty {
      let visits = space.routes.visits[expert]
      let rows = visits.map(\.row)
      let chosen = gather(rows, from: x, into: space.expertIn)
      let out = linear(
        hidden(layer, expert: expert, chosen), .down(layer, expert: expert),
        into: space.expertOut)
      for (index, visit) in visits.enumerated() {
        let (from, to) = (out.row(index), y.row(visit.row))
        for column in to.indices { to[column] += visit.share * from[column] }
      }
      if recorder != nil { outs.append(out) }
    }
    recorder?.record(.mix(shares, space.routes, outs, into: y))
    return y
  }
}
