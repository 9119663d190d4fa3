/// The questions that a study asks of a model. Each names sequences and variants, and each answer
/// is indexed `[variant][sequence]`. The naive executor and the planner give the same bits.

/// Log-probabilities of candidate tokens after each prompt.
public struct NextTokenJob: Sendable {
  public var prompts: [[Int]]
  /// The candidates of each prompt: the same number of lists as prompts.
  public var candidates: [[Int]]
  public var variants: [Variant]
  public init(prompts: [[Int]], candidates: [[Int]], variants: [Variant]) {
    self.prompts = prompts
    self.candidates = candidates
    self.variants = variants
  }
}

public struct NextTokenAnswer: Sendable, Equatable {
  /// Natural-log probabilities, one a candidate.
  public var logProbs: [Float]
  /// The most probable token of the whole vocabulary (the lowest id wins a tie).
  public var top: Int
  public init(logProbs: [Float], top: Int) {
    self.logProbs = logProbs
    self.top = top
  }
}

/// Log-probabilities of the tokens that stand in given sequences (answers of several tokens,
/// perplexity of a text).
public struct ScoringJob: Sendable {
  public struct Sequence: Sendable, Hashable {
    public var tokens: [Int]
    /// Tokens from this index on are scored; at least 1.
    public var scoredFrom: Int
    /// Where the response begins, for interventions that touch only prompt or response.
    public var promptLength: Int
    public init(tokens: [Int], scoredFrom: Int, promptLength: Int? = nil) {
      self.tokens = tokens
      self.scoredFrom = scoredFrom
      self.promptLength = promptLength ?? tokens.count
    }
  }
  public var sequences: [Sequence]
  public var variants: [Variant]
  public init(sequences: [Sequence], variants: [Variant]) {
    self.sequences = sequences
    self.variants = variants
  }
}

/// How the next token is chosen.
public struct Sampling: Sendable, Hashable, Codable {
  /// 0 is greedy.
  public var temperature: Double
  /// Keep the k most probable tokens; 0 keeps all.
  public var topK: Int
  /// Keep the smallest set whose probability reaches p; 1 keeps all.
  public var topP: Double
  /// Drop tokens below this share of the most probable one's probability; 0 keeps all.
  public var minP: Double
  public init(temperature: Double = 0, topK: Int = 0, topP: Double = 1, minP: Double = 0) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
  }
  public static let greedy = Sampling()
}

/// Continuations of prompts.
public struct GenerationJob: Sendable {
  public var prompts: [[Int]]
  /// Name of each prompt's random stream; the same name under another variant draws the same
  /// numbers (common random numbers). As many as prompts.
  public var streams: [String]
  public var variants: [Variant]
  public var maxTokens: Int
  public var sampling: Sampling
  /// A sequence ends after any of these.
  public var stopTokens: Set<Int>
  public init(
    prompts: [[Int]], streams: [String], variants: [Variant], maxTokens: Int,
    sampling: Sampling = .greedy, stopTokens: Set<Int> = []
  ) {
    self.prompts = prompts
    self.streams = streams
    self.variants = variants
    self.maxTokens = maxTokens
    self.sampling = sampling
    self.stopTokens = stopTokens
  }
}

public struct Continuation: Sendable, Equatable {
  /// The new tokens; a stop token, if one came, is the last.
  public var tokens: [Int]
  public var stopped: Bool
  public init(tokens: [Int], stopped: Bool) {
    self.tokens = tokens
    self.stopped = stopped
  }
}

/// KL(steered from baseline) on given sequences, nats per token.
public struct DivergenceJob: Sendable {
  /// One sequence list per variant (the text that this variant wrote).
  public var sequences: [[ScoringJob.Sequence]]
  public var variants: [Variant]
  public init(sequences: [[ScoringJob.Sequence]], variants: [Variant]) {
    self.sequences = sequences
    self.variants = variants
  }
}

/// Activations read at sites, for fitting vectors and measuring norms.
public struct CaptureJob: Sendable {
  public var prompts: [[Int]]
  public var sites: [Site]
  public var variant: Variant
  public init(prompts: [[Int]], sites: [Site], variant: Variant = .baseline) {
    self.prompts = prompts
    self.sites = sites
    self.variant = variant
  }
}

/// `values[position * width ..< (position + 1) * width]` is one position's activation.
public struct Activations: Sendable, Equatable {
  public var width: Int
  public var values: [Float]
  public var positions: Int { width == 0 ? 0 : values.count / width }
  public init(width: Int, values: [Float]) {
    self.width = width
    self.values = values
  }
  public func position(_ index: Int) -> ArraySlice<Float> {
    values[index * width..<(index + 1) * width]
  }
}

/// What runs jobs. `NaiveExecutor` is the reference, `SweepPlanner` shares work; a law says that
/// both give the same bits in exact precision.
public protocol JobExecutor: Sendable {
  func nextToken(_ job: NextTokenJob) throws -> [[NextTokenAnswer]]
  /// Natural-log probability of each scored token: `[variant][sequence][token]`.
  func score(_ job: ScoringJob) throws -> [[[Float]]]
  func generate(_ job: GenerationJob) throws -> [[Continuation]]
  /// Nats per scored token: `[variant][sequence][token]`.
  func divergence(_ job: DivergenceJob) throws -> [[[Float]]]
  /// `[prompt][site]`.
  func capture(_ job: CaptureJob) throws -> [[Activations]]
  /// Rows of the unembedding, before any norm: `[token][width]`.
  func unembedding(of tokens: [Int]) throws -> [[Float]]
}
