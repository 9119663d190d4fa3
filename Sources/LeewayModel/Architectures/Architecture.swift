import LeewayBase

/// A family of checkpoints: how its configuration is read and what its tensors are called.
///
/// A value, not a subclass: everything else about a family is in `TransformerConfig`.
public struct Architecture: Sendable {
  /// `model_type` in `config.json`.
  public let modelType: String
  let config: @Sendable (inout ConfigReader) throws(CheckpointError) -> TransformerConfig
  let weights: WeightTable

  /// Every architecture that Leeway opens. A new one is a file in this folder and a line here.
  public static let all: [Architecture] = [.gpt2, .llama]
}
