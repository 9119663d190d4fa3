import LeewayTensor

/// What differs between families, as data. The forward pass reads these fields and nothing else;
/// no family's name is tested in it.
public struct TransformerConfig: Sendable, Equatable {
  public enum Norm: Sendable, Equatable {
    /// x / rms(x) · weight
    case rms
    /// (x − mean) / sd · weight + bias
    case layer
  }

  public enum PositionScheme: Sendable, Equatable {
    /// Queries and keys are rotated; half-split pairs unless `interleaved`.
    case rotary(base: Double, width: Int, interleaved: Bool, scaling: RotaryScaling = .none)
    /// A table is added to the embedding.
    case learned
  }

  public var vocabulary: Int
  public var width: Int
  public var layers: Int
  public var heads: Int
  public var kvHeads: Int
  public var headWidth: Int
  public var mlpWidth: Int
  public var maxPositions: Int
  public var norm: Norm
  public var epsilon: Float
  public var positions: PositionScheme
  public var activation: Activation
  /// act(gate) · up instead of act(up).
  public var gatedMLP: Bool
  /// The unembedding is the embedding.
  public var tiedEmbeddings: Bool
  /// Factor on query · key.
  public var attentionScale: Float
  /// Whether linear maps of these groups carry a bias.
  public var attentionInBias: Bool
  public var attentionOutBias: Bool
  public var mlpBias: Bool
  /// Tokens that end a text, from the configuration.
  public var endTokens: [Int]
  /// MLPs of a block among which each position's router chooses; 0 where there is one MLP for all.
  public var experts = 0
  /// How many of them a position goes through.
  public var expertsPerToken = 0

  public var queryWidth: Int { heads * headWidth }
  public var kvWidth: Int { kvHeads * headWidth }

  /// Whether the family has such a site: with experts, no one activation enters the down maps.
  public func has(_ kind: Site.Kind) -> Bool {
    switch kind {
    case .mlpRouter: experts > 0
    case .mlpPost: experts == 0
    default: true
    }
  }

  /// Number of floats of one position at a site.
  public func width(of kind: Site.Kind) -> Int {
    switch kind {
    case .residPre, .attnOut, .residMid, .mlpOut, .residPost, .finalNorm: width
    case .attnQ, .attnZ: queryWidth
    case .attnK, .attnV: kvWidth
    case .mlpRouter: experts
    case .mlpPost: mlpWidth
    case .logits: vocabulary
    }
  }
}
