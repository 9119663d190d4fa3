import Foundation

extension Claim {
  /// H: a general circuit grows under one that memorises, and takes over late.
  static let grokkingDelay = Claim(
    id: "grokking-delay",
    title:
      "Does a network memorise first and generalise late, through a circuit that grows unseen?",
    sentence: """
      Increasing circuit depth and generalizing in transformers requires a kind of phase change (which \
      is actually very similar to ones in physics/chemistry, it’s not an inappropriate metaphor).
      """,
    hypothesis: """
      Sums that are trained on are known long before the others; meanwhile a circuit for sums in general \
      grows under what is memorised, and it does well long before the whole network does.
      """,
    experiment: """
      A network learns sums modulo p from a share of all pairs: z = U[a] + V[b], hidden units z squared, \
      logits W z^2, full-batch AdamW with weight decay. Followed are the steps to 99 % of the trained \
      and of the other pairs, and measures of progress that look inside: logits are split into what \
      depends on the sum a + b alone, at the frequencies that hold 99 % of W's Fourier power in the end, \
      and the rest. The restricted loss is that of the first part alone on pairs never seen, the \
      excluded loss that of the rest on trained pairs, so it rises as memorising is given up. Beside \
      them stand the inequality (Gini) of the spectrum and the norm of all weights. Supported: unseen \
      pairs at least twice as late, and a circuit that does well 1.3 times earlier while the excluded \
      loss rises; refuted: neither. It is a toy of one hidden layer, not a transformer.
      """,
    cost: .quick(seconds: 12),
    parameters: [
      .integer("modulus", 59, 5...131, "p, odd"), .integer("width", 128, 2...1024, "hidden units"),
      .number("fraction", 0.4, 0.01...0.95, "share of pairs that is trained on"),
      .number("second-fraction", 0.5, 0.01...0.95, "another, for the delays alone"),
      .number("decay", 1, 0...100, "weight decay"),
      .number("rate", 1e-3, 1e-6...1, "learning rate"),
      .integer("steps", 3500, 10...1_000_000, "of the run that is looked into"),
      .integer("most", 8000, 10...1_000_000, "of runs for the delays alone"),
      .integer("every", 50, 1...100_000, "steps between looks"),
      .integer("seed", 1, 0...1_000_000, "of weights and pairs"),
    ],
    targets: [
      Target("trained", 400, within: .factor(1.5), .measured),
      Target("tested", 2900, within: .factor(1.5), .measured),
      Target("delay", 7, within: .factor(1.5), .measured),
      Target("trained-second", 400, within: .factor(1.5), .measured),
      Target("tested-second", 1600, within: .factor(1.5), .measured),
      Target("trained-squares", 250, within: .factor(1.5), .measured),
      Target("tested-squares", 450, within: .factor(1.5), .measured),
      Target("restricted-lead", 2.8, within: .factor(1.5), .measured),
      Target("excluded-rise", 1.58, within: .factor(1.3), .measured),
      Target("norm-fall", 1.07, within: .factor(1.05), .measured),
    ],
    beside: [
      .init(
        "grokking of sums modulo 113", "found by progress measures",
        system: "one-layer transformer, Nanda et al. 2023",
        source: "https://arxiv.org/abs/2301.05217")
    ],
    measure: { run in try GrokkingDelay(run).findings() })
}

private struct GrokkingDelay {
  let run: ClaimRun
  let task: ModularTask

  init(_ run: ClaimRun) throws(ClaimError) {
    self.run = run
    guard run.integer("modulus") % 2 == 1 else {
      throw .noSolution(claim: run.claim, condition: "modulus must be odd, so that waves pair up")
    }
    task = ModularTask(
      modulus: run.integer("modulus"), width: run.integer("width"),
      fraction: run.number("fraction"), decay: run.number("decay"), rate: run.number("rate"),
      seed: run.integer("seed"))
  }

  private func timeline(_ task: ModularTask, progress: Bool) throws -> GrokkingTimeline {
    let steps = run.integer(progress ? "steps" : "most")
    let every = run.integer("every")
    return try run.once("timeline \(task) \(steps) \(every) \(progress) 1") {
      GrokkingTimeline(
        task, steps: steps, every: every, stops: !progress, progress: progress,
        kernels: run.tools.kernels)
    }
  }

  func findings() throws -> Findings {
    var second = task
    second.fraction = run.number("second-fraction")
    var squares = task
    squares.loss = .squares
    run.tell("training", 0, of: 3)
    let main = try timeline(task, progress: true)
    run.tell("training", 1, of: 3)
    let other = try timeline(second, progress: false)
    run.tell("training", 2, of: 3)
    let third = try timeline(squares, progress: false)
    let reading = GrokkingReading(main, modulus: task.modulus)
    return Findings(
      reading.verdict,
      values: reading.values + [
        .init("trained-second", "steps to know what is trained on, second share", other.trained),
        .init("tested-second", "steps to know the rest, second share", other.tested),
        .init("trained-squares", "steps to know what is trained on, squared loss", third.trained),
        .init("tested-squares", "steps to know the rest, squared loss", third.tested),
      ],
      pictures: reading.pictures,
      notes: [
        """
        \(reading.keys) of the \(task.modulus / 2) frequencies hold 99 % of the output map's power, where \
        the published transformer uses five of 56.
        """,
        "One hidden layer on one task says that such a delay exists, nothing of large models.",
      ])
  }
}

/// What a timeline with progress says.
package struct GrokkingReading {
  let timeline: GrokkingTimeline
  let chance: Double

  package init(_ timeline: GrokkingTimeline, modulus: Int) {
    self.timeline = timeline
    chance = log(Double(modulus))
  }

  var keys: Int { timeline.keys.count }
  private var delay: Double? {
    guard let trained = timeline.trained, let tested = timeline.tested, trained > 0 else {
      return nil
    }
    return tested / trained
  }
  /// How many times later half the unseen pairs are right than the circuit alone has half the loss of
  /// chance.
  private var lead: Double? {
    let half = timeline.first { ($0.restricted ?? .infinity) <= chance / 2 }
    guard let half, half > 0, let whole = timeline.first({ $0.test >= 0.5 }) else { return nil }
    return whole / half
  }
  /// The last excluded loss against its least.
  private var rise: Double? {
    let losses = timeline.points.compactMap(\.excluded)
    guard let least = losses.min(), let last = losses.last, least > 0 else { return nil }
    return last / least
  }
  private var fall: Double? {
    let norms = timeline.points.map(\.norm)
    guard let most = norms.max(), let last = norms.last, last > 0 else { return nil }
    return most / last
  }

  package var verdict: Findings.Verdict {
    guard let delay, let lead else { return .init(.undecided, because: lacking) }
    let told = String(
      format: """
        unseen pairs are known %.1f times later than trained ones, the circuit alone does well %.1f \
        times earlier than the whole
        """, delay, lead)
    let isLate = delay >= 2
    let grows = lead >= 1.3 && (rise ?? 1) > 1.05
    if isLate, grows {
      return .init(
        .supported, because: "It memorises first, and the circuit grows unseen: \(told).")
    }
    return isLate || grows
      ? .init(.undecided, because: "One of delay and circuit without the other: \(told).")
      : .init(.refuted, because: "Neither a delay nor a circuit before it: \(told).")
  }

  /// What did not happen within the steps, so that nothing can be said.
  private var lacking: String {
    let last = timeline.points.last
    let steps = last?.step ?? 0
    func short(_ who: String, _ share: Double?) -> String {
      String(
        format: "Within %d steps %.1f %% of %@ pairs are right, not 99 %%.", steps,
        100 * (share ?? 0), who)
    }
    if timeline.trained == nil { return short("trained", last?.train) }
    if timeline.tested == nil { return short("unseen", last?.test) }
    return """
      Unseen pairs are known within \(steps) steps, but there is no step at which the circuit alone \
      comes to half the loss of chance.
      """
  }

  var values: [Findings.Measured] {
    let last = timeline.points.last
    return [
      .init("delay", "how many times later unseen pairs are known", delay),
      .init("trained", "steps to know what is trained on", timeline.trained),
      .init("tested", "steps to know the rest", timeline.tested),
      .init("restricted-lead", "how many times earlier the circuit alone does well", lead),
      .init("excluded-rise", "loss without the circuit, last to least", rise),
      .init("norm-fall", "norm of all weights, most to last", fall),
      .init("gini", "inequality of the spectrum in the end", last?.gini),
      .init("share", "of the logits' variance, a function of the sum alone", last?.share),
      .init("keys", "frequencies that hold 99 % of the power", Double(keys)),
    ]
  }

  private func line(
    _ name: String, _ look: Chart.Series.Look = .line,
    _ value: (GrokkingTimeline.Point) -> Double?
  ) -> Chart.Series {
    .init(name, look, timeline.points.map { .init(Double($0.step), value($0) ?? .nan) })
  }

  var pictures: [Picture] {
    let most = timeline.points.map(\.norm).max() ?? 1
    return [
      .chart(
        Chart(
          "Pairs that are right, by steps of training", x: .init("steps"),
          y: .init("share of pairs that are right", low: 0, high: 1),
          series: [line("trained on") { $0.train }, line("never seen") { $0.test }])),
      .chart(
        Chart(
          "Losses of the whole network, of the circuit alone and of what is memorised",
          caption: """
            Restricted: what depends on the sum alone, on unseen pairs. Excluded: the rest, on trained \
            pairs; it rises as memorising is given up.
            """,
          x: .init("steps"), y: .init("loss, nats", low: 0),
          series: [
            line("whole, unseen", .dashed) { $0.testLoss }, line("restricted") { $0.restricted },
            line("excluded") { $0.excluded },
          ], rules: [.init(.y, chance, "chance")])),
      .chart(
        Chart(
          "Inside the network",
          caption: """
            The share of the logits' variance that is a function of the sum; how unequal (0 to 1) the \
            output map's frequencies are; and the norm of all weights as a share of its largest.
            """, x: .init("steps"), y: .init("share", low: 0, high: 1),
          series: [
            line("logits that follow the sum") { $0.share },
            line("Gini of the spectrum") { $0.gini },
            line("norm of all weights", .dashed) { $0.norm / most },
          ])),
    ]
  }
}
