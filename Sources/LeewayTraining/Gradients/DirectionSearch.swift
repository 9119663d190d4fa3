import LeewayModel
import LeewayTensor
import Synchronization

/// An addition whose direction is to be found: `h + strength · v`, with v's gradient gathered when a
/// loss is followed back.
public final class DirectionEdit: DifferentiableEdit {
  public let direction: [Float]
  public let strength: Double
  private let gathered: Mutex<[Double]>

  public init(direction: [Float], strength: Double = 1) {
    self.direction = direction
    self.strength = strength
    gathered = Mutex(Array(repeating: 0, count: direction.count))
  }

  /// The loss's gradient with respect to the direction, over all that was followed back so far.
  public var gradient: [Float] { gathered.withLock { $0.map { Float($0) } } }

  public func apply(to activation: UnsafeMutableBufferPointer<Float>) {
    guard strength != 0 else { return }
    let strength = Float(strength)
    for index in activation.indices { activation[index] += strength * direction[index] }
  }

  public func pullBack(_ gradient: UnsafeMutableBufferPointer<Float>) {
    gathered.withLock { sums in
      for index in gradient.indices { sums[index] += strength * Double(gradient[index]) }
    }
  }
}

/// Losses of a frozen model under an intervention, and where the intervention's direction should go.
public struct DirectionSearch {
  private let model: Trainee

  public init(_ checkpoint: Checkpoint, kernels: Kernels = Kernels()) {
    model = Trainee(checkpoint, kernels: kernels)
  }

  /// Nats per prediction of `sequences` with `strength · direction` added at a site, and the
  /// gradient with respect to the direction.
  ///
  /// - Parameter others: further interventions on every sequence, `DifferentiableEdit`s all.
  public func loss(
    _ sequences: [TrainingSequence], site: Site, positions: Positions = .all, direction: [Float],
    strength: Double = 1, others: [Intervention] = []
  ) throws(TrainingError) -> (loss: Double, gradient: [Float]) {
    try check(sequences, site: site, direction: direction, others: others)
    let edit = DirectionEdit(direction: direction, strength: strength)
    let variant = Variant(
      others + [Intervention(site: site, positions: positions, edit: edit)])
    let loss = model.accumulate(
      sequences, variants: sequences.map { _ in variant }, toWeights: false)
    return (loss.mean, edit.gradient)
  }

  private func check(
    _ sequences: [TrainingSequence], site: Site, direction: [Float], others: [Intervention]
  ) throws(TrainingError) {
    let config = model.config
    for place in [site] + others.map(\.site) {
      guard place.kind != .finalNorm, place.kind != .logits, place.layer >= 0,
        place.layer < config.layers
      else { throw .notEditable(site: place, layers: config.layers) }
    }
    for other in others where !(other.edit is any DifferentiableEdit) {
      throw .notDifferentiable(site: other.site)
    }
    guard direction.count == config.width(of: site.kind) else {
      throw .wrongWidth(
        site: site, expected: config.width(of: site.kind), found: direction.count)
    }
    for (index, sequence) in sequences.enumerated() { try sequence.check(config, index: index) }
  }
}
