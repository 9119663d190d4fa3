import LeewayBase

extension Checkpoint {
  /// Every weight by its name in `parts`. 32 bits each.
  package func weightsByName() -> [String: [Float]] {
    var found: [String: [Float]] = [:]
    for (name, part) in parts where found[name] == nil && found[name + ".weight"] == nil {
      switch part {
      case .tensor(let tensor): found[name] = tensor.floats()
      case .norm(let norm):
        let offset = table.normsHoldOffset ? config.normOffset : 0
        found[name + ".weight"] = norm.weight.floats().map { $0 - offset }
        found[name + ".bias"] = norm.bias?.floats()
      case .map(let map):
        let folder = architecture.weights.linears.first { $0.name == map.source.name } ?? map.source
        found[name + ".weight"] = map.weights(as: folder, headWidth: config.headWidth)
        found[name + ".bias"] = map.bias.map {
          map.inOrder($0.floats(), columns: 1, as: folder, headWidth: config.headWidth)
        }
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
