import Foundation
import LeewayBase
import LeewayStatistics

/// From what was measured to findings; nothing is run here.
struct FalseFactReading {
  var models: [Fledgling]
  var recalls: [Fledgling: ModelRecall]
  var plain: [Fledgling: PlainRecall]
  /// Curves before and after post-training; empty where it was not asked for.
  var post: [[PushCurve]]
  var facts: [FalseFact]

  static let draws = 2000

  var sizes: [String] {
    models.reduce(into: []) { if !$0.contains($1.name) { $0.append($1.name) } }
  }
  var drops: [Double] { Set(models.map(\.mlpDrop)).sorted() }

  func recalls(_ size: String, _ drop: Double) -> [ModelRecall] {
    models.filter { $0.name == size && $0.mlpDrop == drop }.compactMap { recalls[$0] }
  }
  func plain(_ size: String) -> [PlainRecall] {
    models.filter { $0.name == size && $0.mlpDrop == 0 }.compactMap { plain[$0] }
  }

  func findings() -> Findings {
    let outcome = mediation().outcome(draws: Self.draws, seed: "false-fact")
    let kinds = KindComparison(sizes.flatMap { plain($0) }.map(\.kinds))
    let fits = sizes.compactMap { size in fit(size).map { (size, $0) } }
    return Findings(
      verdict(outcome),
      values: mediationValues(outcome) + kinds.values + postValues + rivalValues(fits)
        + exactValues,
      tables: [redundancyTable, kinds.table, rivalTable(fits)],
      pictures: FalseFactPictures(reading: self).all, notes: notes(kinds))
  }

  // MARK: Mediation

  private func mediation() -> Mediation {
    Mediation(
      models.compactMap { model in
        recalls[model].map { recall in
          Mediation.Model(
            size: model.name, drop: model.mlpDrop, seed: model.seed,
            logParameters: log(Double(recall.parameters)),
            redundancy: [
              mean(recall.spreads), recall.redundancy.k50, log(max(recall.redundancy.s50, 1e-6)),
            ],
            facts: zip(recall.curves, recall.margins).map { (log($0.onsetDose), $1) })
        }
      })
  }

  private func verdict(_ outcome: Mediation.Outcome?) -> Findings.Verdict {
    guard let outcome, Set(models.map(\.seed)).count > 1 else {
      return .init(
        .undecided,
        because: "Fewer than two sizes, two rates of MLP-drop or two training seeds were compared.")
    }
    let rises = String(
      format: "%+.2f [%+.2f, %+.2f] in ln dose from no drop to 0.3", 0.3 * outcome.drop,
      0.3 * outcome.dropInterval.low, 0.3 * outcome.dropInterval.high)
    let size = String(
      format: "%+.3f [%+.3f, %+.3f] in ln dose a factor e of parameters", outcome.size,
      outcome.sizeInterval.low, outcome.sizeInterval.high)
    let left = String(
      format: "with redundancy beside it %.0f %% of that is left [%.0f, %.0f]",
      100 * outcome.left, 100 * outcome.leftInterval.low, 100 * outcome.leftInterval.high)
    if outcome.sizeInterval.high < 0 {
      return .init(
        .refuted,
        because: "Resistance falls with size in this family, so nothing is carried: \(size).")
    }
    guard outcome.sizeInterval.low > 0 else {
      return .init(
        .undecided,
        because: """
          Resistance does not clearly rise with size in this family, so there is little to carry: \
          \(size); redundancy by itself: \(rises).
          """)
    }
    if outcome.dropInterval.low > 0, outcome.leftInterval.high < 0.5 {
      return .init(
        .supported,
        because:
          "Redundancy raises the flipping dose (\(rises)) and carries size: \(size); \(left).")
    }
    // Flat: less than a tenth between no drop and 0.3.
    if 0.3 * outcome.dropInterval.high < 0.1 {
      return .init(
        .refuted, because: "At one size the flipping dose is flat in redundancy: \(rises).")
    }
    if outcome.leftInterval.low > 0.5 {
      return .init(
        .refuted, because: "Size keeps its effect beside redundancy: \(size); \(left).")
    }
    return .init(.undecided, because: "\(size); \(left); redundancy by itself: \(rises).")
  }

  private func mediationValues(_ outcome: Mediation.Outcome?) -> [Findings.Measured] {
    func value(_ id: String, _ label: String, _ value: Double?, _ interval: Interval?)
      -> Findings.Measured
    {
      Findings.Measured(id, label, value, low: interval?.low, high: interval?.high)
    }
    return [
      value(
        "left", "effect of size that is left beside redundancy", outcome?.left,
        outcome?.leftInterval),
      value(
        "size-slope", "ln dose a factor e of parameters", outcome?.size,
        outcome?.sizeInterval),
      value(
        "drop-slope", "ln dose a unit of MLP-drop, within sizes", outcome?.drop,
        outcome?.dropInterval),
      value(
        "redundancy-slope", "ln dose a deviation of redundancy, beside size",
        outcome?.redundancy, outcome?.redundancyInterval),
    ]
  }

  // MARK: Post-training

  private var postValues: [Findings.Measured] {
    guard post.count == 2 else { return [] }
    let changes = zip(post[0], post[1]).map { log2($1.onsetDose) - log2($0.onsetDose) }
    var stream = NamedStream("false-fact", "post")
    let drawn = (0..<Self.draws).map { _ in
      mean(changes.map { _ in changes[stream.below(changes.count)] })
    }
    let interval = Quantiles.interval(drawn, clusters: changes.count)
    return [
      Findings.Measured(
        "post-training", "onset after post-training, against before", mean(changes),
        low: interval.low, high: interval.high, unit: "octaves")
    ]
  }

  // MARK: Rival accounts

  func points(_ size: String) -> [(n: Double, share: Double)] {
    plain(size).flatMap { plain in
      plain.knockOuts.shares.enumerated().dropFirst().flatMap { count, shares in
        shares.map { (n: Double(count), share: $0) }
      }
    }
  }

  func fit(_ size: String) -> RivalModels.Fit? { RivalModels.fit(points(size)) }

  private func rivalValues(_ fits: [(String, RivalModels.Fit)]) -> [Findings.Measured] {
    fits.map { size, fit in
      Findings.Measured(
        "feedback-favour-\(size)", "AIC of distribution less feedback, \(size)",
        fit.favour)
    }
  }

  private func rivalTable(_ fits: [(String, RivalModels.Fit)]) -> Findings.Table {
    Findings.Table(
      "A push while later MLPs are knocked out: two accounts",
      caption: """
        Distribution only: each MLP knocked out takes a share of the flipping dose away. Feedback: each \
        multiplies it. Akaike's criterion, lower is better; a gap of 2 is little, of 10 much.
        """,
      columns: [
        "size", "points", "share taken an MLP", "AIC", "factor an MLP", "AIC", "fits better",
      ],
      rows: fits.map { size, fit in
        [
          .text(size), .number(Double(fit.points), 0), .number(fit.additive, 3),
          .number(fit.additiveAIC, 1), .number(1 - fit.multiplicative, 3),
          .number(fit.multiplicativeAIC, 1),
          .text(
            abs(fit.favour) < 2 ? "neither" : fit.favour > 0 ? "feedback" : "distribution"),
        ]
      })
  }

  // MARK: Exactness

  private var exactValues: [Findings.Measured] {
    func worst(_ value: (ModelRecall) -> Double) -> Double? { recalls.values.map(value).max() }
    return [
      Findings.Measured(
        "margin-error", "gap between a margin and the sum of its writes",
        worst(\.marginError)),
      Findings.Measured(
        "dose-0-difference", "largest change under a push of strength 0", worst(\.zeroDifference)),
      Findings.Measured(
        "nothing-taken-difference", "accuracy with nothing taken, against clean",
        worst(\.nothingTaken)),
      Findings.Measured("facts", "birds that every model knows", Double(facts.count)),
    ]
  }

  // MARK: Tables

  private var redundancyTable: Findings.Table {
    let rows = sizes.flatMap { size in
      drops.map { drop -> [Findings.Cell] in
        let own = recalls(size, drop)
        func middle(_ value: (ModelRecall) -> Double) -> Findings.Cell {
          .number(own.isEmpty ? nil : mean(own.map(value)), 2)
        }
        return [
          .text(size), .number(drop, 1), .number(Double(own.count), 0),
          middle { mean($0.margins) }, middle { mean($0.spreads) }, middle(\.redundancy.k50),
          middle(\.redundancy.s50), middle(\.repair.overall), middle(\.recovery.total),
          middle { Quantiles.at(0.5, $0.curves.map(\.onsetDose)) ?? .nan },
          middle { Quantiles.at(0.5, $0.curves.map(\.bound)) ?? .nan },
        ]
      }
    }
    return Findings.Table(
      "Size and redundancy",
      caption: """
        Means over training seeds. Spread: sublayers that carry the margin, of 2 a block. k50: MLPs, \
        and s50: noise as a share of the stream, that cost half of the recall. Repair: share of a \
        silenced sublayer's worth that later ones make good, the norm held still. Written back: share of \
        a small push that later sublayers undo (below 0 they add to it). Onset and width: medians over \
        birds, bounds as they are.
        """,
      columns: [
        "size", "drop", "seeds", "margin", "spread", "k50", "s50", "repair", "written back",
        "onset",
        "width",
      ], rows: rows)
  }

  private func notes(_ kinds: KindComparison) -> [String] {
    var notes = [
      "Toys: what holds for the Fledglings says nothing about any other model.", kinds.sentence,
    ]
    if post.count == 2 {
      notes.append(
        "Post-training was done once: its change is this model's, and says nothing about others.")
    }
    let never = recalls.values.flatMap(\.curves).count {
      if case .above = $0.onset { true } else { false }
    }
    if never > 0 {
      notes.append("\(never) birds never flipped on the grid; they enter with its last dose.")
    }
    return notes
  }
}
