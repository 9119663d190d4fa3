import Foundation
import LeewayBase
import LeewayStatistics
import Testing

/// Laws over generated curves.
@Suite struct WindowLawTests {
  /// A study with rough, not even monotone curves.
  static func generated(_ index: Int) -> ArmTrials {
    var stream = NamedStream("law", "\(index)")
    let doses = DoseGrid.doses(from: 1.0 / 64, to: 2, perOctave: 1 + stream.below(3))
    let prompts = 4 + stream.below(30)
    let onset = -5 + 5 * stream.uniform()
    let ceiling = -5 + 6 * stream.uniform()
    func noisy(_ x: Double) -> Double {
      stream.uniform() < 1 / (1 + exp(-2 * x)) ? 1 : 0
    }
    let effect = doses.map { dose in (0..<prompts).map { _ in [noisy(log2(dose) - onset)] } }
    let scores = doses.map { dose in (0..<prompts).map { _ in noisy(ceiling - log2(dose)) } }
    return ArmTrials(
      doses: doses, effect: effect, baselineEffect: Array(repeating: [0], count: prompts),
      capabilities: [
        CapabilityTrials(
          name: "c", floor: 0.75,
          outcome: .score(
            scores: scores, baseline: Array(repeating: 1, count: prompts), chance: 0))
      ])
  }

  private func value(_ crossing: Crossing) -> Double {
    switch crossing {
    case .at(let dose): dose
    case .below: 0
    case .above: .infinity
    }
  }

  @Test(arguments: 0..<40) func raisingTheCriterionNeverLowersOnset(_ index: Int) {
    let arm = Self.generated(index)
    let onsets = [0.2, 0.4, 0.5, 0.7, 0.9].map {
      value(WindowAnalysis(criterion: $0, draws: 0).estimate(arm).onset)
    }
    #expect(onsets == onsets.sorted())
  }

  @Test(arguments: 0..<40) func loweringTheFloorNeverLowersTheCeiling(_ index: Int) {
    var arm = Self.generated(index)
    let ceilings = [0.9, 0.75, 0.5, 0.3].map { floor in
      arm.capabilities[0].floor = floor
      return value(WindowAnalysis(draws: 0).estimate(arm).ceiling)
    }
    #expect(ceilings == ceilings.sorted())
  }

  @Test(arguments: 0..<20) func orderOfPromptsDoesNotMatter(_ index: Int) {
    let arm = Self.generated(index)
    var order = Array(0..<arm.prompts)
    var stream = NamedStream("order", "\(index)")
    stream.shuffle(&order)
    var other = arm
    other.effect = arm.effect.map { row in order.map { row[$0] } }
    let first = WindowAnalysis(draws: 0).estimate(arm)
    let second = WindowAnalysis(draws: 0).estimate(other)
    #expect(first == second)
  }

  @Test(arguments: 0..<20) func scalingDosesMovesTheWindow(_ index: Int) {
    let arm = Self.generated(index)
    var scaled = arm
    scaled.doses = arm.doses.map { $0 * 2 }
    let first = WindowAnalysis(draws: 200).estimate(arm)
    let second = WindowAnalysis(draws: 200).estimate(scaled)
    if case .at(let a) = first.onset, case .at(let b) = second.onset {
      #expect(abs(b / a - 2) < 1e-9)
    }
    if let a = first.octaves, let b = second.octaves { #expect(abs(a - b) < 1e-9) }
    #expect(first.openIntervals == second.openIntervals)
  }

  @Test func aCurveThatCrossesTwiceOpensTwice() {
    let shape = [0.0, 1, 1, 0, 0, 1, 1]
    let doses = (0..<7).map { exp2(Double($0) - 6) }
    let arm = ArmTrials(
      doses: doses, effect: shape.map { value in (0..<20).map { _ in [value] } },
      baselineEffect: Array(repeating: [0], count: 20), capabilities: [])
    #expect(WindowAnalysis(draws: 0).estimate(arm).openIntervals == 2)
  }

  @Test func knownCrossingsAreFound() {
    // Effect 0, 0, .25, .75, 1 at 1/16 ... 1: crosses .5 half an octave above 1/4.
    let shares = [0.0, 0, 0.25, 0.75, 1]
    let doses = (0..<5).map { exp2(Double($0) - 4) }
    let kept = [1.0, 1, 1, 0.8, 0.4]
    let arm = ArmTrials(
      doses: doses,
      effect: shares.map { share in (0..<20).map { [Double($0) < share * 20 ? 1 : 0] } },
      baselineEffect: Array(repeating: [0], count: 20),
      capabilities: [
        CapabilityTrials(
          name: "c", floor: 0.6,
          outcome: .score(
            scores: kept.map { share in (0..<20).map { Double($0) < share * 20 ? 1 : 0 } },
            baseline: Array(repeating: 1, count: 20), chance: 0))
      ])
    let estimate = WindowAnalysis(draws: 500).estimate(arm)
    #expect(abs(value(estimate.onset) - exp2(-1.5)) < 1e-9)
    #expect(abs(value(estimate.ceiling) - exp2(-0.5)) < 1e-9)
    #expect(abs((estimate.octaves ?? 0) - 1) < 1e-9)
    #expect(estimate.verdict == .unranked)
    let width = estimate.octavesInterval
    #expect((width?.low ?? 1) < 1 && (width?.high ?? 1) > 1)
  }

  /// A broken model says nothing: how far the grid runs beyond the break says nothing about onset.
  @Test func dosesBeyondTheBreakDoNotMoveTheOnset() {
    func arm(_ shares: [Double]) -> ArmTrials {
      let doses = shares.indices.map { exp2(Double($0) - 3) }
      return ArmTrials(
        doses: doses,
        effect: shares.map { share in (0..<20).map { [Double($0) < share * 20 ? 1 : 0] } },
        baselineEffect: Array(repeating: [0], count: 20), capabilities: [])
    }
    let analysis = WindowAnalysis(draws: 0)
    let onset = value(analysis.estimate(arm([0, 0.25, 0.75, 1])).onset)
    #expect(abs(onset - exp2(-1.5)) < 1e-9)
    for tail in [[0.2], [0.2, 0, 0], [0.2, 0, 0, 0, 0, 0, 0]] {
      #expect(value(analysis.estimate(arm([0, 0.25, 0.75, 1] + tail)).onset) == onset)
    }
    // A dip that chance explains is no fall.
    let dip = value(analysis.estimate(arm([0, 0.25, 0.75, 0.6])).onset)
    #expect(abs(dip - exp2(-2 + 0.25 / 0.425)) < 1e-9)
  }

  @Test func noDataGivesNoNumber() {
    let arm = ArmTrials(doses: [], effect: [], baselineEffect: [], capabilities: [])
    let estimate = WindowAnalysis().estimate(arm)
    #expect(estimate.octaves == nil)
    #expect(estimate.octavesInterval == nil)
    #expect(estimate.verdict == .notMeasurable)
  }

  @Test func wilsonMatchesPublishedBounds() {
    // 9 of 10 is the smallest count of 10 whose lower bound exceeds one half; 15 of 20; 60 of 100.
    for (count, total) in [(9, 10), (15, 20), (32, 50), (60, 100), (114, 200)] {
      #expect(Wilson.interval(Double(count) / Double(total), total).low > 0.5)
      #expect(Wilson.interval(Double(count - 1) / Double(total), total).low <= 0.5)
    }
    #expect(abs(Normal.quantile(0.975) - 1.959963984540054) < 1e-12)
    #expect(abs(Student.quantile(0.975, 19) - 2.093024054408263) < 1e-7)
  }

  @Test func isotonicFitIsMonotoneAndKeepsTheMean() {
    for index in 0..<50 {
      var stream = NamedStream("pava", "\(index)")
      let values = (0..<1 + stream.below(20)).map { _ in stream.uniform() }
      let fit = Isotonic.increasing(values)
      #expect(fit == fit.sorted())
      #expect(abs(fit.reduce(0, +) - values.reduce(0, +)) < 1e-9)
    }
  }

  @Test func intervalsSurviveJSON() throws {
    let open = Interval(low: -.infinity, high: 2)
    let back = try JSONDecoder().decode(Interval.self, from: JSONEncoder().encode(open))
    #expect(back == open)
  }

  /// A capability that is left out is as if it had not been asked, to the bit.
  @Test(arguments: 0..<20) func whatIsLeftOutMovesNothing(_ index: Int) {
    let arm = Self.generated(index)
    var more = arm
    // Broken at every dose: it would shut any window.
    let lost = arm.doses.map { _ in [0.0, 0, 0] }
    more.capabilities.append(
      CapabilityTrials(
        name: "other", floor: 0.75,
        outcome: .score(scores: lost, baseline: [1, 1, 1], chance: 0)))
    #expect(WindowAnalysis(draws: 0).estimate(more) != WindowAnalysis(draws: 0).estimate(arm))
    more.capabilities[1].counts = false
    #expect(WindowAnalysis(draws: 100).estimate(more) == WindowAnalysis(draws: 100).estimate(arm))
  }

  @Test func crossingsNameTheDosesThatStandForThem() {
    let doses = [0.25, 0.5, 1]
    #expect(Crossing.at(0.3).reached(on: doses) == 0.5 && Crossing.at(0.3).kept(on: doses) == 0.25)
    #expect(Crossing.at(0.5).reached(on: doses) == 0.5 && Crossing.at(0.5).kept(on: doses) == 0.5)
    #expect(Crossing.below(0.25).reached(on: doses) == 0.25)
    #expect(Crossing.below(0.25).kept(on: doses) == nil)
    #expect(Crossing.above(1).reached(on: doses) == nil && Crossing.above(1).kept(on: doses) == 1)
    #expect(Crossing.at(1).reached(on: []) == nil)
  }

  /// A result is read by other programs: plain keys, and what earlier versions wrote still opens.
  @Test func crossingsAreSpeltPlainly() throws {
    let cases: [(Crossing, String)] = [
      (.at(0.5), #"{"at":0.5}"#), (.below(0.25), #"{"below":0.25}"#), (.above(8), #"{"above":8}"#),
    ]
    for (crossing, text) in cases {
      #expect(String(decoding: try JSONEncoder().encode(crossing), as: UTF8.self) == text)
      #expect(try JSONDecoder().decode(Crossing.self, from: Data(text.utf8)) == crossing)
      let nested = text.replacing(/[0-9.]+/) { #"{"_0":"# + $0.output + "}" }
      #expect(try JSONDecoder().decode(Crossing.self, from: Data(nested.utf8)) == crossing)
    }
    for wrong in ["{}", #"{"near":1}"#, #"{"at":1,"above":2}"#, #"{"at":"much"}"#, "0.5"] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(Crossing.self, from: Data(wrong.utf8))
      }
    }
  }
}
