import Foundation
import LeewayStatistics

/// From curves to findings; nothing is run here.
struct SizeTrendReading {
  var models: [TrendModel]
  var sizes: [String]
  var variants: [String]
  var facts: [FalseFact]
  var margins: [Fledgling: Double]
  var random: Int

  private var family: [TrendModel] { models.filter { sizes.contains($0.fledgling.name) } }

  func findings() -> Findings {
    let fixed = trend("fixed") { $0.fixed.map(\.trendWidth) }
    let chosen = trend("chosen") { model in facts.indices.map { model.chosen[$0]?.trendWidth } }
    let onset = trend("onset") { $0.fixed.map { $0.onset.octaves(1) } }
    let onsetRoot = trend("onset-root") { model in
      model.fixed.map { $0.onset.octaves(Double(model.shape.width).squareRoot()) }
    }
    // The seed's alpha: strength in multiples of the raw difference.
    let onsetRaw = trend("onset-raw") {
      $0.fixed.map { $0.onset.octaves($0.residualMedian / max($0.rawNorm, 1e-12)) }
    }
    let ceiling = trend("ceiling") { $0.fixed.map { $0.ceiling.octaves(1) } }
    func slope(_ id: String, _ label: String, _ estimate: CensoredTrend.Estimate?)
      -> Findings.Measured
    {
      Findings.Measured(
        id, label, estimate?.slope, low: estimate?.slopeInterval.low,
        high: estimate?.slopeInterval.high, unit: "octaves a doubling")
    }
    func order(_ id: String, _ label: String, _ estimate: CensoredTrend.Estimate?)
      -> Findings.Measured
    {
      Findings.Measured(
        id, label, estimate?.order, low: estimate?.orderInterval.low,
        high: estimate?.orderInterval.high)
    }
    return Findings(
      verdict(fixed, chosen),
      values: [
        slope("width-slope", "width a doubling of parameters, fixed depth", fixed),
        slope("width-slope-chosen", "width a doubling of parameters, chosen depth", chosen),
        order("width-order", "larger model has the wider window, fixed depth", fixed),
        order("width-order-chosen", "larger model has the wider window, chosen depth", chosen),
        slope("onset-slope", "onset a doubling, as dose", onset),
        slope("onset-slope-root", "onset a doubling, as dose x sqrt(width)", onsetRoot),
        slope("onset-slope-raw", "onset a doubling, in the seed's alpha", onsetRaw),
        slope("ceiling-slope", "ceiling a doubling, as dose", ceiling),
        Findings.Measured("facts", "birds that every model knows", Double(facts.count)),
      ],
      tables: [
        table(sizes, "The family"), table(variants, "One size, larger in one way only"),
      ].filter { !$0.rows.isEmpty },
      pictures: [
        widths(fixed), SizeTrendPictures.ends(family), SizeTrendPictures.curves(family),
      ],
      notes: notes)
  }

  // MARK: Lines

  /// One row a model and bird, x in doublings of the parameters.
  private func trend(_ name: String, _ values: (TrendModel) -> [CensoredTrend.Value?])
    -> CensoredTrend.Estimate?
  {
    let rows = family.flatMap { model in
      values(model).enumerated().compactMap { item, value in
        value.map {
          CensoredTrend.Row(
            x: log2(parameters(of: model.fledgling.name)), unit: model.fledgling.seed, item: item,
            value: $0)
        }
      }
    }
    return CensoredTrend(rows).estimate(seed: "size-trend " + name)
  }

  private func parameters(of size: String) -> Double {
    Double(models.first { $0.fledgling.name == size }?.shape.parameters ?? 1)
  }

  private func verdict(_ fixed: CensoredTrend.Estimate?, _ chosen: CensoredTrend.Estimate?)
    -> Findings.Verdict
  {
    let seeds = Set(family.map(\.fledgling.seed)).count
    guard let fixed, let chosen else {
      return .init(.undecided, because: "Fewer than two sizes could be compared.")
    }
    guard sizes.count >= 3, seeds >= 2 else {
      return .init(
        .undecided,
        because:
          "\(sizes.count) sizes with \(seeds) training seed\(seeds == 1 ? "" : "s") each say nothing about size."
      )
    }
    func told(_ estimate: CensoredTrend.Estimate) -> String {
      String(
        format: "%+.2f octaves a doubling [%+.2f, %+.2f]", estimate.slope,
        estimate.slopeInterval.low, estimate.slopeInterval.high)
    }
    let numbers = "at one relative depth \(told(fixed)), at chosen depths \(told(chosen))"
    if fixed.slopeInterval.high < 0, chosen.slopeInterval.high < 0 {
      return .init(.supported, because: "The window narrows with size: \(numbers).")
    }
    if fixed.slopeInterval.low > 0, chosen.slopeInterval.low > 0 {
      return .init(.refuted, because: "The window widens with size: \(numbers).")
    }
    let holdsNone = [fixed, chosen].allSatisfy {
      $0.slopeInterval.low <= 0 && 0 <= $0.slopeInterval.high
    }
    return .init(
      .undecided,
      because: (holdsNone ? "No reading shows a trend" : "The two readings do not agree on a trend")
        + ": \(numbers).")
  }

  // MARK: What is shown

  private func table(_ names: [String], _ title: String) -> Findings.Table {
    let rows = models.filter { names.contains($0.fledgling.name) }.map { model -> [Findings.Cell] in
      let onsets = model.fixed.filter { if case .at = $0.onset { true } else { false } }
      let widths = model.fixed.map(\.bound)
      let chosen = model.chosen.values.map(\.bound)
      return [
        .text("\(model.fledgling)"), .number(Double(model.shape.parameters), 0),
        .text("\(model.shape.layers) x \(model.shape.width)"), .number(model.margin, 1),
        .number(Double(onsets.count) / Double(max(model.fixed.count, 1)), 2),
        .number(Quantiles.at(0.5, onsets.map(\.onsetDose)), 2),
        .number(Quantiles.at(0.5, model.fixed.map(\.ceilingDose)), 2),
        .number(Quantiles.at(0.5, widths), 2), .text("\(model.chosenSite)"),
        .number(Quantiles.at(0.5, chosen), 2),
      ]
    }
    return Findings.Table(
      title,
      caption: """
        Medians over birds. Margin: log-odds of truth against falsehood before the push, nats. Flips: \
        share of birds with an onset on the grid; the onset is the median of these. Widths in octaves, \
        bounds taken as they are.
        """,
      columns: [
        "model", "parameters", "blocks x width", "margin", "flips", "onset", "ceiling", "width",
        "chosen site", "width there",
      ], rows: rows)
  }

  private func widths(_ estimate: CensoredTrend.Estimate?) -> Picture {
    func points(_ model: TrendModel) -> [Chart.Point] {
      let exact = model.fixed.map(\.bound)
      guard let middle = Quantiles.at(0.5, exact) else { return [] }
      return [
        Chart.Point(
          Double(model.shape.parameters), middle, low: Quantiles.at(0.25, exact),
          high: Quantiles.at(0.75, exact))
      ]
    }
    var series = [
      Chart.Series("family, median and middle half of birds", .dots, family.flatMap(points))
    ]
    for way in ["deep", "wide"] {
      let some = models.filter { $0.fledgling.name.hasSuffix("-" + way) }
      if !some.isEmpty {
        series.append(
          Chart.Series(
            "made larger by \(way == "deep" ? "depth" : "width") only", .dots, some.flatMap(points))
        )
      }
    }
    if let estimate {
      let ends = family.map { Double($0.shape.parameters) }
      let line = [ends.min() ?? 1, ends.max() ?? 1].map {
        Chart.Point($0, estimate.line.intercept + estimate.line.slope * log2($0))
      }
      series.append(Chart.Series("censored line", .dashed, line))
    }
    return .chart(
      Chart(
        "Width of the window against size",
        caption:
          "One dot a model, at one relative depth. Below 0 the model breaks before it flips.",
        x: .init("parameters beside the embeddings", .log), y: .init("leeway, octaves"),
        series: series, rules: [.init(.y, 0, "breaks as it flips")]))
  }

  private var notes: [String] {
    var notes = [
      "Toys: what holds for the Fledglings says nothing about any other model.",
      """
      In octaves the width is the same in dose, in dose x sqrt(width) and in the seed's alpha; the \
      onset is not, and is given in all three.
      """,
    ]
    if random < 19 {
      notes.append(
        """
        \(random) random directions a model set the level of chance; a single window is not ranked \
        here among 19 of them, as a study does.
        """)
    }
    let open = family.flatMap(\.fixed).count { $0.width == nil }
    if open > 0 { notes.append("\(open) curves had neither end on the grid and were left out.") }
    return notes
  }
}

extension PushCurve {
  /// Doses for a table; an end outside the grid stands at the grid's end.
  var onsetDose: Double { Self.place(onset) }
  var ceilingDose: Double { Self.place(ceiling) }

  private static func place(_ crossing: Crossing) -> Double {
    switch crossing {
    case .at(let dose), .below(let dose), .above(let dose): dose
    }
  }
}
