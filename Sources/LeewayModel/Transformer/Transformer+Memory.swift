import LeewayTensor

extension Transformer {
  /// A model on weights in memory, as training has them: packed now, and again by `repacked`.
  package convenience init(
    config: TransformerConfig, table: ParameterTable, weights: FloatMemory
  ) {
    let blocks = (0..<config.layers).map { layer in
      Block(
        attnNorm: table.norm(.attn(layer), in: weights, config),
        query: LinearWeights(table.sources(.query(layer), in: weights)),
        keyValue: LinearWeights(table.sources(.keyValue(layer), in: weights)),
        queryNorm: table.norm(.query(layer), in: weights, config),
        keyNorm: table.norm(.key(layer), in: weights, config),
        attnOut: LinearWeights(table.sources(.attnOut(layer), in: weights)),
        attnPostNorm: table.norm(.attnPost(layer), in: weights, config),
        mlpNorm: table.norm(.mlp(layer), in: weights, config),
        mlpPostNorm: table.norm(.mlpPost(layer), in: weights, config),
        router: config.experts(layer) > 0
          ? LinearWeights(table.sources(.router(layer), in: weights)) : nil,
        experts: (0..<max(1, config.experts(layer))).map { expert in
          Expert(
            up: LinearWeights(table.sources(.up(layer, expert: expert), in: weights)),
            down: LinearWeights(table.sources(.down(layer, expert: expert), in: weights)))
        })
    }
    self.init(
      config: config, parameters: table.tensors.reduce(0) { $0 + $1.count },
      embed: .memory(weights), positions: table.positions(in: weights, config),
      blocks: blocks, finalNorm: table.norm(.final, in: weights, config),
      unembed: LinearWeights(table.sources(.unembed, in: weights)),
      rotary: config.rotaryTable(config.positions),
      windowedRotary: config.windowedPositions.flatMap(config.rotaryTable))
  }

  /// The same model on the weights as they are now. The packed maps are shared with this one, so
  /// the older model means the new weights too.
  package func repacked(_ table: ParameterTable, _ weights: FloatMemory, pool: ThreadPool?)
    -> Transformer
  {
    let places = table.places
    let repack: @Sendable (Int) -> Void = { [self] index in
      map(places[index]).repack(table.sources(places[index], in: weights))
    }
    if let pool { pool.run(places.count, repack) } else { places.indices.forEach(repack) }
    var blocks = self.blocks
    for layer in blocks.indices {
      blocks[layer].attnNorm = table.norm(.attn(layer), in: weights, config)
      blocks[layer].queryNorm = table.norm(.query(layer), in: weights, config)
      blocks[layer].keyNorm = table.norm(.key(layer), in: weights, config)
      blocks[layer].attnPostNorm = table.norm(.attnPost(layer), in: weights, config)
      blocks[layer].mlpNorm = table.norm(.mlp(layer), in: weights, config)
      blocks[layer].mlpPostNorm = table.norm(.mlpPost(layer), in: weights, config)
    }
    return Transformer(
      config: config, parameters: parameters, embed: .memory(weights),
      positions: table.positions(in: weights, config), blocks: blocks,
      finalNorm: table.norm(.final, in: weights, config), unembed: unembed, rotary: rotary,
      windowedRotary: windowedRotary)
  }
}

extension ParameterTable {
  package func floats(_ start: Int, _ count: Int, in memory: FloatMemory) -> [Float] {
    Array(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(memory.floats)[start..<start + count]))
  }

  package func sources(_ place: LinearPlace, in memory: FloatMemory) -> [LinearWeights.Source] {
    pieces(place).map { piece in
      LinearWeights.Source(
        floats: UnsafeBufferPointer(
          rebasing: UnsafeBufferPointer(memory.floats)[piece.start..<memory.count]),
        outputs: piece.outputs, inputs: piece.inputs, outputStep: piece.outputStep,
        inputStep: piece.inputStep,
        bias: piece.bias.map { floats($0, piece.outputs, in: memory) })
    }
  }

  /// A piece the other way round, for following gradients back.
  package func reversed(_ piece: Piece, in memory: FloatMemory) -> LinearWeights.Source {
    LinearWeights.Source(
      floats: UnsafeBufferPointer(
        rebasing: UnsafeBufferPointer(memory.floats)[piece.start..<memory.count]),
      outputs: piece.inputs, inputs: piece.outputs, outputStep: piece.inputStep,
      inputStep: piece.outputStep)
  }

  fileprivate func norm(_ place: NormPlace, in memory: FloatMemory, _ config: TransformerConfig)
    -> Transformer.NormWeights
  {
    guard let norm = norm(place) else { return .init() }
    let weight = floats(norm.weight, norm.width, in: memory)
    return .init(
      weight: config.normOffset == 0 ? weight : weight.map { $0 + config.normOffset },
      bias: norm.bias.map { floats($0, norm.width, in: memory) } ?? [])
  }

  fileprivate func positions(in memory: FloatMemory, _ config: TransformerConfig) -> [Float] {
    positions.map { floats($0, config.maxPositions * config.width, in: memory) } ?? []
  }
}
