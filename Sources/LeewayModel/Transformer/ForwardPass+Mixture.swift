import LeewayTensor

extension ForwardPass {
  /// The experts' MLPs: each row goes through those that the router gives most to, and what they make
  /// of it is summed by its shares, in the order of the experts whoever shares the batch.
  mutating func mixture(_ layer: Int, _ batch: Batch, _ x: Matrix, _ needed: [Int]?) -> Matrix {
    let logits = tap(
      .mlpRouter, layer, linear(x, .router(layer), into: space.router), batch, needed)
    space.routes.choose(logits, count: config.expertsPerToken, kernels: kernels)
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
    recorder?.record(.mix(router: logits, space.routes, outs, into: y))
    return y
  }
}
