import LeewayBase

extension Checkpoint {
  /// How many numbers the model has, counted without reading one.
  public var parameters: Int { claimed.reduce(0) { $0 + $1.count } }

  /// Bytes of its weights as they are stored, which is about what the packed copy takes.
  public var weightBytes: Int { claimed.reduce(0) { $0 + $1.withBytes(\.count) } }

  /// The tensors of the model, each once: a fused one serves several maps, and a picture tower beside
  /// them is not the model's.
  private var claimed: [StoredTensor] {
    var seen: Set<String> = []
    var tensors: [StoredTensor] = []
    func put(_ found: StoredTensor?...) {
      for case let tensor? in found where seen.insert(tensor.name).inserted {
        tensors.append(tensor)
      }
    }
    func put(_ norm: ResolvedTable.NormTensors?) { put(norm?.weight, norm?.bias) }
    func put(_ map: ResolvedTable.Map?) { put(map?.weight, map?.bias) }
    put(table.embed, table.positions, table.unembed)
    put(table.finalNorm)
    for block in table.blocks {
      for norm in [
        block.attnNorm, block.queryNorm, block.keyNorm, block.attnPostNorm, block.mlpNorm,
        block.mlpPostNorm,
      ] { put(norm) }
      for map in [block.query, block.key, block.value, block.attnOut] { put(map) }
      put(block.router)
      for expert in block.experts {
        for map in [expert.gate, expert.up, expert.down] { put(map) }
      }
    }
    return tensors
  }
}
