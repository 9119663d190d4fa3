import Foundation
import LeewayBase
import LeewayStatistics
import Testing

/// The interval must hold the truth as often as it says. `LEEWAY_COVERAGE=full` runs the long version.
@Suite struct CoverageTests {
  static let full = ProcessInfo.processInfo.environment["LEEWAY_COVERAGE"] == "full"

  static let scenarios: [(String, Simulation)] = [
    ("wide", Simulation()),
    ("narrow", Simulation(onset: -2.0, ceiling: -1.5)),
    ("negative", Simulation(onset: -1.0, ceiling: -3.0)),
    ("many", Simulation(prompts: 40, seeds: 4, items: 40)),
    ("steep", Simulation(spread: 0.5, slope: 0.1)),
    ("vector", Simulation(vectorSpread: 0.4, refits: 8)),
  ]

  @Test(arguments: scenarios.indices)
  func intervalHoldsTheTruth(_ index: Int) {
    let (label, simulation) = Self.scenarios[index]
    let studies = Self.full ? 1000 : 150
    let draws = Self.full ? 1000 : 300
    let share = simulation.coverage(studies: studies, draws: draws, label: label)
    print("coverage \(label): \(share) of \(studies)")
    // 93-97 % is meant of all studies that could be: a run of some may be off by their own error.
    let slack = (Self.full ? 2 : 3) * (0.95 * 0.05 / Double(studies)).squareRoot()
    #expect(share >= 0.93 - slack && share <= min(1, 0.97 + slack), "\(label): \(share)")
  }

  /// A vector that is no better than random ones opens a window in at most one study of twenty.
  @Test func nullVectorRarelyOpens() {
    let studies = Self.full ? 1000 : 200
    // All twenty arms flip at doses of one population: any of them may look good.
    let simulation = Simulation(
      prompts: 20, seeds: 1, items: 20, onset: -2.5, ceiling: 0, vectorSpread: 1)
    var open = 0
    for index in 0..<studies {
      let doses = DoseGrid.doses(from: 1.0 / 128, to: 2, perOctave: 1)
      let arms = (0..<20).map { arm in
        let subject = simulation.subject("null \(index) \(arm)")
        return simulation.trials(
          subject, doses: doses, name: "null \(index) \(arm)", shift: subject.shift)
      }
      let analysis = WindowAnalysis(criterion: 0.5, draws: 100, seed: "null \(index)")
      let estimate = analysis.estimate(arms[0], random: Array(arms.dropFirst()))
      if estimate.verdict == .open { open += 1 }
    }
    let share = Double(open) / Double(studies)
    print("null vector opens: \(share) of \(studies)")
    // One rank of twenty is 5 % exactly; a run of some studies adds its own error.
    let slack = (Self.full ? 2 : 3) * (0.05 * 0.95 / Double(studies)).squareRoot()
    #expect(share <= 0.05 + slack)
  }
}
