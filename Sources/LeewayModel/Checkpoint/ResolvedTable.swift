import LeewayBase

/// A family's tensor names matched with one archive: every tensor found with its expected shape,
/// every tensor of the archive claimed.
struct ResolvedTable: Sendable {
  struct Map: Sendable {
    var weight: StoredTensor
    var bias: StoredTensor?
    var source: WeightTable.Linear
    /// Outputs of the stored matrix, and which of them are this map's, in order.
    var stored: Int
    var ranges: [Range<Int>]
    var outputs: Int
    var inputs: Int
    /// Width of heads whose halves are stored interleaved, or 0.
    var interleaved = 0
  }
  struct NormTensors: Sendable {
    var weight: StoredTensor
    var bias: StoredTensor?
  }
  struct Expert: Sendable {
    var gate: Map?
    var up: Map
    var down: Map
  }
  struct Block: Sendable {
    var attnNorm: NormTensors?
    var queryNorm: NormTensors?
    var keyNorm: NormTensors?
    var query: Map
    var key: Map
    var value: Map
    var attnOut: Map
    var attnPostNorm: NormTensors?
    var mlpNorm: NormTensors?
    var mlpPostNorm: NormTensors?
    var router: Map?
    /// One where there is one MLP for all.
    var experts: [Expert]
  }

  var embed: StoredTensor
  var positions: StoredTensor?
  var blocks: [Block]
  var finalNorm: NormTensors
  /// Nil when the unembedding is the embedding.
  var unembed: StoredTensor?
  /// The weights of norms have the configuration's `normOffset` in them.
  var normsHoldOffset: Bool

  init(
    _ table: WeightTable, config: TransformerConfig, archive: TensorArchive, folder: String
  ) throws(CheckpointError) {
    var finder = Finder(archive: archive, folder: folder, headWidth: config.headWidth)
    normsHoldOffset = table.normsHoldOffset
    let prefix =
      table.prefixes.first { prefix in
        archive.tensors.keys.contains {
          $0.hasPrefix(prefix + WeightTable.name(table.attnOut.name, block: 0))
        }
      } ?? table.prefixes[0]

    // Exporters keep one name of a tied pair; the other is an alias in the metadata or absent.
    let embedName = prefix + table.embed
    let tied = config.tiedEmbeddings
    let shape = [config.vocabulary, config.width]
    let first = try finder.take(
      tied && archive.tensors[embedName] == nil ? table.unembed : embedName, shape: shape)
    embed = first
    let second = archive.tensors[table.unembed]
    if tied, second.map({ $0.name == first.name || $0.holdsSame(as: first) }) ?? true {
      unembed = nil
      finder.ignore(table.unembed)
    } else {
      // Two different matrices are two, whatever the configuration says.
      unembed = try finder.take(table.unembed, shape: shape)
    }
    if let name = table.positions {
      positions = try finder.take(prefix + name, shape: [config.maxPositions, config.width])
    } else {
      positions = nil
    }
    finalNorm = try finder.norm(
      prefix + table.finalNorm, width: config.width, bias: config.norm == .layer)

    var blocks: [Block] = []
    for index in 0..<config.layers {
      func map(
        _ linear: WeightTable.Linear, _ outputs: Int, _ inputs: Int, bias: Bool,
        expert: Int = 0
      ) throws(CheckpointError) -> Map {
        try finder.map(
          linear, name: prefix + WeightTable.name(linear.name, block: index, expert: expert),
          slices: linear.slices(outputs, config), outputs: outputs, inputs: inputs, bias: bias)
      }
      func norm(_ template: String?, _ width: Int? = nil) throws(CheckpointError) -> NormTensors? {
        guard let template else { return nil }
        return try finder.norm(
          prefix + WeightTable.name(template, block: index), width: width ?? config.width,
          bias: config.norm == .layer)
      }
      let inBias = config.attentionInBias
      let headNorms = config.headNormWidths
      var router: Map?
      let count = config.experts(index)
      if count > 0, let name = table.router {
        router = try map(name, count, config.width, bias: false)
      }
      let mlp = table.mlp(dense: config.denseBlocks.contains(index))
      let mlpWidth = config.mlpWidth(index)
      var experts: [Expert] = []
      for expert in 0..<max(1, count) {
        func part(_ name: WeightTable.Linear, _ outputs: Int, _ inputs: Int)
          throws(CheckpointError) -> Map
        {
          try map(name, outputs, inputs, bias: config.mlpBias, expert: expert)
        }
        var gate: Map?
        if let name = mlp.gate { gate = try part(name, mlpWidth, config.width) }
        experts.append(
          Expert(
            gate: gate, up: try part(mlp.up, mlpWidth, config.width),
            down: try part(mlp.down, config.width, mlpWidth)))
      }
      blocks.append(
        Block(
          attnNorm: try norm(table.attnNorm),
          queryNorm: try norm(table.queryNorm, headNorms?.query),
          keyNorm: try norm(table.keyNorm, headNorms?.key),
          query: try map(table.query, config.queryWidth, config.width, bias: inBias),
          key: try map(table.key, config.kvWidth, config.width, bias: inBias),
          value: try map(table.value, config.kvWidth, config.width, bias: inBias),
          attnOut: try map(
            table.attnOut, config.width, config.queryWidth, bias: config.attentionOutBias),
          attnPostNorm: try norm(table.attnPostNorm), mlpNorm: try norm(table.mlpNorm),
          mlpPostNorm: try norm(table.mlpPostNorm), router: router, experts: experts))
      for name in table.ignorable {
        finder.ignore(prefix + WeightTable.name(name, block: index))
      }
    }
    for name in table.ignorable { finder.ignore(prefix + name) }
    self.blocks = blocks
    try finder.finish(foreign: table.foreign)
  }
}

/// Takes tensors from an archive and remembers which were claimed.
private struct Finder {
  let archive: TensorArchive
  let folder: String
  let headWidth: Int
  private var claimed: Set<String> = []

  init(archive: TensorArchive, folder: String, headWidth: Int) {
    self.archive = archive
    self.folder = folder
    self.headWidth = headWidth
  }

  mutating func ignore(_ name: String) { claimed.insert(name) }

  mutating func take(_ name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
    claimed.insert(name)
    // an alias of a shared tensor
    let stored = archive.metadata[name].flatMap { archive.tensors[$0] }
    guard let tensor = archive.tensors[name] ?? stored else {
      if let other = archive.otherTensors.first(where: { $0.name == name }) {
        throw .unsupportedNumbers(folder: folder, name: name, found: other.dtype)
      }
      throw .missingTensor(folder: folder, name: name)
    }
    claimed.insert(tensor.name)
    guard tensor.shape == shape else {
      throw .wrongShape(folder: folder, name: name, expected: shape, found: tensor.shape)
    }
    return tensor
  }

  mutating func norm(_ name: String, width: Int, bias: Bool) throws(CheckpointError)
    -> ResolvedTable.NormTensors
  {
    let weight = try take(name + ".weight", shape: [width])
    return .init(weight: weight, bias: bias ? try take(name + ".bias", shape: [width]) : nil)
  }

  mutating func map(
    _ linear: WeightTable.Linear, name: String, slices: (stored: Int, ranges: [Range<Int>]),
    outputs: Int, inputs: Int, bias: Bool
  ) throws(CheckpointError) -> ResolvedTable.Map {
    let stored = slices.stored
    let shape = linear.transposed ? [inputs, stored] : [stored, inputs]
    return .init(
      weight: try take(name + ".weight", shape: shape),
      bias: bias ? try take(name + ".bias", shape: [stored]) : nil, source: linear,
      stored: stored, ranges: slices.ranges, outputs: outputs, inputs: inputs,
      interleaved: linear.interleaved ? headWidth : 0)
  }

  func finish(foreign: [String]) throws(CheckpointError) {
    let unclaimed = (Array(archive.tensors.keys) + archive.otherTensors.map(\.name)).filter {
      name in
      !claimed.contains(name) && !foreign.contains { name.hasPrefix($0) }
    }
    guard unclaimed.isEmpty else {
      throw .unclaimedTensors(folder: folder, names: unclaimed.sorted())
    }
  }
}
