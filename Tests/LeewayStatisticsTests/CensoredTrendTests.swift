import LeewayBase
import LeewayStatistics
import Testing

@Suite("Censored trend") struct CensoredTrendTests {
  /// 4 levels, units at each, 20 items: a line, unit and item effects, noise; cut above and below.
  private func rows(
    slope: Double, draw: Int, low: Double = -.infinity, high: Double = .infinity, units: Int = 3,
    spread: Double = 0.2
  ) -> [CensoredTrend.Row] {
    var stream = NamedStream("censored-trend-test", "\(draw)")
    let items = (0..<20).map { _ in 0.4 * stream.normal() }
    return (0..<4).flatMap { level in
      (0..<units).flatMap { unit -> [CensoredTrend.Row] in
        let shift = spread * stream.normal()
        return (0..<20).map { item in
          let y = 1 + slope * Double(level) + shift + items[item] + 0.3 * stream.normal()
          let value: CensoredTrend.Value =
            y < low ? .atMost(low) : y > high ? .atLeast(high) : .exactly(y)
          return CensoredTrend.Row(x: Double(level), unit: unit, item: item, value: value)
        }
      }
    }
  }

  @Test func aLineWithoutBoundsIsThatOfLeastSquares() throws {
    let rows = [(0.0, 1.0), (1, 2.5), (2, 3)].map {
      CensoredTrend.Row(x: $0.0, unit: 0, item: 0, value: .exactly($0.1))
    }
    let line = try #require(CensoredTrend.line(rows, [1, 1, 1]))
    #expect(abs(line.slope - 1) < 1e-9)
    #expect(abs(line.intercept - (6.5 / 3 - 1)) < 1e-9)
  }

  @Test func boundsDoNotBendTheLine() throws {
    let whole = rows(slope: -0.5, draw: 1)
    let cut = rows(slope: -0.5, draw: 1, low: 0, high: 1.2)
    #expect(cut.contains { if case .atMost = $0.value { true } else { false } })
    #expect(cut.contains { if case .atLeast = $0.value { true } else { false } })
    let ones = whole.map { _ in 1.0 }
    let (a, b) = (
      try #require(CensoredTrend.line(whole, ones)), try #require(CensoredTrend.line(cut, ones))
    )
    #expect(abs(a.slope - b.slope) < 0.05)
    // Taking bounds as values would.
    let naive = cut.map {
      CensoredTrend.Row(x: $0.x, unit: $0.unit, item: $0.item, value: .exactly($0.value.bound))
    }
    let c = try #require(CensoredTrend.line(naive, ones))
    #expect(abs(a.slope - c.slope) > 0.15)
  }

  /// 100 families of models: the interval holds the slope in about 95 of them.
  @Test func intervalsCover() {
    var covered = 0
    for draw in 0..<100 {
      let estimate = CensoredTrend(rows(slope: -0.3, draw: draw, low: 0)).estimate(
        draws: 200, seed: "\(draw)")
      let interval = estimate?.slopeInterval
      if let interval, interval.low <= -0.3, -0.3 <= interval.high { covered += 1 }
    }
    #expect((88...100).contains(covered), "\(covered) of 100")
  }

  /// Where two models of one size differ by more than their items do, what is left of them in a
  /// resample is too much alike: without the strata's degrees of freedom 78 of 100 would hold it.
  @Test func intervalsCoverWhereUnitsDecide() {
    var covered = 0
    for draw in 0..<100 {
      let estimate = CensoredTrend(rows(slope: -0.3, draw: draw, units: 2, spread: 0.5)).estimate(
        draws: 200, seed: "\(draw)")
      let interval = estimate?.slopeInterval
      if let interval, interval.low <= -0.3, -0.3 <= interval.high { covered += 1 }
    }
    #expect((82...99).contains(covered), "\(covered) of 100")
  }

  @Test func loneUnitsSayNothingOfHowUnitsDiffer() throws {
    let estimate = CensoredTrend(rows(slope: -0.3, draw: 3, units: 1)).estimate(
      draws: 50, seed: "lone")
    let interval = try #require(estimate?.slopeInterval)
    #expect(interval.low == -.infinity && interval.high == .infinity)
    #expect(estimate?.orderInterval.low == -1 && estimate?.orderInterval.high == 1)
  }

  /// One stratum is the plain rule; more of them widen about the estimate.
  @Test func strataStretchAnInterval() {
    let draws = (0...400).map { Double($0 * $0) / 400 }
    let plain = Quantiles.interval(draws, clusters: 12)
    let one = Quantiles.interval(draws, about: 100, clusters: 12, strata: 1)
    #expect(abs(one.low - plain.low) < 1e-9 && abs(one.high - plain.high) < 1e-9)
    let four = Quantiles.interval(draws, about: 100, clusters: 12, strata: 4)
    // sqrt(11 / 8) of t at 8 over t at 11, from tables.
    let stretch = 1.375.squareRoot() * 2.306004 / 2.200985
    #expect(abs((four.low - 100) / (plain.low - 100) - stretch) < 1e-5)
    #expect(abs((four.high - 100) / (plain.high - 100) - stretch) < 1e-5)
  }

  @Test func quantilesBesideInfiniteDrawsAreNumbersOrInfinite() {
    let draws = [-Double.infinity, -.infinity, 0, 1, .infinity, .infinity]
    #expect(Quantiles.at(0.05, draws) == -.infinity && Quantiles.at(0.95, draws) == .infinity)
    #expect(Quantiles.at(0.5, draws) == 0.5)
    #expect(Quantiles.at(0.3, draws) == -.infinity && Quantiles.at(0.5, []) == nil)
  }

  @Test func orderKnowsOnlyWhatBoundsLeaveSure() {
    typealias Value = CensoredTrend.Value
    #expect(CensoredTrend.sign(.exactly(1), .exactly(2)) == 1)
    #expect(CensoredTrend.sign(.exactly(1), .atMost(0.5)) == -1)
    #expect(CensoredTrend.sign(.exactly(1), .atMost(1.5)) == 0)
    #expect(CensoredTrend.sign(.atLeast(2), .exactly(1)) == -1)
    #expect(CensoredTrend.sign(.atLeast(2), .exactly(3)) == 0)
    #expect(CensoredTrend.sign(.atMost(0), .atLeast(1)) == 1)
  }

  @Test func aSingleLevelHasNoTrend() {
    let rows = [CensoredTrend.Row(x: 1, unit: 0, item: 0, value: .exactly(1))]
    #expect(CensoredTrend(rows).estimate(seed: "") == nil)
  }
}
