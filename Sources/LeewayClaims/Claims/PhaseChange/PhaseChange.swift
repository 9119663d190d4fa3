import Foundation

extension Claim {
  /// H: whether generalising sets in as phases do.
  static let phaseChange = Claim(
    id: "phase-change",
    title: "Does generalising set in as a phase of matter does, and of which order?",
    sentence: """
      Increasing circuit depth and generalizing in transformers requires a kind of phase change (which \
      is actually very similar to ones in physics/chemistry, it’s not an inappropriate metaphor).
      """,
    hypothesis: """
      With more of its task to learn from a network passes from memorising to generalising ever more \
      sharply the larger the task, as a transition does and a mere crossover does not.
      """,
    experiment: """
      Networks learn sums modulo p (z = U[a] + V[b], squared, full-batch AdamW) from a share of all pairs \
      for a fixed time; p is the size of the system, the share its control. Followed over seeds are the \
      accuracy on unseen pairs and the concentration of the output map's Fourier spectrum. Asked is what \
      physics asks: do Binder's ratios 1 - <x^4> / (3 <x^2>^2) of different sizes cross; does p times the \
      variance peak, higher with p; do accuracies grow steeper with p (logistic curves with and without, \
      by Akaike's criterion); are there two heaps of accuracies at the middle; does a network that \
      generalises and is led down the shares, and one that memorises and is led up, enclose a loop that \
      survives ever slower leading; are waiting times spread as those of a single barrier. First order \
      needs steeper curves, two heaps and a loop that survives; continuous needs steeper curves, one \
      heap and no loop; a crossover is curves that are resolved and do not grow steeper; else undecided.
      """,
    cost: .full(minutes: 8),
    parameters: [
      .words(
        "sizes", ["23", "31", "43"], of: ["11", "13", "17", "19", "23", "31", "43", "59"], "p"),
      .number("lowest", 0.2, 0.02...0.9, "share of pairs that is trained on"),
      .number("highest", 0.6, 0.02...0.95, "largest share"),
      .integer("fractions", 9, 3...60, "shares from the lowest to the highest"),
      .number("decay", 1, 0...100, "weight decay, for all but the map"),
      .words(
        "decays", ["0.1", "0.3", "1", "3"], of: ["0", "0.03", "0.1", "0.3", "1", "3", "10"],
        "weight decays of the map"),
      .integer("map-size", 31, 5...131, "odd p of map and loops"),
      .integer("seeds", 8, 2...1000, "of the sweep over sizes"),
      .integer("map-seeds", 2, 1...1000, "of the map"),
      .integer("loop-seeds", 3, 2...1000, "of the loops"),
      .integer("steps", 4000, 10...1_000_000, "of training"),
      .integer("hold", 250, 1...1_000_000, "steps at each share in the fastest of three loops"),
      .integer("width", 128, 2...1024, "hidden units"),
      .integer(
        "printed-steps", 8000, 0...1_000_000, "of two runs at p = 59 that do not get there"),
    ],
    targets: [
      Target("unreached-fraction", 0, within: .absolute(0), .measured),
      Target("unreached-decay", 0, within: .absolute(0), .measured),
    ],
    beside: [
      .init(
        "kind of transition", "first order, with a mixed phase",
        system: "theory of a two-layer net, Rubin, Seroussi and Ringel 2023",
        source: "https://arxiv.org/abs/2310.03789"),
      .init(
        "smooth crossover", "disfavoured, difference of AIC 16.8",
        system: "transformers on groups of growing order, Bi et al. 2026",
        source: "https://arxiv.org/abs/2603.24746"),
    ],
    measure: { run in try PhaseChange(run).findings() })
}

struct PhaseChange {
  let run: ClaimRun
  let sizes: [Int]
  let fractions: [Double]

  init(_ run: ClaimRun) throws(ClaimError) {
    self.run = run
    let (low, high) = (run.number("lowest"), run.number("highest"))
    sizes = run.words("sizes").compactMap { Int($0) }.sorted()
    guard low < high, !sizes.isEmpty, run.integer("map-size") % 2 == 1 else {
      throw .noSolution(
        claim: run.claim, condition: "it needs lowest < highest, a size, and an odd map-size")
    }
    let count = run.integer("fractions")
    fractions = (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
  }

  private func task(_ size: Int, _ fraction: Double, _ decay: Double, seed: Int) -> ModularTask {
    ModularTask(
      modulus: size, width: run.integer("width"), fraction: fraction, decay: decay, seed: seed)
  }

  /// Outcomes over seeds, each group a step.
  private func outcomes(
    _ size: Int, _ fraction: Double, decay: Double, seeds: Int, steps: Int
  ) throws -> [PhaseOutcome] {
    let first = task(size, fraction, decay, seed: 1)
    return try run.once("outcomes \(first) \(seeds) \(steps) 1") {
      sideBySide(seeds, run.tools.kernels) { index in
        var own = first
        own.seed = index + 1
        return PhaseOutcome(own, steps: steps, every: 50, kernels: run.tools.kernels)
      }
    }
  }

  func findings() throws -> Findings {
    let steps = run.integer("steps")
    let decay = run.number("decay")
    let decays = run.words("decays").compactMap { Double($0) }.sorted()
    let total = fractions.count * (sizes.count + decays.count) + 8
    var done = 0
    func step<T>(_ what: String, _ make: () throws -> T) rethrows -> T {
      run.tell(what, done, of: total)
      done += 1
      return try make()
    }
    let sweep = try sizes.map { size in
      try fractions.map { fraction in
        try step("p \(size)") {
          try outcomes(size, fraction, decay: decay, seeds: run.integer("seeds"), steps: steps)
        }
      }
    }
    let map = try decays.map { decay in
      try fractions.map { fraction in
        try step("map") {
          try outcomes(
            run.integer("map-size"), fraction, decay: decay, seeds: run.integer("map-seeds"),
            steps: steps)
        }
      }
    }
    let loops = try [1, 2, 4].flatMap { slower in
      try step("loops") { try self.loops(hold: slower * run.integer("hold"), steps: steps) }
    }
    let printed = try [(0.3, 1.0), (0.4, 0.3)].map { fraction, decay in
      try step("p 59") { try arrives(fraction, decay) }
    }
    let reading = PhaseReading(
      sizes: sizes, fractions: fractions, sweep: sweep, loops: loops)
    return Findings(
      reading.verdict,
      values: try reading.values(run) + [
        .init(
          "unreached-fraction", "runs at p 59, share 0.3, decay 1 that know unseen pairs in time",
          printed[0]),
        .init(
          "unreached-decay", "runs at share 0.4, decay 0.3 that do", printed[1]),
      ],
      tables: [reading.table],
      pictures: [heat(map, decays)] + reading.pictures,
      notes: [
        """
        Trained for a fixed time, a network that would generalise later counts as memorising: the border \
        is one of time as much as of state.
        """,
        "Sizes this small, and as few seeds, can leave the order open; the verdict may say so.",
      ])
  }

  /// 1 if a printed run that should not arrive does: the quick claim has those that do.
  private func arrives(_ fraction: Double, _ decay: Double) throws -> Double? {
    let steps = run.integer("printed-steps")
    guard steps > 0 else { return nil }
    let found = try outcomes(59, fraction, decay: decay, seeds: 1, steps: steps)
    return found.first?.tested == nil ? 0 : 1
  }

  private func loops(hold: Int, steps: Int) throws -> [PhaseReading.Loop] {
    let count = run.integer("loop-seeds")
    let first = task(run.integer("map-size"), 0.5, run.number("decay"), seed: 1)
    let walked = try run.once("loops \(first) \(fractions) \(hold) \(steps) \(count) 1") {
      sideBySide(count, run.tools.kernels) { index in
        var own = first
        own.seed = index + 1
        let (down, up) = PhaseLoop.walk(
          own, fractions: fractions, settle: steps, hold: hold, kernels: run.tools.kernels)
        return [down, up]
      }
    }
    return walked.enumerated().map { seed, paths in
      PhaseReading.Loop(seed: seed + 1, hold: hold, down: paths[0], up: paths[1])
    }
  }

  private func heat(_ map: [[[PhaseOutcome]]], _ decays: [Double]) -> Picture {
    .heat(
      Heat(
        "Accuracy on unseen pairs",
        caption:
          "p = \(run.integer("map-size")), after \(run.integer("steps")) steps; mean of seeds.",
        rowName: "weight decay", columnName: "share trained on", rows: decays.map { "\($0)" },
        columns: fractions.map { String(format: "%.3g", $0) },
        values: map.map { row in
          row.map { cell in
            cell.isEmpty ? nil : cell.reduce(0) { $0 + $1.accuracy } / Double(cell.count)
          }
        }, low: 0, high: 1))
  }
}
