import LeewayStatistics
import LeewayStudy

/// One study on several models, the smallest first.
public struct Family: Sendable {
  public struct Member: Sendable {
    /// The model's name; within the family, no other has it.
    public var name: String
    /// The member's own page, relative to the family's.
    public var page: String
    public var result: StudyResult

    public init(name: String, page: String, result: StudyResult) {
      self.name = name
      self.page = page
      self.result = result
    }
  }
  public let members: [Member]

  /// Sorted by parameters without embeddings; models of one size keep their order.
  public init(_ members: [Member]) {
    self.members = members.enumerated().sorted {
      (Self.size($0.element), $0.offset) < (Self.size($1.element), $1.offset)
    }.map(\.element)
  }

  static func size(_ member: Member) -> Int {
    member.result.provenance.nonEmbeddingParameters ?? member.result.provenance.parameters
  }

  /// Capabilities, as indices, that not every model has: in a comparison they set no ceiling.
  public static func notShared(_ results: [StudyResult]) -> Set<Int> {
    Set(
      results.flatMap { result in
        result.capabilities.indices.filter { !result.capabilities[$0].measurable }
      })
  }

  var views: [(member: Member, view: StudyView)] { members.map { ($0, StudyView($0.result)) } }

  /// One dose axis for all.
  var doses: [Double] {
    StudyView.ascending(
      views.flatMap { pair in pair.view.chosen?.points.map(\.dose) ?? [] })
  }

  /// What is said of chance, in one line.
  var randomLine: String {
    // Where nothing can be measured, a window of a random direction means nothing either.
    let counts = views.filter { $0.view.chosen?.window?.verdict != .notMeasurable }
      .map { pair in pair.view.randoms }
    let total = counts.reduce(0) { $0 + $1.count }
    guard total > 0 else { return "no random directions were run: nothing is said about chance" }
    let open = counts.reduce(0) { sum, arms in sum + arms.count(where: Self.hasWindow) }
    let each =
      Set(counts.map(\.count)).count == 1
      ? "\(counts[0].count) random directions a model"
      : "\(total) random directions in all"
    return each + ": " + (open == 0 ? "no window in any" : "\(open) of \(total) have a window")
  }

  /// An onset on the grid that lies below the ceiling.
  private static func hasWindow(_ arm: ArmResult) -> Bool {
    guard let window = arm.window, let octaves = window.octaves else { return false }
    if case .above = window.onset { return false }
    return octaves > 0
  }

  /// The line under the question.
  var subject: String {
    guard let first = members.first?.result else { return "" }
    let sites = Set(views.compactMap { $0.view.chosen?.site })
    let place =
      depth(first).map { "at \(NumberText.percent($0)) of the depth" }
      ?? (sites.count == 1 ? "\(sites.first.map { "\($0)" } ?? "")" : "each at its own site")
    return "\(first.name): target “\(first.target)”, truth “\(first.original)”, \(place)"
  }

  /// The share of the blocks after which the study pushes, when it says so itself.
  private func depth(_ result: StudyResult) -> Double? {
    let study = try? CanonicalCoder.decode(Study.self, from: Array(result.resolvedJSON.utf8))
    guard let sites = study?.sweep.sites, sites.count == 1 else { return nil }
    return Depth(sites[0])?.share
  }

  static let caution =
    "One checkpoint a size: differences between models are theirs, not yet those of size."

  /// `26 k`, `1.3 M`.
  package static func count(_ parameters: Int) -> String {
    let value = Double(parameters)
    return switch parameters {
    case ..<1000: "\(parameters)"
    case ..<1_000_000: NumberText.significant(value / 1e3, value < 1e4 ? 2 : 3) + " k"
    case ..<1_000_000_000: NumberText.significant(value / 1e6, value < 1e7 ? 2 : 3) + " M"
    default: NumberText.significant(value / 1e9, 3) + " G"
    }
  }

  /// Share of the prompts that get the original answer from the model as it is.
  static func knows(_ view: StudyView) -> Double? {
    view.chosen?.points.first { $0.dose == 0 }?.originalShare
  }
}
