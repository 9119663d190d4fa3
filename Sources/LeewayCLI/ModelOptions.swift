import ArgumentParser
import Foundation
import LeewayModel
import LeewayStudy
import LeewayTensor

extension Precision: ExpressibleByArgument {}
extension Positions: ExpressibleByArgument {}

/// How a model is opened and run.
struct EngineOptions: ParsableArguments {
  @Option(help: "Threads; by default all processors.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help: """
      exact (the same bits everywhere) or fast (16-bit products where the processor has them); by \
      default what the study says, else exact.
      """
  )
  var precision: Precision?

  @Option(
    name: .customLong("ignore-key"),
    help: "A key of config.json to accept although no one accounts for it; recorded with results.")
  var ignoredKeys: [String] = []

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads should be from 1 to 1024")
    }
  }

  func kernels(_ precision: Precision? = nil) -> Kernels {
    Kernels(
      precision: precision ?? self.precision ?? .exact, pool: pool)
  }

  private var pool: ThreadPool? { threads > 1 ? ThreadPool(threads: threads) : nil }

  func open(_ folder: String) throws -> OpenedModel {
    let checkpoint = try Checkpoint(telling: folder, ignoring: ignoredKeys)
    return OpenedModel(checkpoint: checkpoint, transformer: try Transformer(checkpoint, pool: pool))
  }
}

extension Checkpoint {
  /// Opens a folder and warns of keys that were passed over.
  init(telling folder: String, ignoring keys: [String]) throws {
    self = try Checkpoint(folder: try ModelPlace.path(folder), ignoring: Set(keys))
    for key in harmlessKeys {
      printError(
        "leeway: \(configPath): unknown key \"\(key)\" is null, false, 0 or empty; ignored")
    }
  }
}

/// A checkpoint with its weights packed.
struct OpenedModel {
  var checkpoint: Checkpoint
  var transformer: Transformer
  var config: TransformerConfig { checkpoint.config }

  /// Tokens that end a text: those of the configuration.
  var endTokens: Set<Int> { Set(config.endTokens) }

  func context(_ options: EngineOptions, precision: Precision) throws -> RunContext {
    try RunContext(checkpoint, transformer, kernels: options.kernels(precision))
  }
}
