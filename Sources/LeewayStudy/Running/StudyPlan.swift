import LeewayModel

/// What a study would run, without running it.
public struct StudyPlan: Sendable, Hashable, Codable {
  public var sites: [Site]
  public var doses: [Double]
  public var choosingPrompts: Int
  public var reportingPrompts: Int
  /// Settings (vector, site, dose), the baseline counted once a half.
  public var settings: Int
  /// Settings that refinement and refits add, at most.
  public var addedAtMost: Int
  /// Of settings × scorers.
  public var conditions: Int
  /// Tokens through the model if nothing were shared, additions counted.
  public var tokens: Int
  /// Multiply-adds if nothing were shared; the planner does fewer.
  public var multiplyAdds: Double
  public var notes: [String]

  /// - Throws: `StudyError.invalid` with every mistake.
  public static func describe(_ study: Study, context: RunContext) throws -> StudyPlan {
    let resolved = try ResolvedStudy(study, context)
    let doses = study.sweep.doses.count
    let arms = study.arms
    let wrong = arms.wrongLayer == "none" || context.provenance.layers < 2 ? 0 : 1
    let pushed = (arms.unembeddingDifference ? 1 : 0) + (arms.logitBias ? 1 : 0)
    let controls =
      arms.random + arms.onManifoldRandom + arms.shuffled + (resolved.reversed ? 1 : 0) + wrong
      + (arms.unrelated == nil ? 0 : 1) + pushed
    let choosing = resolved.choosing.isEmpty ? 0 : resolved.sites.count * doses + 1
    let reporting = (resolved.sites.count + controls) * doses + 1
    let refined = study.sweep.refine.rounds == 0 ? 0 : study.sweep.refine.cap
    let added = refined + arms.refits * min(8, doses + refined)
    let first = try resolved.tasks(resolved.choosing, choosing: true).map(\.scorer)
    let second = try resolved.tasks(resolved.reporting, choosing: false).map(\.scorer)
    let further = resolved.furtherTasks().map(\.scorer)
    let prompted = resolved.promptedTasks().map(\.scorer)
    let asked = (1 + pushed) * doses + 1
    let tokens =
      choosing * first.reduce(0) { $0 + $1.tokens }
      + (reporting + added) * second.reduce(0) { $0 + $1.tokens }
      + (asked + refined) * further.reduce(0) { $0 + $1.tokens }
      + prompted.reduce(0) { $0 + $1.tokens }
    var notes = resolved.notes
    for scorer in second {
      guard let asked = scorer as? NextToken else { continue }
      if asked.unclean > 0 {
        notes.append(
          "Under \(asked.unclean) prompts the last token changes when an answer follows:"
            + " all answers are scored from the token before.")
      }
      if asked.ambiguous > 0 {
        notes.append(
          "Under \(asked.ambiguous) prompts a target and an original begin with the same token:"
            + " whole answers are compared.")
      }
    }
    return StudyPlan(
      sites: resolved.sites, doses: study.sweep.doses, choosingPrompts: resolved.choosing.count,
      reportingPrompts: resolved.reporting.count, settings: choosing + reporting,
      addedAtMost: added,
      conditions: choosing * first.count + reporting * second.count + asked * further.count
        + prompted.count,
      tokens: tokens, multiplyAdds: Double(tokens) * Double(context.provenance.parameters),
      notes: notes)
  }
}
