import LeewayBase
import LeewayModel

/// Multiplies an activation: with 0 it drops a branch.
struct ScaleEdit: DifferentiableEdit {
  let factor: Float

  func apply(to activation: UnsafeMutableBufferPointer<Float>) {
    for index in activation.indices { activation[index] *= factor }
  }

  func pullBack(_ gradient: UnsafeMutableBufferPointer<Float>) { apply(to: gradient) }
}

/// In training a block's MLP writes nothing to a sequence's stream with probability `share`, and
/// otherwise 1 / (1 - share) times as much: what others can do too is learnt by others too.
public struct MLPDrop: Sendable, Hashable {
  public var share: Double
  public var seed: String

  public init(share: Double, seed: String) {
    self.share = share
    self.seed = seed
  }

  /// What is done to one sequence of one step.
  package func variant(step: Int, sequence: Int, layers: Int) -> Variant {
    guard share > 0 else { return .baseline }
    return Variant(
      (0..<layers).map { layer in
        var stream = NamedStream(seed, "mlp-drop", "\(step)", "\(sequence)", "\(layer)")
        let dropped = stream.uniform() < share
        return Intervention(
          site: Site(.mlpOut, layer: layer),
          edit: ScaleEdit(factor: dropped ? 0 : Float(1 / (1 - share))))
      })
  }
}
