import LeewayClaims

/// What a sweep says in words.
enum SweepWords {
  static func title(_ sweep: ClaimSweep) -> String {
    "\(sweep.claim) by \(sweep.axes.map(\.name).joined(separator: " and "))"
  }

  static func verdict(_ point: ClaimSweep.Point) -> String {
    point.verdict.map { ClaimWords.outcome($0.outcome) } ?? "no answer"
  }

  /// Where the verdict turns, over one parameter: `supported from 0 to 0.3, refuted from 0.4 to 1`.
  /// Over two, how many points came out how.
  static func verdicts(_ sweep: ClaimSweep) -> String {
    let told = sweep.points.map(verdict)
    guard sweep.axes.count == 1, let axis = sweep.axes.first else { return counts(told) }
    guard axis.numbers != nil, axis.name != Claim.Parameter.seed else {
      return Set(told).count == 1 ? "\(told[0]) at every \(axis.name)" : counts(told)
    }
    if Set(told).count == 1 { return "\(told[0]) at every \(axis.name)" }
    var runs: [(word: String, first: Int, last: Int)] = []
    for (place, word) in told.enumerated() {
      if runs.last?.word == word {
        runs[runs.count - 1].last = place
      } else {
        runs.append((word, place, place))
      }
    }
    return runs.map { run in
      let (first, last) = (axis.values[run.first], axis.values[run.last])
      return run.first == run.last
        ? "\(run.word) at \(axis.name) \(first)"
        : "\(run.word) from \(axis.name) \(first) to \(last)"
    }.joined(separator: ", ")
  }

  private static func counts(_ told: [String]) -> String {
    var words: [String] = []
    for word in told where !words.contains(word) { words.append(word) }
    return words.map { word in "\(word) at \(told.filter { $0 == word }.count) of \(told.count)" }
      .joined(separator: ", ")
  }

  /// `31 of 31`; nil where no target applies.
  static func held(_ point: ClaimSweep.Point) -> String? {
    point.checks.isEmpty
      ? nil : "\(point.checks.filter(\.holds).count) of \(point.checks.count)"
  }

  /// Each missed target with where it was missed.
  static func misses(_ sweep: ClaimSweep) -> [String] {
    sweep.points.flatMap { point in
      point.checks.filter { !$0.holds }.map { "\(place(point, sweep)): \(ClaimWords.failure($0))" }
    }
  }

  /// Why points have no answer: each reason once, behind the points that have it.
  static func failures(_ sweep: ClaimSweep) -> [String] {
    var reasons: [(reason: String, places: [String])] = []
    for point in sweep.points {
      guard let reason = point.failure else { continue }
      let place = place(point, sweep)
      if let known = reasons.firstIndex(where: { $0.reason == reason }) {
        reasons[known].places.append(place)
      } else {
        reasons.append((reason, [place]))
      }
    }
    return reasons.map { "\($0.places.joined(separator: "; ")): \($0.reason)" }
  }

  static func place(_ point: ClaimSweep.Point, _ sweep: ClaimSweep) -> String {
    zip(sweep.axes, point.at).map { "\($0.name) \($1)" }.joined(separator: ", ")
  }

  /// What measures it again.
  static func command(_ sweep: ClaimSweep) -> String {
    "leeway claims sweep \(sweep.claim)"
      + sweep.axes.map { axis in
        " --over \(axis.name)=\(axis.values.map { "\($0)" }.joined(separator: ","))"
      }.joined() + sweep.settings.map { " --set \($0)" }.joined()
  }
}
