import LeewayStatistics

enum SizeTrendPictures {
  /// Onset and ceiling against size.
  static func ends(_ models: [TrendModel]) -> Picture {
    func points(_ dose: (PushCurve) -> Double) -> [Chart.Point] {
      models.compactMap { model in
        let all = model.fixed.map(dose)
        return Quantiles.at(0.5, all).map {
          Chart.Point(
            Double(model.shape.parameters), $0, low: Quantiles.at(0.25, all),
            high: Quantiles.at(0.75, all))
        }
      }
    }
    return .chart(
      Chart(
        "Where the falsehood takes over and where the tasks fail",
        caption:
          "Medians and middle halves over birds; an onset outside the grid stands at its end.",
        x: .init("parameters beside the embeddings", .log),
        y: .init("dose, shares of the median residual norm", .log),
        series: [
          Chart.Series("onset", .dots, points(\.onsetDose)),
          Chart.Series("ceiling", .dots, points(\.ceilingDose)),
        ]))
  }

  /// Mean curves of each size, seeds and birds together.
  static func curves(_ models: [TrendModel]) -> Picture {
    var names: [String] = []
    for model in models where !names.contains(model.fledgling.name) {
      names.append(model.fledgling.name)
    }
    let series = names.flatMap { name -> [Chart.Series] in
      let curves = models.filter { $0.fledgling.name == name }.flatMap(\.fixed)
      guard let doses = curves.first?.doses else { return [] }
      func points(_ values: (PushCurve) -> [Double]) -> [Chart.Point] {
        doses.indices.map { dose in Chart.Point(doses[dose], mean(curves.map { values($0)[dose] }))
        }
      }
      return [
        Chart.Series("\(name) flips", .line, points(\.flips)),
        Chart.Series("\(name) tasks", .dashed, points(\.far)),
      ]
    }
    return .chart(
      Chart(
        "Dose and response",
        caption:
          "Share of questions answered with the falsehood, and of unrelated tasks still done.",
        x: .init("dose, shares of the median residual norm", .log),
        y: .init("share", low: 0, high: 1), series: series))
  }
}
