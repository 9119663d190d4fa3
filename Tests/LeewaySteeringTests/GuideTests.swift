import Foundation
import LeewayModel
import LeewaySteering
import Testing

/// The guide's example is real.
@Suite struct GuideTests {
  @Test func theGuideQuotesTheMethod() throws {
    let file = try String(
      contentsOfFile: PackagePlace.root + "/Tests/LeewaySteeringTests/GuideMethod.swift",
      encoding: .utf8)
    let guide = try String(
      contentsOfFile: PackagePlace.root + "/Documentation/AddAMethod.md", encoding: .utf8)
    let from = try #require(file.range(of: "from the next line on.\n")).upperBound
    #expect(guide.contains("```swift\n\(file[from...])```"))
  }

  @Test func theMethodTakesMedians() throws {
    let method = MedianDifference()
    #expect(
      method.fit(
        positive: [[1, 9], [2, -1], [400, 0]], negative: [[0, 1], [0, 3]]) == [2, -2])
    #expect(method.fit(positive: [], negative: []) == [])
    let fitter = try VectorFitter.echo()
    let vector = try fitter.fit(ContrastActivations.random("guide"), method: method)
    #expect(abs(length(vector.direction) - 1) < 1e-6)
    #expect(vector.provenance.method == "median-difference")
  }

  /// What a vector is applied with by hand is what a dose means to its operator.
  @Test func aDoseIsInTheOperatorsUnit() throws {
    let fitter = try VectorFitter.echo()
    let vector = try fitter.fit(ContrastActivations.random("applied"))
    let row = [Float](repeating: 1, count: vector.direction.count)
    for id in SteeringOperators.all.map({ $0.id }) {
      let steering = try OperatorLaw.named(id)
      let isLength = type(of: steering).doseUnit == .residualNorm
      #expect(steering.strength(dose: 0.5, residualMedian: 8) == (isLength ? 4 : 0.5))
      let made = vector.intervention(
        steering, dose: 0.5, residualMedian: 8, positions: .last)
      #expect(made.site == vector.site && made.positions == .last && made.meter == nil)
      let direct = steering.edit(
        direction: vector.direction, strength: isLength ? 4 : 0.5, residualMedian: 8)
      #expect(bits(made.edit.applied(to: row)) == bits(direct.applied(to: row)), "\(id)")
    }
  }
}
