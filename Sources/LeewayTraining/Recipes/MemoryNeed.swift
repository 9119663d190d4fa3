import Foundation
import LeewayModel

/// What a training takes, worked out before any of it is taken.
struct MemoryNeed {
  let bytes: Int

  init(_ config: TransformerConfig, table: ParameterTable, recipe: Recipe) {
    // Weights and gradients; both packed forms; moments.
    let perWeight = 4 + 4 + 8 + Optimizer.bytesPerWeight(recipe.optimizer)
    let unembed = config.vocabulary * config.width * 8
    // Rows of one pass: whole sequences.
    let rows = max(
      recipe.sequence, min(recipe.batch * recipe.sequence, Trainee.rowsAtOnce))
    let up =
      (config.gatedMLP ? 3 : 2)
      * max(config.mlpWidth * max(1, config.expertsPerToken), config.denseWidth)
    let norms = (config.postNorms ? 2 : 0) * config.width
    let heads = config.headNorm == nil ? 0 : config.queryWidth + config.kvWidth
    let block =
      8 * config.width + 2 * config.queryWidth + 4 * config.kvWidth + up + norms + heads
    let ends = 4 * config.width + config.vocabulary * (config.logitCap > 0 ? 2 : 1)
    // Of what is kept for the way back, and some gradients at a time.
    let floats = rows * (config.layers * block + ends + 2 * (up + config.width))
    bytes = table.count * perWeight + unembed + floats * 4 + floats / 2
  }

  func check() throws(TrainingError) {
    guard let available = Self.available(), bytes > available else { return }
    throw .notEnoughMemory(needed: bytes, available: available)
  }

  /// What the system, or the group of processes that this one runs in, has left; nil where neither
  /// tells.
  static func available() -> Int? {
    #if os(Linux)
      var least: Int?
      if let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
        let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
        let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
      {
        least = kibibytes * 1024
      }
      func number(_ path: String) -> Int? {
        (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
          Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
      }
      if let limit = number("/sys/fs/cgroup/memory.max"),
        let used = number("/sys/fs/cgroup/memory.current")
      {
        least = min(least ?? .max, max(0, limit - used))
      }
      return least
    #else
      return Int(ProcessInfo.processInfo.physicalMemory)
    #endif
  }
}
