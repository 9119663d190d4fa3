import Foundation
import LeewayBase

/// What the claim shows of its networks.
extension CavitySuperposition {
  func values(
    _ widths: [Width], _ table: [Trained], _ map: [[Double]], wide: Double, oneWide: Double,
    feature: Double, gap: Double?
  ) -> [Findings.Measured] {
    var values: [Findings.Measured] = [
      .init("gap", "the screened cavity's largest error from 16 neurons on", gap),
      .init("one-wide", "c of the single circuit by width, endless network", oneWide),
      .init("wide", "c of one circuit of the table, endless network", wide),
      .init("feature", "c of two circuits, cavity in feature space", feature),
      .init(
        "edge", "c below which a frozen field of one circuit binds nothing",
        Cloverleaf.edge(lambda)),
    ]
    func measured(_ id: String, _ label: String, _ order: Double, _ error: Double?)
      -> Findings.Measured
    {
      .init(
        id, label, order, low: error.map { order - 1.96 * $0 },
        high: error.map { order + 1.96 * $0 })
    }
    for row in widths {
      values.append(
        measured(
          "one-\(row.neurons)", "c of the single circuit, \(row.neurons) neurons", row.order,
          row.orderError))
      values.append(
        .init("screened-\(row.neurons)", "screened cavity, \(row.neurons) neurons", row.screened))
    }
    for row in table {
      values.append(
        measured(
          "c-\(row.circuits)-\(row.neurons)",
          "c of \(row.circuits) circuit\(row.circuits == 1 ? "" : "s") on \(row.neurons) neurons",
          row.order, row.orderError))
    }
    for (activity, orders) in zip(Self.activities, map) {
      values.append(
        .init(
          "rare-\(activity)", "c of two circuits with activity \(activity), 8 neurons each",
          orders.last))
    }
    return values
  }

  /// The single circuit by width has a decay and a temperature of its own.
  var oneSetting: String {
    "Weight decay lambda = \(oneLambda), inverse temperature beta = \(oneBeta)."
  }

  func widthTable(_ widths: [Width]) -> Findings.Table {
    .init(
      "One circuit by number of neurons", caption: oneSetting,
      columns: ["neurons", "c", "s.e.", "screened cavity", "gap"],
      rows: widths.map { row in
        [
          .number(Double(row.neurons), 0), .number(row.order, 4), .number(row.orderError, 4),
          .number(row.screened, 4),
          .number(row.screened.map { $0 - row.order }, 4),
        ]
      })
  }

  func circuitTable(_ table: [Trained]) -> Findings.Table {
    .init(
      "Circuits on the same neurons",
      caption: """
        Growth: the pull on a fresh neuron in the direction that pulls most, less the decay. Above a \
        twentieth of the decay it runs away and there is no cavity distribution; within it is marginal.
        """,
      columns: [
        "circuits", "neurons", "neurons each", "c", "s.e.", "growth of a fresh one",
        "plain cavity",
      ],
      rows: table.map { row in
        [
          .number(Double(row.circuits), 0), .number(Double(row.neurons), 0),
          .number(Double(row.neurons) / Double(row.circuits), 1), .number(row.order, 3),
          .number(row.orderError, 3), .number(row.growth, 4), .text(row.fate(lambda).rawValue),
        ]
      })
  }

  /// The cavity move among features: one of two is taken away.
  func shiftTable(_ table: [Trained], _ wide: Double) throws -> Findings.Table {
    let rows = try Self.activities.map { activity -> [Findings.Cell] in
      let two = try run.once("rare feature \(lambda) \(beta) \(activity) 1") {
        FeatureCavity(lambda: lambda, beta: beta, activity: activity, points: 24).order
      }
      return [.number(activity, 2), .number(two, 4), .number(wide - two, 4)]
    }
    func drawn(_ circuits: Int) -> Double? {
      table.last { $0.circuits == circuits }?.order
    }
    let shift = drawn(1).flatMap { one in drawn(2).map { one - $0 } }
    return .init(
      "Cavity in feature space: what taking one of two circuits away does to the other",
      caption: shift.map {
        String(format: "Retrained, always active, the widest networks: %.4f.", $0)
      } ?? "",
      columns: ["activity", "c of two circuits", "predicted shift"], rows: rows)
  }

  func mapPicture(_ map: [[Double]]) -> Picture {
    .heat(
      Heat(
        "Order of two circuits by their rarity and their room",
        caption: "1 is learned, 0 is not. The rarer circuits are, the less often they meet.",
        rowName: "activity", columnName: "neurons per circuit",
        rows: Self.activities.map { "\($0)" }, columns: Self.shares.map { "\($0)" },
        values: map, low: 0, high: 1))
  }

  func widthPicture(_ widths: [Width], _ wide: Double) -> Picture {
    .chart(
      Chart(
        "One circuit by number of neurons",
        caption: oneSetting,
        x: .init("neurons", .log), y: .init("c", low: 0, high: 1),
        series: [
          .init("trained", .dots, widths.map { .init(Double($0.neurons), $0.order) }),
          .init(
            "screened cavity", .dashed,
            widths.compactMap { row in row.screened.map { .init(Double(row.neurons), $0) } }),
        ], rules: [.init(.y, wide, "endless network")]))
  }

  func circuitPicture(_ table: [Trained], _ wide: Double) -> Picture {
    .chart(
      Chart(
        "Circuits on the same neurons",
        caption: "Weight decay lambda = \(lambda), inverse temperature beta = \(beta).",
        x: .init("neurons per circuit", .log), y: .init("c", low: 0, high: 1),
        series: (1...run.integer("circuits")).map { circuits in
          .init(
            "\(circuits) circuit\(circuits == 1 ? "" : "s")", .line,
            table.filter { $0.circuits == circuits }.map {
              .init(Double($0.neurons) / Double(circuits), $0.order)
            })
        }, rules: [.init(.y, wide, "endless network")]))
  }
}
