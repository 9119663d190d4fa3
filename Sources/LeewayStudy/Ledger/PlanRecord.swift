import LeewayModel

/// What a study came to run: its arms, doses and the conditions that each point is made of. With
/// the ledger's conditions it gives the result, without a model.
public struct PlanRecord: Sendable, Codable, Hashable {
  /// One point of an arm.
  public struct Point: Sendable, Codable, Hashable {
    public var dose: Double
    public var strength: Double
    public var refined: Bool
    /// One a measure, in the order of `measures`; arms under which the last ones were not asked
    /// have fewer.
    public var conditions: [String]
  }
  public struct Arm: Sendable, Codable, Hashable {
    public var kind: ArmKind
    public var index: Int
    public var site: Site
    public var positions: Positions
    public var vector: VectorRecord
    /// Ascending by dose, without dose 0.
    public var points: [Point]
  }
  /// What is measured at each point.
  public enum Role: String, Sendable, Codable, Hashable {
    case answer, generation, shift, angle, capability, sampled, spillover, entailment, prompted
    case sampledText = "sampled-text"
    case spilloverText = "spillover-text"
    case entailmentText = "entailment-text"
    case promptedText = "prompted-text"
  }
  public struct Measure: Sendable, Codable, Hashable {
    public var role: Role
    public var scorer: String
    /// Index into the study's capabilities.
    public var capability: Int?
  }

  public var planHash: String
  public var study: Study
  public var studyText: String
  public var provenance: Provenance
  public var measures: [Measure]
  /// Prompts of the reporting half, as indices into the study's prompts.
  public var reporting: [Int]
  public var choosing: [Int]
  public var seeds: [Int]
  public var chosenSite: Site
  /// The area of the vector at each site on the choosing half; empty when one site was given.
  public var choice: [SiteScore]
  public struct SiteScore: Sendable, Codable, Hashable {
    public var site: Site
    public var area: Double
  }
  /// The conditions of dose 0 on the reporting half.
  public var baseline: [String]
  public var arms: [Arm]
  public var notes: [String]
}
