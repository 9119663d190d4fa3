import Foundation
import LeewayModel
import LeewayTemplate
import LeewayTensor
import LeewayTokenizer

extension Provenance {
  /// This version of the engine: another may give other bits.
  public static let engine = "leeway 0.1.0"
}

extension RunContext {
  /// A model that a study can be run on, opened from a checkpoint folder or a GGUF file.
  ///
  /// - Parameters:
  ///   - path: the folder or file, with its tokenizer.
  ///   - threads: 1 runs on the caller's own.
  /// - Throws: `CheckpointError` or `TokenizerError`. Without a chat template nothing is thrown: `chat`
  ///   says then why there is none.
  public init(model path: String, precision: Precision = .exact, threads: Int = 1) throws {
    let checkpoint = try Checkpoint(folder: path)
    let pool = threads > 1 ? ThreadPool(threads: threads) : nil
    try self.init(
      checkpoint, try Transformer(checkpoint, pool: pool),
      kernels: Kernels(precision: precision, pool: pool))
  }

  /// The same of a checkpoint that is open.
  ///
  /// - Parameter transformer: the checkpoint's own weights.
  public init(_ checkpoint: Checkpoint, _ transformer: Transformer, kernels: Kernels) throws {
    let config = checkpoint.config
    let tokenizer = try Tokenizer(path: checkpoint.folder)
    self.init(
      executor: SweepPlanner(model: transformer, kernels: kernels), tokenizer: tokenizer,
      provenance: Provenance(
        modelPath: URL(fileURLWithPath: checkpoint.folder).lastPathComponent,
        architecture: checkpoint.architecture.modelType, parameters: transformer.parameters,
        layers: config.layers, width: config.width,
        checkpointHash: try checkpoint.contentHash(), tokenizerHash: tokenizer.contentHash,
        engineVersion: Provenance.engine, precision: kernels.precision.rawValue,
        kernelSet: kernels.set.name, ignoredKeys: checkpoint.ignoredKeys,
        nonEmbeddingParameters: transformer.parameters - transformer.embeddingParameters),
      maxPositions: config.maxPositions, endTokens: Set(config.endTokens),
      chat: Result { () throws(TemplateError) in try ChatTemplate(folder: checkpoint.folder) })
  }
}
