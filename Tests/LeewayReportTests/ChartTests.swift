import Foundation
import LeewayBase
import LeewayClaims
import LeewayReport
import Testing

/// Drawn places match the numbers, and nothing that a claim may hold breaks a drawing.
@Suite struct ChartTests {
  @Test func keepsDecadesEqual() {
    let scale = ChartScale(.init("x", .log), values: [1, 1000], from: 0, to: 540)
    let places = [1.0, 10, 100, 1000].map(scale.place)
    for (one, next) in zip(places, places.dropFirst()) { #expect(abs(next - one - 500 / 3) < 0.5) }
    #expect(scale.apart == nil)
  }

  @Test func setsZeroApartOnALogarithmicAxis() throws {
    let scale = ChartScale(.init("x", .log), values: [0, 1, 10], from: 100, to: 500)
    let apart = try #require(scale.apart)
    #expect(apart > 100 && apart < scale.start && scale.place(0) == apart)
    #expect(scale.place(-3) == apart && !scale.holds(0) && scale.holds(1))
    let upright = ChartScale(.init("y", .log), values: [0, 1, 10], from: 400, to: 50)
    #expect(upright.place(0) < 400 && upright.place(0) > upright.place(1))
    #expect(upright.place(10) < upright.place(1) && upright.place(10) > 50)
  }

  @Test func keepsTheEndsThatWereAskedFor() {
    let asked = ChartScale(.init("y", low: 0, high: 1), values: [0.2, 1], from: 0, to: 100)
    #expect(asked.place(0) == 0 && asked.place(1) == 100)
    let widened = ChartScale(.init("y", low: 0, high: 1), values: [0.2, 2], from: 0, to: 100)
    #expect(widened.place(0) == 0 && widened.place(2) < 100 && widened.place(1) < 51)
  }

  /// Ticks lie on the axis, ascend, and are told apart by their labels.
  @Test func ticksAreRoundAndTold() {
    var stream = NamedStream("ticks")
    for round in 0..<400 {
      let size = pow(10, stream.uniform() * 12 - 6)
      let low = (stream.uniform() - 0.5) * size
      let width = pow(10, stream.uniform() * 3 - 2) * size
      for kind in [Chart.Axis.Scale.linear, .log] {
        let values = kind == .log ? [abs(low) + 1e-9, abs(low) + width] : [low, low + width]
        let scale = ChartScale(.init("x", kind), values: values, from: 0, to: 500)
        let ticks = scale.ticks(7)
        let labels = ticks.map { ChartScale.label($0, among: ticks) }
        #expect((2...16).contains(ticks.count), "\(values) \(kind): \(labels)")
        #expect(Set(labels).count == labels.count, "\(round) \(values) \(kind): \(labels)")
        for (one, next) in zip(ticks, ticks.dropFirst()) { #expect(one < next) }
        for tick in ticks {
          #expect(tick > scale.low - width * 1e-6 && tick < scale.high + width * 1e-6)
        }
        let longest = labels.map(\.count).max() ?? 0
        #expect(longest <= 12, "\(labels)")
      }
    }
  }

  /// There is no seed 1.25.
  @Test func ticksOfWholeNumbersAreWhole() {
    for most in 3...40 {
      let values = (1...most).map(Double.init)
      let ticks = ChartScale(.init("seed"), values: values, from: 0, to: 500).ticks(7)
      #expect(ticks.count >= 2 && ticks.allSatisfy { $0 == $0.rounded() }, "\(most): \(ticks)")
    }
    let halves = ChartScale(.init("x"), values: [0.5, 1, 3], from: 0, to: 500).ticks(7)
    #expect(halves.contains(1.5))
  }

  @Test func labelsTicksAsPeopleDo() {
    func labels(_ ticks: [Double]) -> [String] {
      ticks.map { ChartScale.label($0, among: ticks) }
    }
    #expect(labels([-0.5, 0, 0.5]) == ["−0.5", "0.0", "0.5"])
    #expect(labels([0, 2, 4]) == ["0", "2", "4"])
    #expect(labels([0.01, 0.1, 1, 10]) == ["0.01", "0.1", "1", "10"])
    #expect(labels([20000, 50000, 100_000]) == ["20 k", "50 k", "100 k"])
    #expect(labels([0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"])
  }

  @Test(arguments: ClaimFixture.odd.map(\.name)) func drawsOddCharts(_ name: String) throws {
    let chart = try #require(ClaimFixture.odd.first { $0.name == name }).chart
    let svg = ChartDrawing(chart).svg
    #expect(PageTests.isWellFormed(svg), "\(svg.prefix(300))")
    for bad in ["nan", "inf", "\"—"] { #expect(!svg.contains(bad), "\(bad)") }
    for match in svg.matches(of: /c[xy]="(-?[0-9.]+)"/) {
      let place = try #require(Double(match.output.1))
      #expect(place >= 0 && place <= 900)
    }
    if chart.series.allSatisfy(\.points.isEmpty) { #expect(svg.contains("nothing was measured")) }
  }

  @Test func drawsEachLook() {
    let dots = ChartDrawing(ClaimFixture.curves).svg
    #expect(dots.contains("s-band s0") && dots.contains("s-line s0 s-dashed"))
    #expect(dots.contains(">xs flips</text>"))
    let bars = ChartDrawing(ClaimFixture.bars).svg
    #expect(bars.components(separatedBy: "<rect class=\"s-bar").count - 1 == 12, "10 and the key")
    #expect(bars.contains("s-error"))
  }

  @Test func dashedSeriesBelongToTheirMeasurement() {
    func series(_ name: String, _ look: Chart.Series.Look) -> Chart.Series {
      Chart.Series(name, look, [.init(1, 1)])
    }
    #expect(
      ChartInk.classes([
        series("xs flips", .line), series("xs tasks", .dashed), series("s flips", .line),
        series("theory", .dashed), series("ideal", .dashed),
      ]) == ["s0", "s0", "s1", "s-grey", "s2"])
    let many = ChartInk.classes((0..<8).map { series("\($0)", .dots) })
    #expect(Set(many).count == ChartInk.count)
  }
}
