import Foundation
import LeewayBase

extension Claim {
  /// E-i: a species added to a community that is there.
  static let cavityCommunity = Claim(
    id: "cavity-community",
    title: "Does adding one cavity species tell what a finite community does?",
    sentence: """
      In their case they add an additional “cavity” species to an existing community and solve for self \
      consistency.
      """,
    hypothesis: """
      The field that a community leaves to a newcomer tells whether it settles and how many there will \
      be, and demanding that a newcomer be like all others gives the community's own statistics, with an \
      error that falls as one over the number of species.
      """,
    experiment: """
      Species with random interactions (mean mu/S, variance sigma squared over S, correlation gamma between \
      what two do to each other) are brought to the state that no absent species can invade. One more \
      species is added. Its field h is its capacity less what the others take; it should settle if h is \
      positive, with abundance h/u, where u is 1 less the community's push back. The community is then \
      solved anew and both are compared. If the newcomer is like all others, its distribution is theirs: \
      that gives the share of survivors and their abundance without any simulation, which is compared at \
      each size S. The same is done for consumers and resources. A community of one's own can be \
      loaded: each of its species in turn is taken out and added back.
      """,
    cost: .quick(seconds: 12),
    parameters: [
      .number("mu", 4, -50...1000, "S times the mean interaction"),
      .number("sigma", 1, 0.01...10, "spread of interactions times the root of S"),
      .number("gamma", 0, -1...1, "correlation of what two species do to each other"),
      .number("effort", 1, 0.01...100, "communities drawn, times the standard numbers"),
      .integer("largest", 400, 10...400, "the largest community of the table"),
      .file(
        "community",
        "a CSV file: a species a line as [name,][capacity,]alpha_1,...,alpha_S; its own limit of 1 is "
          + "not in alpha"),
      .integer("added", 0, 0...10_000, "the line of the species that is added; 0: each in turn"),
      .integer(
        "species", 30, 2...200, "species of the community that is shown when none is loaded"),
      .number("resource-ratio", 1, 0.05...20, "consumers per resource"),
      .number("eaten", 1, 0...100, "S times the mean consumption"),
      .number("eaten-spread", 1, 0.05...10, "its spread times the root of S"),
      .number("capacity", 1, 0.01...100, "mean capacity of resources"),
      .number("capacity-spread", 0.1, 0...10, "its spread"),
      .number("loss", 1, 0...100, "mean loss of consumers"),
      .number("loss-spread", 0.1, 0...10, "its spread"),
      .integer("resources", 200, 10...400, "resources of a simulated community"),
      .integer("seed", 1, 0...1_000_000, "of all draws"),
    ],
    targets: CavityCommunity.targets,
    measure: { run in try CavityCommunity(run).findings() })
}

private struct CavityCommunity {
  let run: ClaimRun
  let mu, sigma, gamma: Double
  static let sizes = [(10, 4000), (20, 6000), (50, 800), (100, 400), (200, 600), (400, 150)]

  static var targets: [Claim.Target] {
    var targets: [Claim.Target] = [
      .init("delta", 0.4707, within: .absolute(5.1e-5)),
      .init("survivors", 0.6811, within: .absolute(5.1e-5)),
      .init("mean", 0.2130, within: .absolute(5.1e-5)),
      .init("square", 0.0988, within: .absolute(5.1e-5)),
      .init("susceptibility", 0.6811, within: .absolute(5.1e-5)),
      .init("denominator", 1, within: .absolute(5.1e-5)),
      .init("stability", 0.6811, within: .absolute(5.1e-5)),
      .init("consumers", 0.2772, within: .absolute(5.1e-5)),
      .init("resources", 0.9773, within: .absolute(5.1e-5)),
      .init("consumer-mean", 0.1651, within: .absolute(5.1e-5)),
      .init("resource-mean", 0.6006, within: .absolute(5.1e-5)),
      .init("chi", 0.7001, within: .absolute(5.1e-5)),
      .init("nu", -0.3959, within: .absolute(5.1e-5)),
      .init("drawn-consumers", 0.277, within: .absolute(0.02), .measured),
      .init("drawn-resources", 0.979, within: .absolute(0.01), .measured),
      .init("drawn-consumer-mean", 0.164, within: .absolute(0.01), .measured),
      .init("drawn-resource-mean", 0.606, within: .absolute(0.03), .measured),
    ]
    // Two standard errors of the difference of two such measurements.
    let bySize: [(Int, Double, Double, Double, Double, Double, Double)] = [
      (10, 0.6181, 0.0036, 0.2398, 0.005, 0.67, 0.968),
      (20, 0.6374, 0.0028, 0.2258, 0.003, 0.75, 0.995),
      (50, 0.6619, 0.0025, 0.2183, 0.002, 0.91, 1),
      (100, 0.6708, 0.0024, 0.2163, 0.0015, 0.964, 1),
      (200, 0.6820, 0.0032, 0.2139, 0.0015, 0.987, 1),
      (400, 0.6782, 0.0050, 0.2140, 0.0015, 0.992, 1),
    ]
    for (size, survivors, error, mean, meanError, explained, fate) in bySize {
      let gap = 2 * 2.0.squareRoot() * error
      targets += [
        .init("survivors-\(size)", survivors, within: .absolute(gap), .measured),
        .init("mean-\(size)", mean, within: .absolute(meanError), .measured),
        .init("explained-\(size)", explained, within: .absolute(0.08), .measured),
        .init("right-\(size)", fate, within: .absolute(0.012), .measured),
      ]
    }
    let ways: [(Int, Double, Double, Double, Double, Double)] = [
      (10, 1.047, 0.142, 0.01, 0.7805, 0.03), (20, 1.049, 0.105, 0.008, 0.918, 0.02),
      (50, 1.015, 0.069, 0.005, 0.986, 0.0125), (100, 0.995, 0.049, 0.005, 1, 0.006),
    ]
    for (size, slope, spread, spreadError, solved, solvedError) in ways {
      targets += [
        .init("slope-\(size)", slope, within: .absolute(0.05), .measured),
        .init("spread-\(size)", spread, within: .absolute(spreadError), .measured),
        .init("solved-\(size)", solved, within: .absolute(solvedError), .measured),
      ]
    }
    return targets
  }

  init(_ run: ClaimRun) {
    self.run = run
    (mu, sigma, gamma) = (run.number("mu"), run.number("sigma"), run.number("gamma"))
  }

  private var setting: ConsumerTheory.Setting {
    ConsumerTheory.Setting(
      ratio: run.number("resource-ratio"), mean: run.number("eaten"),
      spread: run.number("eaten-spread"), capacity: run.number("capacity"),
      capacitySpread: run.number("capacity-spread"), loss: run.number("loss"),
      lossSpread: run.number("loss-spread"))
  }

  func findings() throws -> Findings {
    let screen = try CommunityScreen(run, mu: mu, sigma: sigma, gamma: gamma)
    guard let theory = CommunityTheory(mu: mu, sigma: sigma, gamma: gamma) else {
      throw ClaimError.noSolution(
        claim: run.claim,
        condition: CommunityTheory.leastMu(sigma: sigma, gamma: gamma).map { least in
          String(
            format: "the species must not help one another without bound: mu > %.4f, not %g", least,
            mu)
        }
          ?? String(
            format: "one stable equilibrium needs sigma < sqrt(2)/(1 + gamma), here %.4f",
            2.0.squareRoot() / (1 + gamma)))
    }
    guard let consumers = ConsumerTheory(setting) else {
      throw ClaimError.noSolution(
        claim: run.claim,
        condition: "more resources than consumers must survive, phi_R > g phi_N; no such state was "
          + "found, as where losses are too small for so many consumers")
    }
    let ensembles = try ensembles(theory)
    guard let last = ensembles.last else {
      throw ClaimError.noSolution(
        claim: run.claim, condition: "two communities of one size must have an equilibrium")
    }
    let instances = try instances()
    let close = abs(last.survivors - theory.survivors) < 0.05
    let told = String(
      format: "with %d species it explains %.3f of newcomers' abundance and tells %.1f %% of "
        + "their fates; survivors %.4f beside %.4f",
      last.size, last.explained, 100 * last.rightFate, last.survivors, theory.survivors)
    return Findings(
      last.explained > 0.9 && last.rightFate > 0.98 && close
        ? .init(.supported, because: "The cavity holds in finite communities: \(told).")
        : last.explained > 0.5
          ? .init(.undecided, because: "The cavity holds in part: \(told).")
          : .init(.refuted, because: "The cavity does not tell a newcomer's fate: \(told)."),
      values: values(theory, consumers, ensembles, instances) + screen.values,
      tables: [table(ensembles)] + screen.tables,
      pictures: screen.pictures + [picture(theory, ensembles)],
      notes: [
        """
        Small communities are counted where pivots find their equilibrium, as they were for the printed \
        numbers. Pivots fail more often where few survive, so that the rows of 10 and 20 species lie \
        above the column "all", which is nearer to what trying every set of species gives.
        """,
        screen.note,
        "An equilibrium here cannot be invaded. Whether it is stable is not tested for one's own file.",
      ])
  }

  private func ensembles(_ theory: CommunityTheory) throws -> [CommunityEnsemble] {
    let sizes = Self.sizes.filter { $0.0 <= run.integer("largest") }
    var ensembles: [CommunityEnsemble] = []
    for (size, standard) in sizes {
      run.tell("\(size) species", ensembles.count, of: sizes.count)
      let count = max(2, Int((Double(standard) * run.number("effort")).rounded()))
      let seed = run.integer("seed")
      let made: CommunityEnsemble? = try run.once(
        "ensemble \(size) \(count) \(mu) \(sigma) \(gamma) \(seed) 3"
      ) {
        CommunityEnsemble(
          size, count: count, mu: mu, sigma: sigma, gamma: gamma,
          denominator: theory.denominator, kernels: run.tools.kernels
        ) { run.stream("ensemble", "\(size)", "\($0)", "\(seed)") }
      }
      if let made { ensembles.append(made) }
    }
    return ensembles
  }

  private func instances() throws -> [ConsumerInstance] {
    let (resources, seed) = (run.integer("resources"), run.integer("seed"))
    return try (0..<6).compactMap { number in
      run.tell("consumers", number, of: 6)
      return try run.once("consumers \(setting) \(resources) \(number) \(seed) 1") {
        var stream = run.stream("consumers", "\(number)", "\(seed)")
        return ConsumerInstance(setting, resources: resources, &stream)
      }
    }
  }

  private func values(
    _ theory: CommunityTheory, _ consumers: ConsumerTheory, _ ensembles: [CommunityEnsemble],
    _ instances: [ConsumerInstance]
  ) -> [Findings.Measured] {
    func drawn(_ value: (ConsumerInstance) -> Double) -> Double? {
      instances.isEmpty ? nil : mean(instances.map(value))
    }
    return [
      .init("survivors", "share that survives, cavity", theory.survivors),
      .init("delta", "Delta, the field's mean in standard deviations", theory.delta),
      .init("mean", "mean abundance, cavity", theory.mean),
      .init("square", "mean square abundance, cavity", theory.square),
      .init("susceptibility", "v, mean of dN/dK", theory.susceptibility),
      .init("denominator", "u, by which a newcomer's field is divided", theory.denominator),
      .init("stability", "phi sigma^2 / u^2, stable below 1", theory.stability),
    ]
      + ensembles.flatMap { row in
        [
          Findings.Measured(
            "survivors-\(row.size)", "share that survives of \(row.size) species", row.survivors,
            low: row.survivors - 1.96 * row.survivorsError,
            high: row.survivors + 1.96 * row.survivorsError),
          Findings.Measured(
            "mean-\(row.size)", "mean abundance with \(row.size) species", row.mean,
            low: row.mean - 1.96 * row.meanError, high: row.mean + 1.96 * row.meanError),
          Findings.Measured(
            "explained-\(row.size)",
            "share of newcomers' abundance that is explained, \(row.size) species",
            row.explained),
          Findings.Measured(
            "right-\(row.size)", "share of newcomers whose fate is told, \(row.size) species",
            row.rightFate),
          Findings.Measured(
            "all-\(row.size)",
            "share that survives of \(row.size) species, hard communities with the others",
            row.survivorsOfAll),
          Findings.Measured(
            "spread-\(row.size)", "spread of the share that survives of \(row.size) species",
            row.survivorsSpread),
          Findings.Measured(
            "slope-\(row.size)", "N / h of newcomers that settle among \(row.size) species",
            row.slope),
          Findings.Measured(
            "solved-\(row.size)", "share of communities of \(row.size) species that were solved",
            Double(row.solved) / Double(row.drawn)),
        ]
      }
      + [
        .init("consumers", "share of consumers that survives, cavity", consumers.species),
        .init("resources", "share of resources that survives, cavity", consumers.resources),
        .init("consumer-mean", "mean abundance of consumers, cavity", consumers.speciesMean),
        .init("resource-mean", "mean abundance of resources, cavity", consumers.resourceMean),
        .init("chi", "mean of dR/dK", consumers.chi),
        .init("nu", "mean of dN/dm", consumers.nu),
        .init("drawn-consumers", "share of consumers that survives, drawn", drawn(\.species)),
        .init("drawn-resources", "share of resources that survives, drawn", drawn(\.resources)),
        .init("drawn-consumer-mean", "mean abundance of consumers, drawn", drawn(\.speciesMean)),
        .init("drawn-resource-mean", "mean abundance of resources, drawn", drawn(\.resourceMean)),
      ]
  }

  private func table(_ ensembles: [CommunityEnsemble]) -> Findings.Table {
    .init(
      "Random communities by size",
      caption: """
        Survive: share of the species. Spread: of that share between communities. Explained, fate right: \
        of newcomers' abundance, and of their settling. N/h: of those that settle, 1/u by the cavity. \
        Solved: by pivots, and by Lemke's path where pivots failed; the latter count under "all" alone.
        """,
      columns: [
        "species", "survive", "s.e.", "all", "spread", "mean N", "explained", "fate right", "N/h",
        "solved",
      ],
      rows: ensembles.map { row in
        [
          .number(Double(row.size), 0), .number(row.survivors, 4), .number(row.survivorsError, 4),
          .number(row.survivorsOfAll, 4), .number(row.survivorsSpread, 3), .number(row.mean, 4),
          .number(row.explained, 3),
          .number(row.rightFate, 3), .number(row.slope, 3),
          .text("\(row.solved) + \(row.reached - row.solved) of \(row.drawn)"),
        ]
      })
  }

  private func picture(_ theory: CommunityTheory, _ ensembles: [CommunityEnsemble]) -> Picture {
    .chart(
      Chart(
        "Share of species that survive, by community size",
        caption: "Bars: 95 % intervals. The line is the cavity's answer for endless communities.",
        x: .init("species", .log), y: .init("share that survives"),
        series: [
          .init(
            "drawn", .dots,
            ensembles.map {
              .init(
                Double($0.size), $0.survivors, low: $0.survivors - 1.96 * $0.survivorsError,
                high: $0.survivors + 1.96 * $0.survivorsError)
            })
        ], rules: [.init(.y, theory.survivors, "cavity")]))
  }
}
