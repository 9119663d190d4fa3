import LeewayModel
import LeewayStatistics
import LeewaySteering

/// A question written so that it can be run: the plain value behind a study file.
public struct Study: Sendable, Hashable, Codable {
  public var name: String
  public var version: Int
  public var question: String
  /// A checkpoint folder; in a file, relative to the file.
  public var model: String
  public var vector: VectorSpec
  public var steering: OperatorSpec
  public var sweep: SweepSpec
  public var prompts: [String]
  public var answer: AnswerSpec
  /// Share of prompts that must answer with the target for the effect to count.
  public var effectAtLeast: Double
  public var capability: [CapabilitySpec]
  public var arms: ArmsSpec
  /// Questions about other subjects, with their own original answers, held against the same
  /// target: do they flip too? Their `target` is empty. A measure, never a criterion.
  public var spillover: [Question]
  /// Questions whose answers follow from the falsehood (`target`) or from the truth (`original`).
  /// A measure, never a criterion.
  public var entailment: [Question]
  /// Ordinary texts over which residual norms and angles are measured; empty takes the texts of
  /// the first `perplexity-ratio`, else the prompts.
  public var neutral: [String]
  /// `exact` or `fast`.
  public var precision: String
  /// Whether questions are put through the model's chat template; nil takes them as written.
  public var chat: ChatSpec?

  public init(
    name: String, version: Int = 1, question: String, model: String, vector: VectorSpec,
    steering: OperatorSpec = OperatorSpec(), sweep: SweepSpec, prompts: [String],
    answer: AnswerSpec, effectAtLeast: Double = 0.5, capability: [CapabilitySpec] = [],
    arms: ArmsSpec = ArmsSpec(), spillover: [Question] = [], entailment: [Question] = [],
    neutral: [String] = [], precision: String = "exact", chat: ChatSpec? = nil
  ) {
    self.name = name
    self.version = version
    self.question = question
    self.model = model
    self.vector = vector
    self.steering = steering
    self.sweep = sweep
    self.prompts = prompts
    self.answer = answer
    self.effectAtLeast = effectAtLeast
    self.capability = capability
    self.arms = arms
    self.spillover = spillover
    self.entailment = entailment
    self.neutral = neutral
    self.precision = precision
    self.chat = chat
  }
}

/// How the direction is found.
public struct VectorSpec: Sendable, Hashable, Codable {
  public var method: String
  /// `last`, `response-mean` or `word: NAME`.
  public var read: String
  public var contrast: Contrast

  public init(method: String = "mean-difference", read: String = "last", contrast: Contrast) {
    self.method = method
    self.read = read
    self.contrast = contrast
  }
}

/// How the direction is applied.
public struct OperatorSpec: Sendable, Hashable, Codable {
  public var id: String
  public var parameters: [String: Double]

  public init(id: String = "add", parameters: [String: Double] = [:]) {
    self.id = id
    self.parameters = parameters
  }
}

/// The grid of conditions.
public struct SweepSpec: Sendable, Hashable, Codable {
  /// Names of sites; `blocks.*.resid_post` means every block, `depth:0.6` the stream after that
  /// share of a model's blocks (see `Depth`).
  public var sites: [String]
  /// Above 0, ascending.
  public var doses: [Double]
  public var refine: Refinement
  public var positions: Positions
  /// Seeds of sampled texts; greedy texts have one.
  public var seeds: [Int]

  public init(
    sites: [String], doses: [Double], refine: Refinement = Refinement(),
    positions: Positions = .all, seeds: [Int] = [0]
  ) {
    self.sites = sites
    self.doses = doses
    self.refine = refine
    self.positions = positions
    self.seeds = seeds
  }
}

/// What the model is asked to say and how its answer is read.
public struct AnswerSpec: Sendable, Hashable, Codable {
  public enum Reading: String, Sendable, Hashable, Codable, CaseIterable {
    /// The probability of the answers right after the prompt.
    case nextToken = "next-token"
    /// The first answer that stands in a written continuation.
    case generated
  }
  public var by: Reading
  /// Words or continuations; a leading space matters to `next-token` only.
  public var target: [String]
  public var original: [String]
  /// Length of continuations.
  public var tokens: Int
  public var sampling: Sampling
  /// A second reading of the same prompts by texts that are drawn otherwise, beside the first.
  public var alsoSampled: AlsoSampled?

  public init(
    by: Reading, target: [String], original: [String], tokens: Int = 32,
    sampling: Sampling = .greedy, alsoSampled: AlsoSampled? = nil
  ) {
    self.by = by
    self.target = target
    self.original = original
    self.tokens = tokens
    self.sampling = sampling
    self.alsoSampled = alsoSampled
  }
}

/// How the second texts are drawn.
public struct AlsoSampled: Sendable, Hashable, Codable {
  public var sampling: Sampling
  public var seeds: [Int]

  public init(sampling: Sampling, seeds: [Int]) {
    self.sampling = sampling
    self.seeds = seeds
  }
}

/// A prompt with answers of its own.
public struct Question: Sendable, Hashable, Codable {
  public var prompt: String
  public var target: [String]
  public var original: [String]

  public init(prompt: String, target: [String] = [], original: [String]) {
    self.prompt = prompt
    self.target = target
    self.original = original
  }
}

/// A capability that should be left whole.
public struct CapabilitySpec: Sendable, Hashable, Codable {
  public struct Item: Sendable, Hashable, Codable {
    public var prompt: String
    public var answer: String
    public init(prompt: String, answer: String) {
      self.prompt = prompt
      self.answer = answer
    }
  }
  /// Where a capability lies from what is steered.
  public enum Part: String, Sendable, Hashable, Codable, CaseIterable {
    /// Of the same kind: other facts.
    case near
    /// Unrelated tasks.
    case far
  }
  /// What a scorer may be told in a study file, by its key there.
  public static let keys = ["texts", "items", "chance", "stop", "tokens"]

  /// The id of a scorer.
  public var scorer: String
  /// How it is called in tables; the scorer's id where a study gives none.
  public var name: String
  public var part: Part?
  /// Share of the baseline that must be kept.
  public var floor: Double
  public var texts: [String]
  public var items: [Item]
  /// The score of guessing.
  public var chance: Double
  /// Ends an answer: what is written before it must then be the answer and no more. Nil: the
  /// answer must only stand first.
  public var stop: String?
  /// Tokens an answer may take; 0 is as many as the longest answer needs.
  public var tokens: Int

  public init(
    scorer: String, name: String? = nil, part: Part? = nil, floor: Double, texts: [String] = [],
    items: [Item] = [], chance: Double = 0, stop: String? = nil, tokens: Int = 0
  ) {
    self.scorer = scorer
    self.name = name ?? scorer
    self.part = part
    self.stop = stop
    self.tokens = tokens
    self.floor = floor
    self.texts = texts
    self.items = items
    self.chance = chance
  }
}

/// The controls.
public struct ArmsSpec: Sendable, Hashable, Codable {
  public var random: Int
  public var onManifoldRandom: Int
  public var shuffled: Int
  public var reversed: Bool
  /// `auto`, `none` or a site.
  public var wrongLayer: String
  public var refits: Int
  /// The target's unembedding rows minus the original's, at the chosen site and the same doses.
  public var unembeddingDifference: Bool
  /// A bias on the target's logits against the original's.
  public var logitBias: Bool
  /// The vector of another contrast, fitted and read as the study's.
  public var unrelated: Contrast?
  /// A text before every prompt, in place of a vector.
  public var promptBaseline: String?

  public init(
    random: Int = 19, onManifoldRandom: Int = 0, shuffled: Int = 1, reversed: Bool = true,
    wrongLayer: String = "auto", refits: Int = 8, unembeddingDifference: Bool = false,
    logitBias: Bool = false, unrelated: Contrast? = nil, promptBaseline: String? = nil
  ) {
    self.random = random
    self.onManifoldRandom = onManifoldRandom
    self.shuffled = shuffled
    self.reversed = reversed
    self.wrongLayer = wrongLayer
    self.refits = refits
    self.unembeddingDifference = unembeddingDifference
    self.logitBias = logitBias
    self.unrelated = unrelated
    self.promptBaseline = promptBaseline
  }
}
