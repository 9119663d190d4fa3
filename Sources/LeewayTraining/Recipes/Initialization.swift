import LeewayBase
import LeewayModel

/// The weights that a training starts from: matrices and embeddings normal with spread 0.02, those
/// that end a branch smaller by sqrt(2 · blocks) as in GPT-2, norms 1, biases 0. Each tensor has its
/// own stream, so one more tensor changes no other.
package enum Initialization {
  static let spread: Float = 0.02

  package static func values(
    _ tensor: ParameterTable.Tensor, _ config: TransformerConfig, seed: String
  )
    -> [Float]
  {
    switch tensor.role {
    case .norm: return Array(repeating: 1 - config.normOffset, count: tensor.count)
    case .bias: return Array(repeating: 0, count: tensor.count)
    case .embedding, .positions, .matrix:
      var stream = NamedStream(seed, "weights", tensor.name)
      let spread = tensor.endsBranch ? spread / Float(2 * config.layers).squareRoot() : spread
      return (0..<tensor.count).map { _ in spread * Float(stream.normal()) }
    }
  }
}
