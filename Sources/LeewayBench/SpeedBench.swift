import ArgumentParser
import Foundation
import LeewayBase
import LeewayModel
import LeewayTensor

/// One row: how fast a prompt is read and how fast it is continued.
struct SpeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed", abstract: "Tokens a second of one prompt and its continuation, as JSON.")

  @Argument(help: "A checkpoint folder or GGUF file.")
  var model: String
  @Option(help: "Thread counts, separated by commas.")
  var threads = "1,2"
  @Option(help: "exact or fast.")
  var precision = "exact"
  @Option(help: "Tokens of the prompt.")
  var prompt = 512
  @Option(help: "Tokens that follow.")
  var tokens = 48
  @Option(help: "Runs; the best counts, since others share the machine.")
  var runs = 3

  func validate() throws {
    guard Precision(rawValue: precision) != nil else {
      throw ValidationError("--precision \(precision): exact or fast")
    }
    guard prompt > 0, tokens > 1, runs > 0 else {
      throw ValidationError("--prompt and --runs should be above 0, --tokens above 1")
    }
    if threads.split(separator: ",").contains(where: { (Int($0) ?? 0) < 1 }) {
      throw ValidationError("--threads \(threads): give counts such as 1,2")
    }
  }

  private struct Timing: Encodable {
    var who = "leeway"
    var weights: String
    var precision: String
    var threads: Int
    var promptTokensPerSecond = 0.0
    var tokensPerSecond = 0.0
    /// Of processor time: what a busy machine does not blur, with one thread.
    var promptTokensPerCpuSecond = 0.0
    var tokensPerCpuSecond = 0.0
    var packedMegabytes: Double
    var openingSeconds: Double
    var load: Double?
  }

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let most = threads.split(separator: ",").compactMap { Int($0) }.max() ?? 1
    let transformer = try Transformer(
      Checkpoint(folder: model), pool: most > 1 ? ThreadPool(threads: most) : nil)
    let opening = (clock.now - start) / .seconds(1)
    var stream = NamedStream("bench-speed")
    let ids = (0..<prompt).map { _ in stream.below(transformer.config.vocabulary) }
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys]
    for count in threads.split(separator: ",").compactMap({ Int($0) }) {
      var timing = Timing(
        weights: transformer.weightFormat.rawValue, precision: precision, threads: count,
        packedMegabytes: Double(transformer.packedBytes) / 1e6, openingSeconds: opening)
      let kernels = Kernels(
        precision: Precision(rawValue: precision) ?? .exact,
        pool: count > 1 ? ThreadPool(threads: count) : nil)
      let load = MachineLoad()
      for _ in 0..<runs {
        let executor = NaiveExecutor(model: transformer, kernels: kernels)
        var times = [clock.now]
        var busy = [MachineLoad.ownSeconds()]
        _ = try executor.stream(
          ids, stream: "speed", variant: .baseline, maxTokens: tokens, sampling: Sampling(),
          stopTokens: []
        ) { _ in
          times.append(clock.now)
          busy.append(MachineLoad.ownSeconds())
          return true
        }
        let reading = (times[1] - times[0]) / .seconds(1)
        let writing = (times[times.count - 1] - times[1]) / .seconds(1)
        let last = times.count - 1
        timing.promptTokensPerSecond = max(
          timing.promptTokensPerSecond, Double(prompt) / reading)
        timing.tokensPerSecond = max(timing.tokensPerSecond, Double(last - 1) / writing)
        timing.promptTokensPerCpuSecond = max(
          timing.promptTokensPerCpuSecond, Double(prompt) / (busy[1] - busy[0]))
        timing.tokensPerCpuSecond = max(
          timing.tokensPerCpuSecond, Double(last - 1) / (busy[last] - busy[1]))
      }
      timing.load = load.others()
      print(String(decoding: try encoder.encode(timing), as: UTF8.self))
    }
  }
}
