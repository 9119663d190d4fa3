import Foundation
import LeewayBase

extension PhaseReading {
  private static let orders: [(name: String, value: @Sendable (PhaseOutcome) -> Double)] = [
    ("accuracy", { $0.accuracy }), ("concentration", { $0.concentration }),
  ]

  func values(_ run: ClaimRun) throws -> [Findings.Measured] {
    let crossing = try run.once("crossing \(sizes) \(fractions) \(sweep.hashed) 1") {
      crossings(run)
    }
    let waits = waits
    let growth =
      sizes.count > 1
      ? Self.orders.map { order in
        PhaseStatistics.line(
          sizes.map { log(Double($0)) }, peaks(order.value).map { log(max($0, 1e-12)) })?.slope
      } : [nil, nil]
    let wait = waits.map { waits -> Double in
      let n = Double(waits.times.count)
      let mean = waits.times.reduce(0, +) / n
      let square = waits.times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (square / (n - 1)).squareRoot() / mean
    }
    return [
      .init("steeper", "AIC by which curves grow steeper with size", sharpening?.gain),
      .init("exponent", "width falls with size to this power", sharpening?.exponent),
      .init("middle", "share at the middle of the transition", sharpening?.middle),
      .init("two-heaps", "AIC by which there are two heaps at the middle", twoHeaps),
      .init(
        "slow-loop", "area of an infinitely slow loop, accuracy", slowLoop?.area,
        low: slowLoop?.low, high: slowLoop?.high),
      .init(
        "crossing", "share at which Binder ratios of accuracy cross, ends of sizes",
        crossing.first ?? nil, low: crossing.dropFirst().first ?? nil,
        high: crossing.last ?? nil),
      .init("peak-growth", "power of p with which the peak of p x variance grows", growth[0]),
      .init("peak-growth-spectrum", "the same of the spectrum's concentration", growth[1]),
      .init("wait-spread", "spread of waiting times to their mean (1: one barrier)", wait),
      .init("wait-share", "share of pairs at which they were taken", waits?.fraction),
    ]
  }

  /// The first crossing of the smallest and the largest size, and its bootstrap interval over seeds; nil
  /// where a twentieth of draws has none.
  private func crossings(_ run: ClaimRun) -> [Double?] {
    guard sizes.count > 1 else { return [nil, nil, nil] }
    func first(_ small: [[Double]], _ large: [[Double]]) -> Double? {
      PhaseStatistics.crossings(
        fractions, small.map(PhaseStatistics.binder), large.map(PhaseStatistics.binder)
      ).first
    }
    let ends = [0, sizes.count - 1].map { sweep[$0].map { $0.map(\.accuracy) } }
    var stream = run.stream("crossing")
    let drawn = (0..<400).compactMap { _ -> Double? in
      let again = ends.map { row in
        row.map { cell in cell.map { _ in cell[stream.below(cell.count)] } }
      }
      return first(again[0], again[1])
    }.sorted()
    guard drawn.count >= 380 else { return [first(ends[0], ends[1]), nil, nil] }
    return [
      first(ends[0], ends[1]), drawn[drawn.count / 40], drawn[drawn.count - 1 - drawn.count / 40],
    ]
  }

  var table: Findings.Table {
    .init(
      "By size and share",
      caption: """
        Accuracy on unseen pairs: mean, Binder's ratio, p x variance; the spectrum's concentration \
        likewise; share of seeds that know 99 % of unseen pairs.
        """,
      columns: [
        "p", "share", "accuracy", "Binder", "p x var", "concentration", "Binder", "p x var",
        "arrived",
      ],
      rows: zip(sizes, sweep).flatMap { size, row in
        zip(fractions, row).map { fraction, cell -> [Findings.Cell] in
          [.number(Double(size), 0), .number(fraction, 3)]
            + Self.orders.flatMap { order -> [Findings.Cell] in
              let values = cell.map(order.value)
              return [
                .number(values.reduce(0, +) / Double(max(1, values.count)), 3),
                .number(PhaseStatistics.binder(values), 3),
                .number(PhaseStatistics.susceptibility(values, size: size), 3),
              ]
            } + [
              .number(
                Double(cell.count { $0.tested != nil }) / Double(max(1, cell.count)), 2)
            ]
        }
      })
  }

  var pictures: [Picture] {
    let curves = zip(sizes, sweep).map { size, row in
      Chart.Series(
        "p = \(size)", .line,
        zip(fractions, row).map { fraction, cell in
          .init(fraction, cell.reduce(0) { $0 + $1.accuracy } / Double(max(1, cell.count)))
        })
    }
    let ratios = sizes.indices.map { size in
      Chart.Series(
        "p = \(sizes[size])", .line,
        zip(fractions, binder(size) { $0.accuracy }).map { .init($0, $1 ?? .nan) })
    }
    let heaps = middles
    let bins = (0..<10).map { bin -> Chart.Point in
      let low = Double(bin) / 10
      let count = heaps.count { $0 >= low && ($0 < low + 0.1 || bin == 9) }
      return .init(low + 0.05, Double(count))
    }
    let slowest = loops.map(\.hold).max() ?? 0
    let slow = loops.filter { $0.hold == slowest }
    func led(_ name: String, _ path: (Loop) -> [Double]) -> Chart.Series {
      .init(
        name, .line,
        fractions.indices.map { index in
          .init(
            fractions[index], slow.reduce(0) { $0 + path($1)[index] } / Double(max(1, slow.count)))
        })
    }
    return [
      .chart(
        Chart(
          "Generalising by share and size", x: .init("share of pairs trained on"),
          y: .init("accuracy on unseen pairs", low: 0, high: 1), series: curves)),
      .chart(
        Chart(
          "Binder's ratio of accuracy", caption: "2/3 where all seeds are alike.",
          x: .init("share of pairs trained on"), y: .init("ratio"), series: ratios)),
      .chart(
        Chart(
          "Accuracies at the middle of the transition",
          caption: "All sizes; two heaps: first order.",
          x: .init("accuracy on unseen pairs", low: 0, high: 1), y: .init("networks", low: 0),
          series: [.init("networks", .bars, bins)])),
      .chart(
        Chart(
          "Led down and up", caption: "The slowest loops, \(slowest) steps a share; mean of seeds.",
          x: .init("share of pairs trained on"),
          y: .init("accuracy on unseen pairs", low: 0, high: 1),
          series: [
            led("down, from generalising") { $0.down }, led("up, from memorising") { $0.up },
          ])),
    ]
  }
}

extension [[[PhaseOutcome]]] {
  /// Names its numbers: what is kept of them is kept under it.
  fileprivate var hashed: String {
    ContentHash.sha256(
      joined().joined().map { "\($0.accuracy) \($0.concentration)" }.joined(separator: "\n"))
  }
}
