import LeewayModel
import LeewayTensor

/// A model whose weights change: one copy in 32 bits by name, their gradients, and what the forward
/// and the backward pass read, packed again after each change.
public final class Trainee {
  public let architecture: Architecture
  public let config: TransformerConfig
  package let table: ParameterTable
  package let weights: FloatMemory
  package let gradients: FloatMemory
  package let kernels: Kernels
  /// The model as a reader of checkpoints would have it; older ones mean the new weights too.
  package private(set) var transformer: Transformer
  private var backs: [LinearPlace: [LinearWeights]] = [:]
  private let reversed: RotaryTable?
  private let windowedReversed: RotaryTable?
  let space = Workspace(retaining: true)
  let gradientTable = GradientTable()

  /// - Parameter values: the weights by name; each name of the model, in its shape.
  package init(
    _ architecture: Architecture, _ config: TransformerConfig, kernels: Kernels,
    fill: (ParameterTable.Tensor) -> [Float]
  ) {
    self.architecture = architecture
    self.config = config
    self.kernels = kernels
    table = ParameterTable(architecture, config)
    weights = FloatMemory(count: table.count)
    gradients = FloatMemory(count: table.count)
    for tensor in table.tensors {
      let values = fill(tensor)
      precondition(values.count == tensor.count, "\(tensor.name) in its shape")
      for (index, value) in values.enumerated() { weights.base[tensor.start + index] = value }
    }
    transformer = Transformer(config: config, table: table, weights: weights)
    reversed = transformer.rotary?.reversed
    windowedReversed = transformer.windowedRotary?.reversed
    for place in table.places {
      backs[place] = table.pieces(place).map {
        LinearWeights([table.reversed($0, in: weights)])
      }
    }
  }

  /// The weights of a checkpoint.
  package convenience init(_ checkpoint: Checkpoint, kernels: Kernels) {
    let stored = checkpoint.weightsByName()
    self.init(checkpoint.architecture, checkpoint.config, kernels: kernels) { tensor in
      stored[tensor.name] ?? []
    }
  }

  /// Packs the weights as they are now.
  package func refresh() {
    transformer = transformer.repacked(table, weights, pool: kernels.pool)
    let (table, weights) = (table, weights)
    let pieces = table.places.flatMap { place in
      zip(table.pieces(place), back(place)).map { (piece: $0, packed: $1) }
    }
    let repack: @Sendable (Int) -> Void = { index in
      pieces[index].packed.repack([table.reversed(pieces[index].piece, in: weights)])
    }
    if let pool = kernels.pool {
      pool.run(pieces.count, repack)
    } else {
      pieces.indices.forEach(repack)
    }
  }

  /// A tensor's weights, or its gradient, by name.
  package func values(_ tensor: ParameterTable.Tensor, of memory: FloatMemory) -> [Float] {
    table.floats(tensor.start, tensor.count, in: memory)
  }

  /// What turns a block's queries and keys back.
  func reversedRotary(_ layer: Int) -> RotaryTable? {
    config.window(layer) > 0 ? windowedReversed ?? reversed : reversed
  }

  func slope(_ start: Int) -> UnsafeMutablePointer<Float> { gradients.base + start }
  func back(_ place: LinearPlace) -> [LinearWeights] { backs[place] ?? [] }
}
