import LeewayBase
import LeewayModel
import LeewayTensor

/// How fast this machine reads a prompt and writes a text with one model, by the clock: told beside
/// the laws, and none of them.
struct ModelSpeed {
  /// Tokens read at once.
  let promptLength: Int
  /// Tokens per second.
  let reading: Double
  /// Tokens per second of one text.
  let writing: Double

  init(_ model: Transformer, kernels: Kernels) throws {
    let config = model.config
    let planner = SweepPlanner(model: model, kernels: kernels)
    var stream = NamedStream("doctor", "speed")
    promptLength = max(1, min(64, config.maxPositions))
    let prompt = (0..<promptLength).map { _ in stream.below(config.vocabulary) }
    let read = NextTokenJob(prompts: [prompt], candidates: [[0]], variants: [.baseline])
    // Behind one token, so that nearly all of it is writing.
    let newTokens = max(1, min(16, config.maxPositions - 1))
    let write = GenerationJob(
      prompts: [[prompt[0]]], streams: ["doctor"], variants: [.baseline], maxTokens: newTokens)
    reading = try Self.rate(promptLength) { _ = try planner.nextToken(read) }
    writing = try Self.rate(newTokens) { _ = try planner.generate(write) }
  }

  /// Repeats work that is too short to be timed; the first time counts only if it is not.
  private static func rate(_ tokens: Int, _ work: () throws -> Void) rethrows -> Double {
    let (clock, enough) = (ContinuousClock(), Duration.seconds(0.2))
    let first = try clock.measure(work)
    if first >= enough { return Double(tokens) / (first / .seconds(1)) }
    let start = clock.now
    var times = 0
    repeat {
      try work()
      times += 1
    } while clock.now - start < enough
    return Double(tokens * times) / ((clock.now - start) / .seconds(1))
  }
}
