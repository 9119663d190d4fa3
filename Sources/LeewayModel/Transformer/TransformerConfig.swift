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

  /// What is normed of queries and keys before they are turned.
  public enum HeadNorm: Sendable, Equatable {
    /// Each head by itself, all with the same weights. Dehghani et al. 2023, arXiv:2302.05442.
    case each
    /// All heads together.
    case together
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
  /// How windowed blocks turn, where they do it another way than the others.
  public var windowedPositions: PositionScheme?
  /// By block, how many positions a query sees, its own among them; 0: all. Empty where every block
  /// sees all.
  public var windows: [Int] = []
  public var activation: Activation
  /// act(gate) · up instead of act(up).
  public var gatedMLP: Bool
  /// The unembedding is the embedding.
  public var tiedEmbeddings: Bool
  /// Factor on token embeddings as they enter the stream.
  public var embeddingScale: Float = 1
  /// What is added to the stored weights of RMS norms.
  public var normOffset: Float = 0
  /// Whether a norm stands before attention and MLP, and whether one stands behind each of them,
  /// before what they made is added to the stream.
  public var preNorms = true
  public var postNorms = false
  public var headNorm: HeadNorm?
  /// Attention and MLP read the same stream, each through its norm: the MLP does not see what
  /// attention adds.
  public var parallelHalves = false
  /// Queries, keys and values beyond it on either side become it, before queries and keys are
  /// turned; 0 leaves them.
  public var attentionClip: Float = 0
  /// Factor on query · key.
  public var attentionScale: Float
  /// Whether block l divides it by l + 1.
  public var scalesByDepth = false
  /// Scores and logits become `cap · tanh(x / cap)`; 0 leaves them.
  public var attentionCap: Float = 0
  public var logitCap: Float = 0
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
  /// Blocks that have one MLP for all although the others have experts, and how wide it is.
  public var denseBlocks: Set<Int> = []
  public var denseWidth = 0
  /// Whether a position's chosen experts share 1 among them; else each has its share among all.
  public var sharesSumToOne = true

  public var queryWidth: Int { heads * headWidth }
  public var kvWidth: Int { kvHeads * headWidth }

  /// MLPs of a block among which its router chooses; 0 where there is one MLP for all.
  public func experts(_ layer: Int) -> Int { denseBlocks.contains(layer) ? 0 : experts }

  /// Numbers between the maps of each MLP of a block.
  public func mlpWidth(_ layer: Int) -> Int {
    denseBlocks.contains(layer) ? denseWidth : mlpWidth
  }

  /// Positions that a query of a block sees; 0: all.
  public func window(_ layer: Int) -> Int { windows.isEmpty ? 0 : windows[layer] }

  /// Factor on query · key in a block.
  package func attentionScale(_ layer: Int) -> Float {
    scalesByDepth ? attentionScale / Float(layer + 1) : attentionScale
  }

  /// How a block's queries and keys are turned.
  package func positions(_ layer: Int) -> PositionScheme {
    window(layer) > 0 ? windowedPositions ?? positions : positions
  }

  /// By how long a text is, which of LongRoPE's factors turn it: texts of one number share what is
  /// computed of them, others nothing, since the length of the whole text turns its first position.
  package func turning(of length: Int) -> Int {
    [positions, windowedPositions].count { scheme in
      guard case .rotary(_, _, _, let scaling)? = scheme, let original = scaling.original else {
        return false
      }
      return length > original
    }
  }

  /// Numbers of a norm of queries and of one of keys.
  var headNormWidths: (query: Int, key: Int)? {
    switch headNorm {
    case .each: (headWidth, headWidth)
    case .together: (queryWidth, kvWidth)
    case nil: nil
    }
  }

  /// Whether the model has such a site: with experts, no one activation enters a block's down maps.
  public func has(_ site: Site) -> Bool {
    switch site.kind {
    case .mlpRouter, .mlpExperts: experts(site.layer) > 0
    case .mlpPost: experts(site.layer) == 0
    default: true
    }
  }

  /// Number of floats of one position at a site.
  public func width(of kind: Site.Kind) -> Int {
    switch kind {
    case .residPre, .attnOut, .residMid, .mlpOut, .residPost, .finalNorm: width
    case .attnQ, .attnZ: queryWidth
    case .attnK, .attnV: kvWidth
    case .mlpRouter, .mlpExperts: experts
    case .mlpPost: experts > 0 ? denseWidth : mlpWidth
    case .logits: vocabulary
    }
  }
}
