import LeewayBase
import LeewayTensor

/// A family of checkpoints: how its configuration is read and what its tensors are called.
///
/// A value, not a subclass: everything else about a family is in `TransformerConfig`.
public struct Architecture: Sendable {
  /// `model_type` in `config.json`.
  public let modelType: String
  /// What a model of this family calls itself when Leeway writes it; nil: the same.
  var writtenAs: String? = nil
  package var writtenType: String { writtenAs ?? modelType }
  let config: @Sendable (inout ConfigReader) throws(CheckpointError) -> TransformerConfig
  let weights: WeightTable
  /// A model of this family that is to be trained.
  let fresh: @Sendable (ModelShape) -> TransformerConfig
  /// What `config` reads back, and what the reference framework wants beside it.
  let written: @Sendable (TransformerConfig) -> [(String, JSONValue)]

  /// Every architecture that Leeway opens. A new one is a file in this folder and a line here.
  public static let all: [Architecture] = [
    .gpt2, .gptNeoX, .llama, .mistral, .phi3, .qwen2, .qwen3, .gemma, .gemma2, .gemma3Text, .gemma3,
    .olmo2, .starCoder2, .mixtral, .olmoe, .qwen3MoE,
  ]

  public static func named(_ modelType: String) -> Architecture? {
    all.first { $0.modelType == modelType }
  }

  public func config(of shape: ModelShape) -> TransformerConfig { fresh(shape) }

  /// `config.json` of a model of this family.
  public func json(_ config: TransformerConfig, weights: DType) -> JSONValue {
    let names: [DType: String] = [.f32: "float32", .f16: "float16", .bf16: "bfloat16"]
    var members = written(config)
    members += [
      ("model_type", JSONValue(writtenType)), ("torch_dtype", JSONValue(names[weights] ?? "")),
      ("vocab_size", .integer(config.vocabulary)),
      ("tie_word_embeddings", .bool(config.tiedEmbeddings)),
    ]
    if let end = config.endTokens.first {
      members += [("eos_token_id", .integer(end)), ("bos_token_id", .integer(end))]
    }
    return .object(members.map { JSONMember(key: Array($0.0.utf8), value: $0.1) })
  }
}

/// What a recipe says of a model's shape.
public struct ModelShape: Sendable, Hashable {
  public var vocabulary: Int
  public var layers: Int
  public var width: Int
  public var heads: Int
  public var kvHeads: Int
  public var mlpWidth: Int
  /// Positions at most.
  public var context: Int
  public var tiedEmbeddings: Bool
  /// Tokens that end a text.
  public var endTokens: [Int]
  /// MLPs of a block, and how many of them a position goes through; 0 for one MLP.
  public var experts: Int
  public var expertsPerToken: Int

  public init(
    vocabulary: Int, layers: Int, width: Int, heads: Int, kvHeads: Int? = nil, mlpWidth: Int,
    context: Int, tiedEmbeddings: Bool = true, endTokens: [Int] = [], experts: Int = 0,
    expertsPerToken: Int = 0
  ) {
    self.vocabulary = vocabulary
    self.layers = layers
    self.width = width
    self.heads = heads
    self.kvHeads = kvHeads ?? heads
    self.mlpWidth = mlpWidth
    self.context = context
    self.tiedEmbeddings = tiedEmbeddings
    self.endTokens = endTokens
    self.experts = experts
    self.expertsPerToken = expertsPerToken
  }
}

extension Float {
  /// The shortest decimal that means this number, in 64 bits: 1e-05, not 9.999999747378752e-06.
  var asWritten: Double { Double("\(self)") ?? Double(self) }
}

extension JSONValue {
  /// A number without a point where it is whole.
  static func number(_ value: Double) -> JSONValue {
    Int(exactly: value).map { .integer($0) } ?? .real(value)
  }
}

extension Activation {
  /// The reference framework's name.
  var written: String {
    switch self {
    case .silu: "silu"
    case .geluTanh: "gelu_new"
    case .geluErf: "gelu"
    case .relu: "relu"
    }
  }
}
