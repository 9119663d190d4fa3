import Foundation
import LeewayReport
import LeewayStatistics
import LeewayStudy
import Testing

/// Drawn places match the numbers.
@Suite struct GeometryTests {
  static let scale = DoseScale(doses: [0, 0.25, 0.5, 1, 2, 4], left: 0, right: 450, gutter: 0)

  /// 4 octaves and a quarter to each side are 450 pixels: 100 an octave.
  @Test func keepsOctavesEqual() {
    for (dose, x) in [(0.25, 25.0), (0.5, 125), (1, 225), (2, 325), (4, 425)] {
      #expect(abs(Self.scale.x(dose) - x) < 1e-9)
    }
    #expect(Self.scale.ticks == [0.25, 0.5, 1, 2, 4])
  }

  @Test(arguments: [
    (Crossing.at(0.5), Crossing.at(2), 125.0, 325.0, false, false, false),
    (.at(2), .at(0.5), 125, 325, true, false, false),
    (.at(0.5), .above(4), 125, 450, false, false, true),
    (.below(0.25), .at(2), 0, 325, false, true, false),
    (.at(2), .below(0.25), 0, 325, true, true, false),
  ])
  func shadesFromOnsetToCeiling(
    _ onset: Crossing, _ ceiling: Crossing, _ start: Double, _ end: Double, _ shut: Bool,
    _ left: Bool, _ right: Bool
  ) throws {
    let span = try #require(WindowSpan(Self.window(onset, ceiling), on: Self.scale))
    #expect(abs(span.start - start) < 1e-9 && abs(span.end - end) < 1e-9)
    #expect((span.shut, span.opensLeft, span.opensRight) == (shut, left, right))
  }

  @Test func shadesNothingWithoutAnOnset() {
    #expect(WindowSpan(Self.window(.above(4), .at(1)), on: Self.scale) == nil)
    #expect(WindowSpan(Self.window(.below(0.25), .below(0.25)), on: Self.scale) == nil)
    #expect(WindowSpan(Self.window(.at(1), .at(2), .notMeasurable), on: Self.scale) == nil)
  }

  @Test func writesTheWindowIntoTheChart() throws {
    let view = StudyView(try Fixture.result(.open))
    let arm = try #require(view.chosen)
    let chart = DoseChart(view, arm)
    let (from, to) = (chart.scale.x(0.3), chart.scale.x(1))
    let rect =
      "<rect class=\"window-open\" x=\"\(NumberText.coordinate(from))\" y=\"74\" "
      + "width=\"\(NumberText.coordinate(to - from))\" height=\"330\""
    #expect(chart.svg.contains(rect))
  }

  @Test func keepsLabelsApartAndInside() {
    let labels = [10.0, 12, 11, 95, 96].map { EdgeLabel(y: $0, text: "\($0)", style: "") }
    let spread = EdgeLabel.spread(labels, gap: 10, within: 0...100)
    #expect(spread.map(\.text) == ["10.0", "11.0", "12.0", "95.0", "96.0"])
    for (a, b) in zip(spread, spread.dropFirst()) { #expect(b.y - a.y >= 10) }
    #expect(spread.allSatisfy { (0...100).contains($0.y) })
  }

  @Test func barsInLetters() {
    let doses = [0.25, 0.5, 1, 2, 4]
    let bar = { (window: WindowEstimate?) in WindowBar.text(window, doses: doses, width: 20) }
    #expect(bar(Self.window(.at(0.5), .at(2))) == "|-----########-----|")
    #expect(bar(Self.window(.at(2), .at(0.5), .shut)) == "|-----xxxxxxxx-----|")
    #expect(bar(Self.window(.at(0.5), .above(4), .noCeiling)) == "|-----############>|")
    #expect(bar(Self.window(.at(0.5), .at(2), .notAboveRandom)) == "|-----~~~~~~~~-----|")
    #expect(bar(Self.window(.above(4), .at(2), .noOnset)) == "|------------------|")
    #expect(bar(nil) == "|..................|")
  }

  static func window(
    _ onset: Crossing, _ ceiling: Crossing, _ verdict: WindowEstimate.Verdict = .open
  ) -> WindowEstimate {
    WindowEstimate(
      onset: onset, onsetInterval: nil, ceiling: ceiling, ceilingInterval: nil, octaves: nil,
      censored: false, octavesInterval: nil, openIntervals: 1, area: 0, peakUseful: 0,
      vectorVarianceShare: nil, verdict: verdict)
  }
}
