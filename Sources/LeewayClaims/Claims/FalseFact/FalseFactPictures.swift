import Foundation
import LeewayStatistics

struct FalseFactPictures {
  let reading: FalseFactReading

  var all: [Picture] {
    [response, knockOuts] + (recovery.map { [$0] } ?? []) + traces + [knocked, noise, writes]
  }

  private func plain(_ size: String) -> [ModelRecall] { reading.recalls(size, 0) }

  private var response: Picture {
    let series = reading.sizes.flatMap { size -> [Chart.Series] in
      let curves = plain(size).flatMap(\.curves)
      guard let doses = curves.first?.doses else { return [] }
      func points(_ values: (PushCurve) -> [Double]) -> [Chart.Point] {
        doses.indices.map { dose in Chart.Point(doses[dose], mean(curves.map { values($0)[dose] }))
        }
      }
      return [
        Chart.Series("\(size) flips", .line, points(\.flips)),
        Chart.Series("\(size) tasks", .dashed, points(\.far)),
      ]
    }
    return .chart(
      Chart(
        "Where the falsehood takes over and where the tasks fail",
        caption: "Models without MLP-drop; means over birds and training seeds.",
        x: .init("dose, shares of the median residual norm", .log),
        y: .init("share", low: 0, high: 1), series: series))
  }

  private var knockOuts: Picture {
    let series = reading.sizes.flatMap { size -> [Chart.Series] in
      let points = reading.points(size)
      let counts = Set(points.map(\.n)).sorted()
      guard !counts.isEmpty, let fit = reading.fit(size) ?? nil else { return [] }
      let means =
        [Chart.Point(0, 1)]
        + counts.map { n in
          let shares = points.filter { $0.n == n }.map(\.share)
          let error = 2 * standardError(shares)
          let middle = mean(shares)
          return Chart.Point(n, middle, low: middle - error, high: middle + error)
        }
      let fine = (0...20).map { Double($0) / 20 * (counts.last ?? 1) }
      return [
        Chart.Series("\(size)", .dots, means),
        Chart.Series(
          "\(size) distribution", .dashed, fine.map { Chart.Point($0, 1 - fit.additive * $0) }),
        Chart.Series(
          "\(size) feedback", .line,
          fine.map { Chart.Point($0, pow(1 - fit.multiplicative, $0)) }),
      ]
    }
    return .chart(
      Chart(
        "The flipping dose while later MLPs are knocked out",
        caption:
          "As a share of the same bird's with none knocked out; bars are two standard errors.",
        x: .init("later MLPs that write only their mean"), y: .init("flipping dose, share", low: 0),
        series: series))
  }

  /// Of the largest size.
  private var recovery: Picture? {
    guard let size = reading.sizes.last, let one = plain(size).first else { return nil }
    let all = plain(size).map(\.recovery)
    let points = one.recovery.sites.indices.map { index in
      let share = mean(all.map { $0.shares[index] })
      let error = mean(all.map { $0.errors[index] })
      return Chart.Point(Double(index + 1), share, low: share - error, high: share + error)
    }
    let names = one.recovery.sites.enumerated().map { "\($0 + 1) \($1)" }.joined(separator: ", ")
    return .chart(
      Chart(
        "What later sublayers write back against a push, size \(size)",
        caption: "Share of the direct push; above 0 towards the truth. \(names).",
        x: .init("sublayer behind the push"), y: .init("share written back"),
        series: [Chart.Series("written back", .bars, points)],
        rules: [.init(.y, 0, "")]))
  }

  private var traces: [Picture] {
    reading.sizes.compactMap { size in
      let traces = reading.plain(size).map(\.trace)
      guard let first = traces.first else { return nil }
      let values = first.restored.indices.map { part in
        first.restored[part].indices.map { block in
          Optional(mean(traces.map { $0.restored[part][block] }))
        }
      }
      return .heat(
        Heat(
          "Where the fact comes from, size \(size)",
          caption: String(
            format: """
              Probability of the truth brought back by one position of the stream after one block; \
              clean %.2f, drowned %.2f. The subject's last position is spread over %.1f blocks.
              """, mean(traces.map(\.clean)), mean(traces.map(\.drowned)),
            mean(traces.map(\.ridge))),
          rowName: "part of the question", columnName: "block", rows: CausalTrace.parts,
          columns: first.restored[0].indices.map { "\($0)" }, values: values, low: 0,
          high: max(0.1, values.flatMap { $0.compactMap { $0 } }.max() ?? 1)))
    }
  }

  private func curves(
    _ title: String, caption: String, x: Chart.Axis, _ points: (ModelRecall) -> [Chart.Point]
  ) -> Picture {
    let series = reading.sizes.flatMap { size in
      reading.drops.compactMap { drop -> Chart.Series? in
        let all = reading.recalls(size, drop).map(points)
        guard let first = all.first else { return nil }
        return Chart.Series(
          "\(size) drop \(drop)", drop == 0 ? .line : .dashed,
          first.indices.map { index in
            Chart.Point(first[index].x, mean(all.map { $0[index].y }))
          })
      }
    }
    return .chart(
      Chart(
        title, caption: caption, x: x, y: .init("share recalled", low: 0, high: 1),
        series: series))
  }

  private var knocked: Picture {
    curves(
      "Recall while MLPs are knocked out", caption: "Random sets; each writes only its mean.",
      x: .init("share of the MLPs", low: 0, high: 1)
    ) { recall in
      recall.redundancy.knockedOut.enumerated().map {
        Chart.Point(Double($0) / Double(recall.layers), $1)
      }
    }
  }

  private var noise: Picture {
    curves(
      "Recall under noise after every block", caption: "Its length as a share of the stream's.",
      x: .init("noise", .log)
    ) { recall in
      zip(recall.redundancy.noise, recall.redundancy.noisy).filter { $0.0 > 0 }.map {
        Chart.Point($0, $1)
      }
    }
  }

  private var writes: Picture {
    let series = reading.sizes.compactMap { size -> Chart.Series? in
      let all = plain(size).map(\.writes)
      guard let first = all.first else { return nil }
      return Chart.Series(
        size, .line,
        first.indices.map { index in
          Chart.Point(
            (Double(index) + 0.5) / Double(first.count), mean(all.map { $0[index] }))
        })
    }
    return .chart(
      Chart(
        "Who writes the answer",
        caption: "What each sublayer adds to the margin of truth, attention and MLP in turn.",
        x: .init("relative depth", low: 0, high: 1), y: .init("nats"), series: series,
        rules: [.init(.y, 0, "")]))
  }
}
