import Foundation
import LeewayStatistics
import Testing

/// What is kept of likelihoods where some of their texts failed, and grids whose ends are none.
@Suite struct CapabilityTests {
  /// Ten texts of four tokens at 2 nats each; at the first dose they cost a tenth more, at the second
  /// some of them failed.
  private func texts(failed: Set<Int>, unsaid: Set<Int> = []) -> CapabilityTrials {
    func nats(_ value: Double, _ lost: Set<Int>) -> [Double] {
      (0..<10).map { lost.contains($0) ? .infinity : value }
    }
    return CapabilityTrials(
      name: "texts", floor: 0.75,
      outcome: .likelihood(
        nats: [nats(8.4, []), nats(8.4, failed)], baseline: nats(8, unsaid),
        tokens: Array(repeating: 4, count: 10)))
  }

  @Test func aFailedTextCostsItsShare() {
    let whole = exp(-0.1)
    #expect(abs(texts(failed: []).relative(at: 1) - whole) < 1e-12)
    #expect(abs(texts(failed: [3]).relative(at: 1) - 0.9 * whole) < 1e-12)
    #expect(texts(failed: Set(0..<10)).relative(at: 1) == 0)
    // Perplexity is that of the texts that have one.
    #expect(abs(texts(failed: [3]).score(at: 1) - exp(2.1)) < 1e-12)
    #expect(texts(failed: Set(0..<10)).score(at: 1) == .infinity)
  }

  /// 0 times infinity is no number: a resample without the failed text keeps what the others keep.
  @Test func aTextThatIsNotDrawnSpoilsNothing() {
    var weights = [Double](repeating: 1, count: 10)
    (weights[3], weights[4]) = (0, 2)
    #expect(abs(texts(failed: [3]).relative(at: 1, weights: weights) - exp(-0.1)) < 1e-12)
    #expect(abs(texts(failed: [4]).relative(at: 1, weights: weights) - 0.8 * exp(-0.1)) < 1e-12)
  }

  @Test func textsThatFailedUnpushedSayNothing() {
    let some = texts(failed: [3, 5], unsaid: [5, 6])
    #expect(some.isMeasurable && abs(some.baselineScore - exp(2)) < 1e-12)
    #expect(abs(some.relative(at: 1) - 7.0 / 8 * exp(-0.1)) < 1e-12)
    #expect(!texts(failed: [], unsaid: Set(0..<5)).isMeasurable)
  }

  /// One text of many that ends at once is no broken model: the ceiling stays beyond the grid.
  @Test func oneFailureOfManySetsNoCeiling() {
    let flips = [[[0.0]], [[0.0]]]
    let arm = ArmTrials(
      doses: [0.5, 1], effect: flips.map { $0 + $0 }, baselineEffect: [[0], [0]],
      capabilities: [texts(failed: [3])])
    #expect(WindowAnalysis(draws: 0).estimate(arm).ceiling == .above(1))
  }

  @Test func gridsOfDosesEndWhereTheyAreTold() {
    #expect(DoseGrid.doses(from: 0.25, to: 1, perOctave: 1) == [0.25, 0.5, 1])
    #expect(DoseGrid.doses(from: 1, to: 1, perOctave: 3) == [1])
    #expect(DoseGrid.doses(from: 2, to: 1, perOctave: 3) == [2])
    // The last step is the one that is nearest.
    #expect(DoseGrid.doses(from: 1, to: 3.9, perOctave: 1) == [1, 2, 4])
    for (low, high) in [(0, 1), (-1, 1), (.nan, 1), (1, .nan), (1, .infinity)] as [(Double, Double)]
    {
      #expect(DoseGrid.doses(from: low, to: high, perOctave: 2).isEmpty, "\(low) to \(high)")
    }
    #expect(DoseGrid.doses(from: 1, to: 2, perOctave: 0).isEmpty)
  }
}
