import LeewayBase

/// A claim measured at every point of a grid over one or two of its parameters.
public struct ClaimSweep: Sendable, Codable, Equatable {
  public var claim: String
  public var title: String
  public var sentence: String
  public var axes: [SweepAxis]
  /// What was set otherwise, at every point: `NAME=VALUE`.
  public var settings: [String]
  /// The last axis runs fastest.
  public var points: [Point]
  public var engine: String

  public struct Point: Sendable, Codable, Equatable {
    /// A value for each axis.
    public var at: [Claim.Value]
    /// Nil where the claim has no answer at these parameters.
    public var verdict: Findings.Verdict?
    public var values: [Findings.Measured]
    /// Targets, where they apply.
    public var checks: [ClaimRecord.Check]
    /// Why there is no verdict.
    public var failure: String?

    public func value(_ id: String) -> Findings.Measured? { values.first { $0.id == id } }
  }

  /// Measured values in the order in which the points first name them.
  public var valueIDs: [String] {
    var ids: [String] = []
    for value in points.flatMap(\.values) where !ids.contains(value.id) { ids.append(value.id) }
    return ids
  }

  /// What a value is called, and its unit.
  public func label(_ id: String) -> (label: String, unit: String) {
    let value = points.lazy.compactMap { $0.value(id) }.first
    return (value?.label ?? id, value?.unit ?? "")
  }

  public var checks: [ClaimRecord.Check] { points.flatMap(\.checks) }
}

extension Claim {
  /// The most points of a grid.
  public static let mostSweepPoints = 10_000

  /// Measures the claim at every point of the grid. A point that has no answer is kept as such; a
  /// point that was measured before, by the same engine, is read from the notebook.
  ///
  /// - Parameters:
  ///   - axes: one or two, of different parameters, none of which is set.
  ///   - settings: `NAME=VALUE`, at every point.
  ///   - describe: an error as a sentence.
  /// - Throws: `ClaimError` for what cannot be swept, and when it was stopped.
  public func sweep(
    over axes: [SweepAxis], settings: [String] = [], engine: String = "", tools: ClaimTools,
    describe: (any Error) -> String
  ) throws -> ClaimSweep {
    try checkSweep(axes, settings)
    let grid = axes.reduce([[Value]()]) { grid, axis in
      grid.flatMap { point in axis.values.map { point + [$0] } }
    }
    var points: [ClaimSweep.Point] = []
    for at in grid {
      if tools.isCancelled() { throw ClaimError.cancelled(claim: id) }
      let place = zip(axes, at).map { "\($0.name)=\($1)" }
      let done = points.count
      tools.progress(
        ClaimProgress(
          claim: id, what: place.joined(separator: " "), done: done, total: grid.count))
      var inner = tools
      inner.progress = { progress in
        var told = progress
        told.what = place.joined(separator: " ") + ": " + progress.what
        tools.progress(told)
      }
      points.append(
        try point(at, settings + place, engine: engine, tools: inner, describe: describe))
    }
    return ClaimSweep(
      claim: id, title: title, sentence: sentence, axes: axes, settings: settings, points: points,
      engine: engine)
  }

  /// What can be known before anything is measured.
  package func checkSweep(_ axes: [SweepAxis], _ settings: [String]) throws(ClaimError) {
    let set = try values(settings)
    let names = axes.map(\.name)
    guard (1...2).contains(axes.count), Set(names).count == axes.count else {
      throw .badAxis(
        claim: id, text: names.joined(separator: " "),
        problem: "expected one parameter, or two different ones")
    }
    let chosen = settings.compactMap { $0.split(separator: "=").first.map(String.init) }
    if let name = names.first(where: chosen.contains), let value = set[name] {
      throw .badAxis(
        claim: id, text: name, problem: "it is swept and also set to \(value); leave out one")
    }
    let count = axes.reduce(1) { $0 * $1.values.count }
    guard count <= Self.mostSweepPoints else {
      throw .badAxis(
        claim: id, text: names.joined(separator: " "),
        problem: "\(count) points are too many; at most \(Self.mostSweepPoints)")
    }
  }

  private func point(
    _ at: [Value], _ settings: [String], engine: String, tools: ClaimTools,
    describe: (any Error) -> String
  ) throws -> ClaimSweep.Point {
    let values = try values(settings)
    func measure() throws -> ClaimSweep.Point {
      do {
        let record = try run(settings, engine: engine, tools: tools)
        return ClaimSweep.Point(
          at: at, verdict: record.findings.verdict, values: record.findings.values,
          checks: record.checks)
      } catch let error as ClaimError {
        switch error {
        case .noSolution, .notMeasurable:
          return ClaimSweep.Point(at: at, values: [], checks: [], failure: describe(error))
        default: throw error
        }
      }
    }
    // What a file holds may change under its name.
    let hasFile = values.values.contains {
      if case .file(let path) = $0 { !path.isEmpty } else { false }
    }
    if hasFile { return try measure() }
    let all = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return try tools.once(
      claim: id, "point 1\n\(engine)\n" + all.joined(separator: "\n"), measure)
  }
}
