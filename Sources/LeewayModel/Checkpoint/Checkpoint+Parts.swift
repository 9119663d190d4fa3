import LeewayBase

extension Checkpoint {
  /// What the weight table holds at one place.
  enum Part {
    case tensor(StoredTensor)
    case norm(ResolvedTable.NormTensors)
    case map(ResolvedTable.Map)

    var tensors: [StoredTensor] {
      switch self {
      case .tensor(let tensor): [tensor]
      case .norm(let norm): [norm.weight, norm.bias].compactMap { $0 }
      case .map(let map): [map.weight, map.bias].compactMap { $0 }
      }
    }
  }

  /// The whole weight table, block by block, each part with the name that a folder written now would
  /// give it: prefixes and aliases that older exporters used are gone. A fused tensor comes once for
  /// each of its maps, under one name.
  var parts: [(name: String, part: Part)] {
    let names = architecture.weights
    let prefix = names.prefixes[0]
    var parts: [(name: String, part: Part)] = []
    func put(_ name: String?, _ tensor: StoredTensor?) {
      if let name, let tensor { parts.append((name, .tensor(tensor))) }
    }
    put(prefix + names.embed, table.embed)
    put(names.positions.map { prefix + $0 }, table.positions)
    put(names.unembed, table.unembed)
    parts.append((prefix + names.finalNorm, .norm(table.finalNorm)))
    for (index, block) in table.blocks.enumerated() {
      func name(_ template: String, expert: Int = 0) -> String {
        prefix + WeightTable.name(template, block: index, expert: expert)
      }
      func put(_ map: ResolvedTable.Map?, expert: Int = 0) {
        if let map { parts.append((name(map.source.name, expert: expert), .map(map))) }
      }
      let norms = [
        (names.attnNorm, block.attnNorm), (names.attnPostNorm, block.attnPostNorm),
        (names.queryNorm, block.queryNorm), (names.keyNorm, block.keyNorm),
        (names.mlpNorm, block.mlpNorm), (names.mlpPostNorm, block.mlpPostNorm),
      ]
      for case (let template?, let norm?) in norms { parts.append((name(template), .norm(norm))) }
      for map in [block.query, block.key, block.value, block.attnOut, block.router] { put(map) }
      for (number, expert) in block.experts.enumerated() {
        for map in [expert.gate, expert.up, expert.down] { put(map, expert: number) }
      }
    }
    return parts
  }
}
