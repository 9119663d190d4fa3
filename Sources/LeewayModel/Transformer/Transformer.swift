import LeewayBase
import LeewayTensor
import Synchronization

/// A model ready to run: configuration and weights, packed once.
///
/// Immutable and shared by all threads. The embedding is read in place from the mapped file, or
/// from the memory in which training keeps the weights.
public final class Transformer: Sendable {
  /// Empty where there is no norm.
  package struct NormWeights: Sendable {
    package var weight: [Float] = []
    package var bias: [Float] = []
  }
  struct Expert: Sendable {
    /// Gate, then up; up alone where the MLP is plain.
    var up: LinearWeights
    var down: LinearWeights
  }
  struct Block: Sendable {
    var attnNorm: NormWeights
    var query: LinearWeights
    /// Keys, then values.
    var keyValue: LinearWeights
    var queryNorm = NormWeights()
    var keyNorm = NormWeights()
    var attnOut: LinearWeights
    var attnPostNorm = NormWeights()
    var mlpNorm: NormWeights
    var mlpPostNorm = NormWeights()
    /// What chooses among experts.
    var router: LinearWeights?
    /// One where there is one MLP for all.
    var experts: [Expert]

    var byteCount: Int {
      [query, keyValue, attnOut, router].reduce(0) { $0 + ($1?.byteCount ?? 0) }
        + experts.reduce(0) { $0 + $1.up.byteCount + $1.down.byteCount }
    }
  }

  public let config: TransformerConfig
  /// Number of weights, tied ones counted once.
  public let parameters: Int
  /// Of these, the weights of token and position embeddings and of the unembedding.
  public var embeddingParameters: Int {
    let learned = config.positions == .learned ? config.maxPositions : 0
    return (config.vocabulary * (config.tiedEmbeddings ? 1 : 2) + learned) * config.width
  }
  /// Bytes of the packed copy.
  public let packedBytes: Int
  /// How the packed weights are stored.
  public var weightFormat: DType { unembed.format }
  let embed: EmbeddingTable
  let positions: [Float]
  let blocks: [Block]
  let finalNorm: NormWeights
  let unembed: LinearWeights
  package let rotary: RotaryTable?
  /// Of windowed blocks, where they turn another way.
  package let windowedRotary: RotaryTable?

  /// Checks that every weight is finite and packs them all; the threads of `pool` share the work.
  public init(_ checkpoint: Checkpoint, pool: ThreadPool? = nil) throws(CheckpointError) {
    let table = checkpoint.table
    let config = checkpoint.config
    let folder = checkpoint.folder
    var count = 0
    func vector(_ tensor: StoredTensor?) throws(CheckpointError) -> [Float] {
      guard let tensor else { return [] }
      count += tensor.count
      let floats = tensor.floats()
      if let index = floats.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(folder: folder, name: tensor.name, index: index)
      }
      return floats
    }
    func norm(_ tensors: ResolvedTable.NormTensors?) throws(CheckpointError) -> NormWeights {
      let weight = try vector(tensors?.weight)
      let offset = table.normsHoldOffset ? 0 : config.normOffset
      return NormWeights(
        weight: offset == 0 ? weight : weight.map { $0 + offset },
        bias: try vector(tensors?.bias))
    }
    func pack(_ maps: [ResolvedTable.Map]) throws(CheckpointError) -> LinearWeights {
      for map in maps {
        if map.source.part == 0 { count += map.weight.count }
        try map.weight.checkFinite(folder: folder, pool)
      }
      var biases: [[Float]?] = []
      for map in maps {
        guard let bias = map.bias else {
          biases.append(nil)
          continue
        }
        let all = bias.floats()
        if let index = all.firstIndex(where: { !$0.isFinite }) {
          throw .notFinite(folder: folder, name: bias.name, index: index)
        }
        if map.source.part == 0 { count += all.count }
        biases.append(map.ranges.flatMap { all[$0] })
      }
      return LinearWeights.packing(maps, biases: biases, pool)
    }

    try checkpoint.table.embed.checkFinite(folder: folder, pool)
    count += table.embed.count
    var blocks: [Block] = []
    blocks.reserveCapacity(config.layers)
    for block in table.blocks {
      var router: LinearWeights?
      if let map = block.router { router = try pack([map]) }
      var experts: [Expert] = []
      for expert in block.experts {
        experts.append(
          Expert(
            up: try pack(expert.gate.map { [$0, expert.up] } ?? [expert.up]),
            down: try pack([expert.down])))
      }
      blocks.append(
        Block(
          attnNorm: try norm(block.attnNorm), query: try pack([block.query]),
          keyValue: try pack([block.key, block.value]), queryNorm: try norm(block.queryNorm),
          keyNorm: try norm(block.keyNorm), attnOut: try pack([block.attnOut]),
          attnPostNorm: try norm(block.attnPostNorm), mlpNorm: try norm(block.mlpNorm),
          mlpPostNorm: try norm(block.mlpPostNorm), router: router, experts: experts))
    }
    positions = try vector(table.positions)
    finalNorm = try norm(table.finalNorm)
    embed = .stored(table.embed)
    if let stored = table.unembed {
      try stored.checkFinite(folder: folder, pool)
      count += stored.count
    }
    let unembedding = ResolvedTable.Map(
      weight: table.unembed ?? table.embed, bias: nil, source: .init("unembed"),
      stored: config.vocabulary, ranges: [0..<config.vocabulary], outputs: config.vocabulary,
      inputs: config.width)
    unembed = LinearWeights.packing([unembedding], biases: [nil], pool)
    rotary = config.rotaryTable(config.positions)
    windowedRotary = config.windowedPositions.flatMap(config.rotaryTable)
    self.blocks = blocks
    self.config = config
    parameters = count
    packedBytes = blocks.reduce(unembed.byteCount) { $0 + $1.byteCount }
  }

  init(
    config: TransformerConfig, parameters: Int, embed: EmbeddingTable, positions: [Float],
    blocks: [Block], finalNorm: NormWeights, unembed: LinearWeights, rotary: RotaryTable?,
    windowedRotary: RotaryTable?
  ) {
    self.config = config
    self.parameters = parameters
    self.embed = embed
    self.positions = positions
    self.blocks = blocks
    self.finalNorm = finalNorm
    self.unembed = unembed
    self.rotary = rotary
    self.windowedRotary = windowedRotary
    packedBytes = blocks.reduce(unembed.byteCount) { $0 + $1.byteCount }
  }

  package func norm(_ place: NormPlace) -> NormWeights {
    switch place {
    case .attn(let layer): blocks[layer].attnNorm
    case .attnPost(let layer): blocks[layer].attnPostNorm
    case .query(let layer): blocks[layer].queryNorm
    case .key(let layer): blocks[layer].keyNorm
    case .mlp(let layer): blocks[layer].mlpNorm
    case .mlpPost(let layer): blocks[layer].mlpPostNorm
    case .final: finalNorm
    }
  }

  func map(_ place: LinearPlace) -> LinearWeights {
    switch place {
    case .query(let layer): blocks[layer].query
    case .keyValue(let layer): blocks[layer].keyValue
    case .attnOut(let layer): blocks[layer].attnOut
    case .router(let layer): blocks[layer].router ?? unembed
    case .up(let layer, let expert): blocks[layer].experts[expert].up
    case .down(let layer, let expert): blocks[layer].experts[expert].down
    case .unembed: unembed
    }
  }
}

extension TransformerConfig {
  func rotaryTable(_ scheme: PositionScheme) -> RotaryTable? {
    guard case .rotary(let base, let width, _, let scaling) = scheme else { return nil }
    return RotaryTable(
      headWidth: headWidth, rotaryWidth: width, base: base, maxPositions: maxPositions,
      scaling: scaling)
  }
}

extension Transformer {
  /// What turns a block's queries and keys.
  func rotary(_ layer: Int) -> RotaryTable? {
    config.window(layer) > 0 ? windowedRotary ?? rotary : rotary
  }
}

/// One row a token, as stored or as training has it now.
enum EmbeddingTable: Sendable {
  case stored(StoredTensor)
  /// The first numbers of a block of memory.
  case memory(FloatMemory)

  func withBytes(_ body: (UnsafeRawBufferPointer, DType) -> Void) {
    switch self {
    case .stored(let tensor): tensor.withBytes { body($0, tensor.dtype) }
    case .memory(let floats): withExtendedLifetime(floats) { body(floats.bytes, .f32) }
    }
  }
}

extension Transformer {
  /// One token's row of the unembedding, `[width]`: what its logit reads from the normed stream.
  public func unembedding(of token: Int) -> [Float] { unembed.weights(of: token) }
}

extension StoredTensor {
  func checkFinite(folder: String, _ pool: ThreadPool?) throws(CheckpointError) {
    // Whole blocks of every format.
    let stretch = 1 << 20
    let first = Mutex<Int?>(nil)
    let search = { @Sendable (index: Int) in
      let numbers = index * stretch..<min((index + 1) * stretch, count)
      guard let found = firstNotFinite(in: numbers) else { return }
      first.withLock { $0 = min($0 ?? found, found) }
    }
    let stretches = (count + stretch - 1) / stretch
    if let pool { pool.run(stretches, search) } else { (0..<stretches).forEach(search) }
    if let index = first.withLock({ $0 }) {
      throw .notFinite(folder: folder, name: name, index: index)
    }
  }
}

extension LinearWeights {
  /// Packs maps one below the other; their bytes are only read here.
  fileprivate static func packing(
    _ maps: [ResolvedTable.Map], biases: [[Float]?], _ pool: ThreadPool?
  ) -> LinearWeights {
    func collect(_ index: Int, _ sources: [Source]) -> LinearWeights {
      guard index < maps.count else { return LinearWeights(sources, pool: pool) }
      let map = maps[index]
      return map.weight.withBytes { bytes in
        var first = 0
        let these = map.ranges.map { range in
          let bias = biases[index].map { Array($0[first..<first + range.count]) }
          first += range.count
          return Source(
            bytes: bytes, dtype: map.weight.dtype, outputs: range.count, inputs: map.inputs,
            transposed: map.source.transposed, storedOutputs: map.stored,
            firstOutput: range.lowerBound, bias: bias, interleaved: map.interleaved)
        }
        return collect(index + 1, sources + these)
      }
    }
    return collect(0, [])
  }
}
