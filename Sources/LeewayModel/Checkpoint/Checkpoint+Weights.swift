import LeewayBase

extension Checkpoint {
  /// Every weight by the name that a folder written now would give it: prefixes and aliases that
  /// older exporters used are gone. 32 bits each.
  package func weightsByName() -> [String: [Float]] {
    let names = architecture.weights
    let prefix = names.prefixes[0]
    var found: [String: [Float]] = [:]
    func put(_ name: String, _ tensor: StoredTensor?) {
      if let tensor, found[name] == nil { found[name] = tensor.floats() }
    }
    func putNorm(_ name: String, _ norm: ResolvedTable.NormTensors) {
      put(name + ".weight", norm.weight)
      put(name + ".bias", norm.bias)
      guard table.normsHoldOffset else { return }
      found[name + ".weight"] = norm.weight.floats().map { $0 - config.normOffset }
    }
    put(prefix + names.embed, table.embed)
    if let name = names.positions { put(prefix + name, table.positions) }
    put(names.unembed, table.unembed)
    putNorm(prefix + names.finalNorm, table.finalNorm)
    for (index, block) in table.blocks.enumerated() {
      func name(_ template: String, expert: Int = 0) -> String {
        prefix + WeightTable.name(template, block: index, expert: expert)
      }
      func putMap(_ map: ResolvedTable.Map?, expert: Int = 0) {
        guard let map else { return }
        let place = name(map.source.name, expert: expert)
        guard found[place + ".weight"] == nil else { return }
        let folder = names.linears.first { $0.name == map.source.name } ?? map.source
        found[place + ".weight"] = map.weights(as: folder, headWidth: config.headWidth)
        found[place + ".bias"] = map.bias.map {
          map.inOrder($0.floats(), columns: 1, as: folder, headWidth: config.headWidth)
        }
      }
      let norms = [
        (names.attnNorm, block.attnNorm), (names.attnPostNorm, block.attnPostNorm),
        (names.queryNorm, block.queryNorm), (names.keyNorm, block.keyNorm),
        (names.mlpNorm, block.mlpNorm), (names.mlpPostNorm, block.mlpPostNorm),
      ]
      for case (let template?, let norm?) in norms {
        putNorm(name(template), norm)
      }
      for map in [block.query, block.key, block.value, block.attnOut] { putMap(map) }
      putMap(block.router)
      for (number, expert) in block.experts.enumerated() {
        for map in [expert.gate, expert.up, expert.down] { putMap(map, expert: number) }
      }
    }
    return found
  }
}

extension ResolvedTable.Map {
  /// The numbers as a folder stores them, whatever the file's order of rows.
  fileprivate func weights(as folder: WeightTable.Linear, headWidth: Int) -> [Float] {
    let rows = inOrder(weight.floats(), columns: inputs, as: folder, headWidth: headWidth)
    guard folder.transposed, !source.transposed else { return rows }
    let stored = rows.count / inputs
    return (0..<inputs).flatMap { input in (0..<stored).map { rows[$0 * inputs + input] } }
  }

  fileprivate func inOrder(
    _ rows: [Float], columns: Int, as folder: WeightTable.Linear, headWidth: Int
  ) -> [Float] {
    if folder.byHead, !source.byHead {
      var ordered: [Float] = []
      ordered.reserveCapacity(rows.count)
      let (part, head) = (outputs * columns, headWidth * columns)
      for index in 0..<outputs / headWidth {
        for number in 0..<folder.parts {
          let start = number * part + index * head
          ordered += rows[start..<start + head]
        }
      }
      return ordered
    }
    guard interleaved > 0 else { return rows }
    return (0..<rows.count / columns).flatMap { output -> ArraySlice<Float> in
      let (head, place) = output.quotientAndRemainder(dividingBy: interleaved)
      let (second, index) = place.quotientAndRemainder(dividingBy: interleaved / 2)
      let row = head * interleaved + 2 * index + second
      return rows[row * columns..<(row + 1) * columns]
    }
  }
}
