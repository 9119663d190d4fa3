import Foundation

extension Claim {
  /// I4: what a transcript costs to watch, by model.
  static let olderModelsCheaper = Claim(
    id: "older-models-cheaper",
    title: "Does a monitor cost less if it is an older model?",
    sentence: """
      I’m not actually sure older models should be cheaper. GPT-5(.n) is amongst the cheapest models \
      per-token that OAI have ever made. [...] GPT-4 is definitely more expensive. Maybe GPT-3.5 is \
      cheaper? (And if you’re counting thinking tokens from 5.n models, you could just turn those off)
      """,
    hypothesis: """
      Of two models of full size the older is the cheaper one hardly oftener than not.
      """,
    experiment: """
      A table of prices with date and source gives dollars a million tokens read and written. Watching a \
      transcript costs input x tokens read + output x (answer + thinking), where only models that think \
      pay for thinking, and none does when it is turned off. Over all pairs of full-size models that \
      were released in different months, the share is counted in which the older costs less to watch \
      with (a tie counts half): at most 0.6 without thinking supports the doubt, at least 0.8 refutes \
      it. Prices change: prices=FILE puts rows of your own in the place of those of the same model.
      """,
    cost: .quick(seconds: 1),
    parameters: [
      .number("input-tokens", 10_000, 0...1e9, "read, a transcript"),
      .number("answer-tokens", 300, 0...1e9, "written, a transcript"),
      .number("thinking-tokens", 2000, 0...1e9, "thought before the answer"),
      .number("transcripts", 1_000_000, 1...1e15, "watched in all"),
      .file("prices", "rows of " + PriceList.columns.joined(separator: ",")),
    ],
    targets: [
      Target("gpt-4-input", 24, within: .absolute(1e-12)),
      Target("gpt-5.4-input", 2, within: .absolute(1e-12)),
      Target("gpt-3.5-turbo-input", 0.4, within: .absolute(1e-12)),
      Target("cost-gpt-5", 0.0355, within: .absolute(1e-12)),
      Target("cost-gpt-5-quiet", 0.0155, within: .absolute(1e-12)),
      Target("older-cheaper", 0.5, within: .absolute(1e-12)),
      Target("older-cheaper-thinking", 19.5 / 27, within: .absolute(1e-12)),
    ],
    measure: { run in try OlderModelsCheaper(run).findings() })
}

private struct OlderModelsCheaper {
  let run: ClaimRun
  let prices: PriceList

  init(_ run: ClaimRun) throws {
    try run.checkCancelled()
    self.run = run
    let standard = try PriceList.standard()
    prices =
      try run.file("prices").map { standard.overridden(by: try PriceList(path: $0)) } ?? standard
  }

  private func cost(_ row: PriceList.Row, thinking: Bool) -> Double {
    row.cost(
      input: run.number("input-tokens"), answer: run.number("answer-tokens"),
      thinking: thinking ? run.number("thinking-tokens") : 0)
  }

  private func row(_ model: String) -> PriceList.Row? { prices.rows.first { $0.model == model } }
  private var full: [PriceList.Row] { prices.rows.filter { $0.size == .full } }

  /// How many small models cost less than any of full size, and of how many.
  private var cheapSmall: String {
    let least = full.map { cost($0, thinking: false) }.min() ?? .infinity
    let small = prices.rows.filter { $0.size == .small }
    return "\(small.count { cost($0, thinking: false) < least }) of \(small.count)"
  }

  /// Share of pairs in which the older costs less; nil without a pair.
  private func olderIsCheaper(thinking: Bool) -> Double? {
    var (cheaper, pairs) = (0.0, 0.0)
    for older in full {
      for newer in full where older.released < newer.released {
        let gap = cost(newer, thinking: thinking) - cost(older, thinking: thinking)
        // Sums of products in another order may differ in the last bit.
        let isTie = abs(gap) <= 1e-12 * cost(newer, thinking: thinking)
        cheaper += isTie ? 0.5 : gap > 0 ? 1 : 0
        pairs += 1
      }
    }
    return pairs > 0 ? cheaper / pairs : nil
  }

  func findings() throws -> Findings {
    guard run.number("input-tokens") + run.number("answer-tokens") > 0 else {
      throw ClaimError.noSolution(
        claim: run.claim,
        condition: "where nothing is read or answered no model costs less: give tokens of either")
    }
    let quiet = olderIsCheaper(thinking: false)
    let thinking = olderIsCheaper(thinking: true)
    guard let quiet, let thinking, let new = row("gpt-5") else {
      throw ClaimError.noSolution(
        claim: run.claim, condition: "it needs two full-size models of different months")
    }
    let told = String(
      format: "the older costs less in %.0f %% of pairs without thinking and in %.0f %% with it",
      100 * quiet, 100 * thinking)
    let outcome: Findings.Verdict.Outcome =
      quiet <= 0.6 ? .supported : quiet >= 0.8 ? .refuted : .undecided
    let word =
      switch outcome {
      case .supported: "The doubt is right"
      case .refuted: "Older is cheaper"
      case .undecided: "Older is cheaper rather than not"
      }
    func ratio(_ model: String) -> Double? { row(model).map { $0.input / new.input } }
    let cheaper = prices.rows.count { $0.input < new.input }
    return Findings(
      .init(outcome, because: "\(word): \(told)."),
      values: [
        .init("older-cheaper", "pairs in which the older costs less, without thinking", quiet),
        .init("older-cheaper-thinking", "the same with thinking", thinking),
        .init("gpt-4-input", "price of input, GPT-4 to GPT-5", ratio("gpt-4")),
        .init("gpt-3.5-turbo-input", "the same, GPT-3.5 Turbo to GPT-5", ratio("gpt-3.5-turbo")),
        .init("gpt-5.4-input", "the same, GPT-5.4 to GPT-5", ratio("gpt-5.4")),
        .init("cheaper-input", "models with cheaper input than GPT-5", Double(cheaper)),
        .init(
          "cost-gpt-5", "a transcript watched by GPT-5", cost(new, thinking: true), unit: "$"),
        .init(
          "cost-gpt-5-quiet", "the same without thinking", cost(new, thinking: false), unit: "$"),
      ],
      tables: [table(new)], pictures: [picture],
      notes: [
        "Prices are list prices without caching or batches, and change; each has its date.",
        """
        \(cheapSmall) small models cost less without thinking than any of full size. A small one \
        is made from a large one: what it may have taken over is no question of price.
        """,
      ])
  }

  private func table(_ new: PriceList.Row) -> Findings.Table {
    let total = run.number("transcripts")
    return .init(
      "What watching costs",
      caption: """
        Dollars a million tokens; dollars a transcript with thinking and without; against GPT-5 without; \
        dollars for \(String(format: "%.0f", total)) transcripts without thinking.
        """,
      columns: [
        "model", "released", "input", "output", "thinking", "quiet", "to GPT-5", "all", "read on",
        "source",
      ],
      rows: prices.rows.sorted { ($0.released, $0.model) < ($1.released, $1.model) }.map { row in
        let quiet = cost(row, thinking: false)
        return [
          .text(row.model), .text(row.released), .number(row.input, 2), .number(row.output, 2),
          .number(cost(row, thinking: true), 4), .number(quiet, 4),
          .number(quiet / cost(new, thinking: false), 2), .number(quiet * total, 0),
          .text(row.date), .text(row.source),
        ]
      })
  }

  private var picture: Picture {
    func year(_ released: String) -> Double {
      let parts = released.split(separator: "-").compactMap { Double($0) }
      return parts.count == 2 ? parts[0] + (parts[1] - 1) / 12 : .nan
    }
    func series(_ name: String, _ size: PriceList.Size, thinking: Bool) -> Chart.Series {
      .init(
        name, .dots,
        prices.rows.filter { $0.size == size && ($0.thinks || !thinking) }.map {
          .init(year($0.released), cost($0, thinking: thinking))
        }.filter { $0.y > 0 })
    }
    return .chart(
      Chart(
        "Price of watching a transcript by the model's age", x: .init("released"),
        y: .init("dollars a transcript", .log),
        series: [
          series("full size, quiet", .full, thinking: false),
          series("full size, thinking", .full, thinking: true),
          series("small, quiet", .small, thinking: false),
        ]))
  }
}
