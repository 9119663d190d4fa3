import LeewayBase
import LeewayModel

/// Continuations of the prompts: the texts that other scorers read.
///
/// A trial's `value` is the number of new tokens.
public struct Generation: Scorer {
  public static let id = "generation"
  public static let version = 1
  public var prompts: [String]
  public var promptTokens: [[Int]]
  public var seeds: [Int]
  public var maxTokens: Int
  public var sampling: Sampling
  public var endTokens: Set<Int>

  public init(
    prompts: [String], promptTokens: [[Int]], seeds: [Int], maxTokens: Int, sampling: Sampling,
    endTokens: Set<Int>
  ) {
    self.prompts = prompts
    self.promptTokens = promptTokens
    self.seeds = seeds
    self.maxTokens = maxTokens
    self.sampling = sampling
    self.endTokens = endTokens
  }

  public var identity: JSONValue {
    [
      "prompts": .strings(prompts), "seeds": .integers(seeds), "tokens": .integer(maxTokens),
      "temperature": .real(sampling.temperature), "topK": .integer(sampling.topK),
      "topP": .real(sampling.topP), "minP": .real(sampling.minP),
      "end": .integers(endTokens.sorted()),
    ]
  }
  public var sequences: Int { prompts.count * seeds.count }
  public var tokens: Int {
    promptTokens.reduce(0) { $0 + $1.count + maxTokens } * seeds.count
  }

  public func run(_ batch: ScorerBatch) throws -> [[Trial]] {
    let pairs = prompts.indices.flatMap { prompt in seeds.map { (prompt: prompt, seed: $0) } }
    let job = GenerationJob(
      prompts: pairs.map { promptTokens[$0.prompt] },
      streams: pairs.map { "\(ContentHash.sha256(prompts[$0.prompt]))/\($0.seed)" },
      variants: batch.variants, maxTokens: maxTokens, sampling: sampling, stopTokens: endTokens)
    return try batch.executor.generate(job).map { continuations in
      try zip(pairs, continuations).map { pair, continuation in
        let head = try batch.tokenizer.decodeBytes(promptTokens[pair.prompt], skipSpecial: true)
        let whole = try batch.tokenizer.decodeBytes(
          promptTokens[pair.prompt] + continuation.tokens, skipSpecial: true)
        // Decoded together: alone, the first word would lose its space.
        let text =
          whole.starts(with: head)
          ? String(decoding: whole[head.count...], as: UTF8.self)
          : try batch.tokenizer.decode(continuation.tokens, skipSpecial: true)
        return Trial(
          item: pair.prompt, seed: pair.seed, value: Double(continuation.tokens.count), text: text,
          tokens: continuation.tokens)
      }
    }
  }

  /// Sequences of what was written, scored where the new tokens stand. Trials without new tokens
  /// are left out.
  func sequences(of trials: [Trial], limit: Int? = nil)
    -> [(trial: Trial, sequence: ScoringJob.Sequence)]
  {
    trials.compactMap { trial in
      guard let tokens = trial.tokens, !tokens.isEmpty, promptTokens.indices.contains(trial.item)
      else { return nil }
      let prompt = promptTokens[trial.item]
      return (
        trial,
        ScoringJob.Sequence(
          tokens: prompt + tokens.prefix(limit ?? .max), scoredFrom: prompt.count,
          promptLength: prompt.count)
      )
    }
  }
}
