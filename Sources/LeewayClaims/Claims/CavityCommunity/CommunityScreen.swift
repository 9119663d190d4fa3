import LeewayBase

/// One community, of the user's or drawn: species taken out and added back.
struct CommunityScreen {
  let community: Community
  let newcomers: [Newcomer]
  /// How many were to be added, each by itself.
  let tried: Int
  let isOwn: Bool

  /// - Throws: what the file or the community lacks.
  init(_ run: ClaimRun, mu: Double, sigma: Double, gamma: Double) throws {
    let path = run.file("community")
    isOwn = path != nil
    if let path {
      community = try CommunityFile.read(path)
    } else {
      var stream = run.stream("screen", "\(run.integer("seed"))")
      let count = run.integer("species")
      community = Community(
        count, scale: count, mu: mu, sigma: sigma, gamma: gamma, &stream)
    }
    let added = run.integer("added")
    guard added <= community.size else {
      throw ClaimError.badValue(
        claim: run.claim, parameter: "added",
        expected: "a whole number from 0 to \(community.size), the species there are",
        found: "\(added)")
    }
    let community = community
    // One of a thousand species takes long: each is a step, after which a run can be stopped.
    let name = ContentHash.sha256("\(community)")
    let susceptibility: Double? = try run.once("screen \(name) 2") {
      community.equilibrium().flatMap(community.susceptibility)
    }
    let asked = added == 0 ? Array(0..<community.size) : [added - 1]
    var made: [Newcomer] = []
    for (place, species) in asked.enumerated() {
      guard let susceptibility else { break }
      run.tell("species added", place, of: asked.count)
      let newcomer: Newcomer? = try run.once("newcomer \(name) \(species) 2") {
        Newcomer(community, adding: species, susceptibility: susceptibility)
      }
      if let newcomer { made.append(newcomer) }
    }
    if let path, made.isEmpty {
      throw ClaimError.badFile(
        path: path, line: 1,
        problem:
          "this community has no equilibrium with finite abundances that pivots or Lemke's path "
          + "reach; its species may help one another without bound")
    }
    newcomers = made
    tried = added == 0 ? community.size : 1
  }

  private var title: String { isOwn ? "the loaded community" : "one drawn community" }

  /// The newcomer that comes to most: it moves the others. One that dies out moves nothing.
  private var shown: Newcomer? { newcomers.max { $0.actual < $1.actual } }

  /// The largest error of h/u with the community's own response.
  private var miss: Double? {
    newcomers.compactMap { one in one.byResponse.map { abs($0 - one.actual) } }.max()
  }

  var values: [Findings.Measured] {
    let told = Double(newcomers.count { $0.isRight }) / Double(newcomers.count)
    return [
      .init("fates", "share of newcomers to \(title) whose fate is told", told),
      .init("miss", "largest error of h/u, own response, in \(title)", miss),
    ]
  }

  /// What the tables come to.
  var note: String {
    guard !newcomers.isEmpty else {
      return """
        A drawn community of \(community.size) species is not shown: neither pivots nor Lemke's path \
        found an equilibrium of this one.
        """
    }
    let right = newcomers.count { $0.isRight }
    let left = tried - newcomers.count
    return String(
      format: "In \(title) %d of %d newcomers settle or not as their field says%@.%@", right,
      newcomers.count,
      miss.map { String(format: "; h/u with its own response is off by at most %.4f", $0) } ?? "",
      left > 0 ? " \(left) more have no equilibrium to be added to or to end in." : "")
  }

  var tables: [Findings.Table] {
    guard let most = shown else { return [] }
    let others = community.without(community.names.firstIndex(of: most.name) ?? 0).names
    return [
      .init(
        "Species added to \(title)",
        caption: "Each was taken out, predicted from the rest, and added back.",
        columns: ["added", "field h", "h/u, own response", "h/u, mean", "solved anew", "fate"],
        rows: newcomers.map {
          [
            .text($0.name), .number($0.field, 4), .number($0.byResponse, 4),
            .number($0.byMean, 4), .number($0.actual, 4), .text($0.isRight ? "right" : "wrong"),
          ]
        }),
      .init(
        "What adding \(most.name) does to the others",
        columns: ["species", "before", "predicted shift", "shift, solved anew"],
        rows: others.indices.map {
          [
            .text(others[$0]), .number(most.before[$0], 4), .number(most.predictedShift[$0], 4),
            .number(most.actualShift[$0], 4),
          ]
        }),
    ]
  }

  var pictures: [Picture] {
    guard let most = shown else { return [] }
    let reach = newcomers.reduce(1e-9) { max($0, $1.actual, $1.byResponse ?? 0) }
    return [
      .chart(
        Chart(
          "Predicted and actual abundance in \(title)",
          caption: "A dot is a species that was added; on the line the prediction is right.",
          x: .init("predicted, h/u", low: 0), y: .init("solved anew", low: 0),
          series: [
            .init("equal", .dashed, [.init(0, 0), .init(reach, reach)]),
            .init(
              "own response", .dots,
              newcomers.compactMap { one in one.byResponse.map { .init($0, one.actual) } }),
            .init(
              "mean response", .dots,
              newcomers.compactMap { one in one.byMean.map { .init($0, one.actual) } }),
          ])),
      .chart(
        Chart(
          "How the others shift when \(most.name) is added",
          caption:
            "A dot is one of the others. Predicted is -(dN/dK) alpha h/u, without solving anew.",
          x: .init("predicted by linear response"), y: .init("solved anew"),
          series: [
            .init(
              "species", .dots,
              zip(most.predictedShift, most.actualShift).map { .init($0, $1) })
          ])),
    ]
  }
}
