import LeewayBase
import LeewayModel

/// A training written so that it can be run again: the same recipe, texts and tokenizer give the
/// same weights, bit for bit.
public struct Recipe: Sendable, Hashable {
  public var name: String
  public var seed: Int
  /// A `tokenizer.json`, or a folder that holds one.
  public var tokenizer: String
  /// The piece behind each document; nil takes the tokenizer's own.
  public var endToken: String?
  public var architecture: String
  public var shape: Shape
  /// A model folder whose weights are gone on from; nil draws them.
  public var start: String?
  public var data: DataSpec
  /// What the loss is measured on beside the training text.
  public var evaluation: DataSpec?
  public var steps: Int
  /// Sequences of a step.
  public var batch: Int
  /// Inputs of a sequence.
  public var sequence: Int
  public var optimizer: OptimizerKind
  /// The peak.
  public var learningRate: Double
  public var schedule: Schedule
  /// The length to which a longer gradient is cut; nil leaves it.
  public var clip: Double?
  /// Weight decay of matrices.
  public var decay: Double
  /// The chance that an MLP writes nothing to a sequence.
  public var mlpDrop: Double
  /// The weight of the pull towards experts that are used alike.
  public var balance: Double
  /// Steps between saved states.
  public var saveEvery: Int
  /// How the finished weights are stored.
  public var weights: DType

  /// The model without what the tokenizer says of it.
  public struct Shape: Sendable, Hashable {
    public var layers: Int
    public var width: Int
    public var heads: Int
    public var kvHeads: Int
    public var mlpWidth: Int
    public var context: Int
    public var tied: Bool
    /// MLPs of a block among which a router chooses, and how many a position goes through; 0 for one
    /// MLP.
    public var experts: Int
    public var expertsPerToken: Int

    public init(
      layers: Int, width: Int, heads: Int, kvHeads: Int, mlpWidth: Int, context: Int, tied: Bool,
      experts: Int = 0, expertsPerToken: Int = 0
    ) {
      self.layers = layers
      self.width = width
      self.heads = heads
      self.kvHeads = kvHeads
      self.mlpWidth = mlpWidth
      self.context = context
      self.tied = tied
      self.experts = experts
      self.expertsPerToken = expertsPerToken
    }

    /// The whole shape, with what the tokenizer says.
    func model(vocabulary: Int, endTokens: [Int]) -> ModelShape {
      ModelShape(
        vocabulary: vocabulary, layers: layers, width: width, heads: heads, kvHeads: kvHeads,
        mlpWidth: mlpWidth, context: context, tiedEmbeddings: tied, endTokens: endTokens,
        experts: experts, expertsPerToken: expertsPerToken)
    }
  }

  /// Names everything that decides the weights; a saved state goes on only under the same name.
  /// What is only about files (names, the interval of saving, the stored format) is left out.
  ///
  /// - Parameter start: names the weights that are started from; nil where they are drawn.
  public func hash(tokenizer: String, data: String, start: String? = nil) -> String {
    let kind: JSONValue =
      switch optimizer {
      case .adamW(let beta1, let beta2, let epsilon):
        ["adamw", .real(beta1), .real(beta2), .real(epsilon)]
      case .sgd(let momentum): ["sgd", .real(momentum)]
      }
    let options = self.data.options.sorted { $0.key < $1.key }.map {
      JSONMember(key: Array($0.key.utf8), value: JSONValue($0.value))
    }
    var text: JSONValue = [
      "engine": 1, "seed": .integer(seed), "tokenizer": JSONValue(tokenizer),
      "end": endToken.map { JSONValue($0) } ?? .null, "architecture": JSONValue(architecture),
      "shape": .array(
        [
          shape.layers, shape.width, shape.heads, shape.kvHeads, shape.mlpWidth, shape.context,
        ].map { .integer($0) }), "tied": .bool(shape.tied),
      "data": ["kind": JSONValue(self.data.kind), "hash": JSONValue(data)],
      "options": .object(options), "steps": .integer(steps), "batch": .integer(batch),
      "sequence": .integer(sequence), "optimizer": kind, "rate": .real(learningRate),
      "schedule": [
        JSONValue(schedule.kind.rawValue), .integer(schedule.warmUp), .real(schedule.final),
      ],
      "clip": clip.map { .real($0) } ?? .null, "decay": .real(decay), "drop": .real(mlpDrop),
      "experts": shape.experts > 0
        ? [.integer(shape.experts), .integer(shape.expertsPerToken), .real(balance)] : [],
    ]
    // Absent where there is none: what was trained before there were starts keeps its name.
    if let start, case .object(let members) = text {
      text = .object(members + [JSONMember(key: Array("start".utf8), value: JSONValue(start))])
    }
    return ContentHash.sha256(text.canonicalText)
  }
}
