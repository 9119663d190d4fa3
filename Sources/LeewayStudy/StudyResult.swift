import LeewayModel
import LeewayStatistics

/// A finished study as data: what the table, the page, `--json` and CSV are made from.
///
/// It holds no clock and no order of hashes: the same trials give the same bytes.
public struct StudyResult: Sendable, Codable {
  public var name: String
  public var question: String
  /// The study file as written.
  public var studyText: String
  /// The study as resolved, canonical JSON.
  public var resolvedJSON: String
  public var planHash: String
  public var provenance: Provenance
  /// Plain names of what is being flipped, for titles: "boy", "girl".
  public var target: String
  public var original: String
  public var effectName: String
  public var effectCriterion: Double
  /// Name of each capability with its floor (relative to the baseline).
  public var capabilities: [CapabilityRecord]
  /// Every arm at every site, the study's vector first.
  public var arms: [ArmResult]
  /// The site chosen on the choosing half of the prompts, reported on the other.
  public var chosenSite: Site
  /// What one may say, in one line: "open", "not above random", ...
  public var headline: String
  /// Things the reader must know: failed trials, baselines that are not measurable, censoring.
  public var notes: [String]
  public var failedTrials: Int
  public var totalTrials: Int
  /// Whether the vector installed the falsehood or only the word; nil without entailment.
  public var installed: Installed?
  /// The prompts behind another text, at dose 0; nil without that arm.
  public var prompted: PromptedResult?
}

/// What a text before the prompts does in place of a vector.
public struct PromptedResult: Sendable, Codable, Hashable {
  public var text: String
  public var answers: AnswerShares
}

/// How some questions were answered.
public struct AnswerShares: Sendable, Codable, Hashable {
  public var target: Proportion
  public var originalShare: Double
}

public struct Provenance: Sendable, Codable, Hashable {
  public var modelPath: String
  public var architecture: String
  public var parameters: Int
  public var layers: Int
  public var width: Int
  public var checkpointHash: String
  public var tokenizerHash: String
  public var engineVersion: String
  public var precision: String
  public var kernelSet: String
  public var ignoredKeys: [String]
  /// Parameters but those of embeddings and unembedding; nil in results of earlier versions.
  public var nonEmbeddingParameters: Int?

  public init(
    modelPath: String, architecture: String, parameters: Int, layers: Int, width: Int,
    checkpointHash: String, tokenizerHash: String, engineVersion: String, precision: String,
    kernelSet: String, ignoredKeys: [String] = [], nonEmbeddingParameters: Int? = nil
  ) {
    self.modelPath = modelPath
    self.architecture = architecture
    self.parameters = parameters
    self.layers = layers
    self.width = width
    self.checkpointHash = checkpointHash
    self.tokenizerHash = tokenizerHash
    self.engineVersion = engineVersion
    self.precision = precision
    self.kernelSet = kernelSet
    self.ignoredKeys = ignoredKeys
    self.nonEmbeddingParameters = nonEmbeddingParameters
  }
}

public struct CapabilityRecord: Sendable, Codable, Hashable {
  public var name: String
  public var floor: Double
  /// The raw score at dose 0, and the score of guessing.
  public var baseline: Double
  public var chance: Double
  /// False when the baseline is below chance + half of the way to 1: never used in a ceiling.
  public var measurable: Bool
  public var part: CapabilitySpec.Part?
  /// The ceiling that it alone would set on the main vector; nil when it is in no ceiling.
  public var ceiling: Crossing?
  /// Why it is in no ceiling although it is measurable here: another model of the comparison
  /// lacks it.
  public var leftOut: Bool?
}

public enum ArmKind: String, Sendable, Codable, Hashable, CaseIterable {
  case vector, random
  case onManifoldRandom = "on-manifold-random"
  case shuffled, reversed
  case wrongLayer = "wrong-layer"
  case unrelated
  case unembeddingDifference = "unembedding-difference"
  case logitBias = "logit-bias"
  case refit

  /// Under these the measures that stand beside the window are asked too.
  var isMeasuredFurther: Bool { self == .unembeddingDifference || self == .logitBias }
}

public struct ArmResult: Sendable, Codable {
  public var kind: ArmKind
  /// 0 for single arms; the draw for random, shuffled and refit arms.
  public var index: Int
  public var site: Site
  public var positions: Positions
  public var vector: VectorRecord
  /// By dose, ascending, dose 0 first.
  public var points: [DosePoint]
  public var window: WindowEstimate?
  public var seedColumns: SeedColumns?
  /// Rank of the arm's area among the random arms (1 is best) and how many there were.
  public var rank: Int?
  public var ranked: Int?
  /// The area that was ranked, in octaves: above the mean of all other arms of the comparison, on
  /// the doses that all of them ran. A random arm's is the one in the main vector's comparison.
  public var rankedArea: Double?
  /// The measured doses that stand for onset and ceiling: the first from the onset on, the last up
  /// to the ceiling. Nil where the grid has none.
  public var doseAtOnset: Double?
  public var doseAtCeiling: Double?
  /// Where the texts that were drawn otherwise cross the criterion.
  public var sampledOnset: Crossing?
  /// Of the main vector: the ceiling that each capability alone would set, by floor.
  public var ceilings: [FloorCeiling]?
}

/// What one capability says about the ceiling at one floor.
public struct FloorCeiling: Sendable, Codable, Hashable {
  /// Index into `StudyResult.capabilities`.
  public var capability: Int
  public var floor: Double
  /// Nil when the baseline lacks the capability.
  public var ceiling: Crossing?
}

public struct VectorRecord: Sendable, Codable, Hashable {
  public var hash: String
  public var method: String
  public var rawNorm: Double
  /// Residual norm at the site over neutral text.
  public var residualMedian: Double
  public var residualMean: Double
  public var residualP5: Double
  public var residualP95: Double
}

public struct DosePoint: Sendable, Codable {
  public var dose: Double
  /// dose × median residual norm: the length of what is added.
  public var strength: Double
  /// Mean angle between activation before and after, degrees.
  public var angle: Double
  /// Mean KL from baseline over the first 32 generated tokens, nats per token; nil if not generated.
  public var shift: Double?
  public var shiftP50: Double?
  public var shiftP95: Double?
  public var effect: Proportion
  public var originalShare: Double
  public var neitherShare: Double
  /// One a capability, in the order of `StudyResult.capabilities`: raw score, share of baseline kept.
  public var capabilities: [CapabilityPoint]
  /// Answers read off the texts that were drawn otherwise; nil where not asked, as below.
  public var sampled: AnswerShares?
  /// Other subjects: target is the study's.
  public var spillover: AnswerShares?
  /// What follows: target is what follows from the falsehood.
  public var entailment: AnswerShares?
  /// A text with the most frequent answer first, then one with each other answer.
  public var samples: [Sample]
  /// Interventions that happened and that were due.
  public var additionsMade: Int
  public var additionsExpected: Int
  /// True when refinement added this dose after the first grid.
  public var refined: Bool
}

public struct CapabilityPoint: Sendable, Codable, Hashable {
  public var score: Double
  public var relative: Double
  public var interval: Interval?
}

public struct Sample: Sendable, Codable, Hashable {
  public var prompt: String
  public var seed: Int
  public var text: String
  /// "target", "original" or "neither".
  public var label: String
}
