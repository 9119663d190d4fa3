import LeewayBase

extension WeightTable {
  /// The tensors of an archive by the names of this table, where some stand in stacks.
  ///
  /// - Throws: `wrongShape` with the stack's own name. One that stands beside tensors which it would
  ///   become keeps its name, so that it is found unclaimed.
  func unstacked(
    _ archive: TensorArchive, config: TransformerConfig, folder: String
  ) throws(CheckpointError) -> TensorArchive {
    guard !stacks.isEmpty else { return archive }
    var tensors = archive.tensors
    for block in 0..<config.layers {
      for prefix in prefixes {
        for stack in stacks {
          let name = prefix + Self.name(stack.name, block: block)
          guard let stacked = tensors[name] else { continue }
          if stack.holdsExperts {
            let rows = stack.rows(config, block)
            let expected = [config.experts(block), stack.maps.count * rows.outputs, rows.inputs]
            guard stacked.shape == expected else {
              throw .wrongShape(
                folder: folder, name: name, expected: expected, found: stacked.shape)
            }
          }
          let parts = stack.parts(of: stacked, prefix: prefix, block: block)
          guard parts.allSatisfy({ tensors[$0.name] == nil }) else { continue }
          tensors[name] = nil
          for part in parts { tensors[part.name] = part }
        }
      }
    }
    return archive.holding(tensors)
  }
}

extension WeightTable.Stack {
  fileprivate var holdsExperts: Bool { maps.allSatisfy { $0.contains("@") } }

  /// Of one map of one expert.
  fileprivate func rows(_ config: TransformerConfig, _ block: Int) -> (outputs: Int, inputs: Int) {
    let width = config.mlpWidth(block)
    return leavesMLP ? (config.width, width) : (width, config.width)
  }

  fileprivate func parts(of stacked: StoredTensor, prefix: String, block: Int) -> [StoredTensor] {
    func name(_ map: String, _ expert: Int) -> String {
      prefix + WeightTable.name(map, block: block, expert: expert) + ".weight"
    }
    guard holdsExperts else { return maps.map { stacked.renamed(name($0, 0)) } }
    return (0..<stacked.shape[0]).flatMap { expert in
      let whole = stacked.slice(expert, name: stacked.name)
      return maps.enumerated().compactMap { index, map in
        whole?.part(index, of: maps.count, name: name(map, expert))
      }
    }
  }
}
