import LeewayTensor

/// Where each weight of a model stands when all of them lie one after the other in memory: names and
/// shapes as in a checkpoint folder, in the order of the forward pass.
package struct ParameterTable: Sendable {
  package enum Role: Sendable, Hashable { case embedding, positions, matrix, bias, norm }

  package struct Tensor: Sendable {
    package var name: String
    package var shape: [Int]
    package var role: Role
    /// Whether the map adds to the stream: such maps start smaller the deeper a model is.
    package var endsBranch: Bool
    /// Of the first number.
    package var start: Int
    package var count: Int { shape.reduce(1, *) }
    package var range: Range<Int> { start..<start + count }
  }

  /// A stored matrix, or a range of its outputs, as a part of a linear map.
  package struct Piece: Sendable {
    package var tensor: Int
    package var start: Int
    package var outputs: Int
    package var inputs: Int
    package var outputStep: Int
    package var inputStep: Int
    package var bias: Int?
  }

  package struct Norm: Sendable {
    package var weight: Int
    package var bias: Int?
    package var width: Int
  }

  package private(set) var tensors: [Tensor] = []
  /// Numbers in all, gaps between tensors included.
  package private(set) var count = 0
  package private(set) var embed = 0
  package let width: Int
  package private(set) var positions: Int?
  private var maps: [LinearPlace: [Piece]] = [:]
  private var norms: [NormPlace: Norm] = [:]
  private var index: [String: Int] = [:]

  package init(_ architecture: Architecture, _ config: TransformerConfig) {
    let table = architecture.weights
    let prefix = table.prefixes[0]
    width = config.width
    embed = take(prefix + table.embed, [config.vocabulary, config.width], .embedding).start
    if let name = table.positions {
      positions = take(prefix + name, [config.maxPositions, config.width], .positions).start
    }
    for block in 0..<config.layers {
      func map(
        _ linear: WeightTable.Linear, _ outputs: Int, _ inputs: Int, bias: Bool,
        endsBranch: Bool = false, expert: Int = 0
      ) -> [Piece] {
        self.map(
          linear, prefix + WeightTable.name(linear.name, block: block, expert: expert),
          linear.slices(outputs, config), inputs, bias: bias, endsBranch: endsBranch)
      }
      func norm(_ place: NormPlace, _ template: String?, _ width: Int? = nil) {
        guard let template else { return }
        self.norm(
          place, prefix + WeightTable.name(template, block: block), width ?? config.width,
          bias: config.norm == .layer)
      }
      let inBias = config.attentionInBias
      norm(.attn(block), table.attnNorm)
      maps[.query(block)] = map(table.query, config.queryWidth, config.width, bias: inBias)
      maps[.keyValue(block)] =
        map(table.key, config.kvWidth, config.width, bias: inBias)
        + map(table.value, config.kvWidth, config.width, bias: inBias)
      norm(.query(block), table.queryNorm, config.headNormWidths?.query)
      norm(.key(block), table.keyNorm, config.headNormWidths?.key)
      maps[.attnOut(block)] = map(
        table.attnOut, config.width, config.queryWidth, bias: config.attentionOutBias,
        endsBranch: true)
      norm(.attnPost(block), table.attnPostNorm)
      norm(.mlp(block), table.mlpNorm)
      let (count, mlpWidth) = (config.experts(block), config.mlpWidth(block))
      let mlp = table.mlp(dense: config.denseBlocks.contains(block))
      if count > 0, let router = table.router {
        maps[.router(block)] = map(router, count, config.width, bias: false)
      }
      for expert in 0..<max(1, count) {
        let gate =
          mlp.gate.map {
            map($0, mlpWidth, config.width, bias: config.mlpBias, expert: expert)
          } ?? []
        let up = map(mlp.up, mlpWidth, config.width, bias: config.mlpBias, expert: expert)
        maps[.up(block, expert: expert)] = gate + up
        maps[.down(block, expert: expert)] = map(
          mlp.down, config.width, mlpWidth, bias: config.mlpBias, endsBranch: true,
          expert: expert)
      }
      norm(.mlpPost(block), table.mlpPostNorm)
    }
    norm(.final, prefix + table.finalNorm, config.width, bias: config.norm == .layer)
    var unembed = Piece(
      tensor: 0, start: embed, outputs: config.vocabulary, inputs: config.width,
      outputStep: config.width, inputStep: 1)
    if !config.tiedEmbeddings {
      unembed.start = take(table.unembed, [config.vocabulary, config.width], .matrix).start
      unembed.tensor = tensors.count - 1
    }
    maps[.unembed] = [unembed]
  }

  package var places: [LinearPlace] { Array(maps.keys) }
  package func pieces(_ place: LinearPlace) -> [Piece] { maps[place] ?? [] }
  package func norm(_ place: NormPlace) -> Norm? { norms[place] }

  /// Each tensor starts on a cache line.
  private mutating func take(_ name: String, _ shape: [Int], _ role: Role, endsBranch: Bool = false)
    -> Tensor
  {
    if let known = index[name] { return tensors[known] }
    let tensor = Tensor(
      name: name, shape: shape, role: role, endsBranch: endsBranch, start: count)
    index[name] = tensors.count
    tensors.append(tensor)
    count += (tensor.count + 15) / 16 * 16
    return tensor
  }

  private mutating func norm(_ place: NormPlace, _ name: String, _ width: Int, bias: Bool) {
    norms[place] = Norm(
      weight: take(name + ".weight", [width], .norm).start,
      bias: bias ? take(name + ".bias", [width], .bias).start : nil, width: width)
  }

  private mutating func map(
    _ linear: WeightTable.Linear, _ name: String, _ slices: (stored: Int, ranges: [Range<Int>]),
    _ inputs: Int, bias: Bool, endsBranch: Bool
  ) -> [Piece] {
    let stored = slices.stored
    let weight = take(
      name + ".weight", linear.transposed ? [inputs, stored] : [stored, inputs], .matrix,
      endsBranch: endsBranch)
    let biases = bias ? take(name + ".bias", [stored], .bias).start : nil
    let outputStep = linear.transposed ? 1 : inputs
    return slices.ranges.map { range in
      let first = range.lowerBound
      return Piece(
        tensor: index[weight.name] ?? 0, start: weight.start + first * outputStep,
        outputs: range.count, inputs: inputs, outputStep: outputStep,
        inputStep: linear.transposed ? stored : 1, bias: biases.map { $0 + first })
    }
  }
}
