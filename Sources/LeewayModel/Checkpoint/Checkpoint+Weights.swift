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
    put(prefix + names.embed, table.embed)
    if let name = names.positions { put(prefix + name, table.positions) }
    put(names.unembed, table.unembed)
    put(prefix + names.finalNorm + ".weight", table.finalNorm.weight)
    put(prefix + names.finalNorm + ".bias", table.finalNorm.bias)
    for (index, block) in table.blocks.enumerated() {
      func name(_ template: String, expert: Int = 0) -> String {
        prefix + WeightTable.name(template, block: index, expert: expert)
      }
      func putMap(_ map: ResolvedTable.Map?, expert: Int = 0) {
        guard let map else { return }
        put(name(map.source.name, expert: expert) + ".weight", map.weight)
        put(name(map.source.name, expert: expert) + ".bias", map.bias)
      }
      let norms = [
        (names.attnNorm, block.attnNorm), (names.attnPostNorm, block.attnPostNorm),
        (names.queryNorm, block.queryNorm), (names.keyNorm, block.keyNorm),
        (names.mlpNorm, block.mlpNorm), (names.mlpPostNorm, block.mlpPostNorm),
      ]
      for case (let template?, let norm?) in norms {
        put(name(template) + ".weight", norm.weight)
        put(name(template) + ".bias", norm.bias)
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
