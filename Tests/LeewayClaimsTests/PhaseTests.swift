import Foundation
import LeewayBase
import LeewayClaims
import Testing

/// Simulated transitions whose kind is known.
@Suite("Phases") struct PhaseTests {
  @Test func ratiosAndPeaks() throws {
    #expect(abs(try #require(PhaseStatistics.binder([2, 2, 2])) - 2.0 / 3) < 1e-12)
    // A share q at 1 and the rest at 0.
    let mixed = try #require(PhaseStatistics.binder([1, 0, 0, 0]))
    #expect(abs(mixed - (1 - 1 / (3 * 0.25))) < 1e-12)
    var stream = NamedStream("binder")
    let normal = try #require(
      PhaseStatistics.binder((0..<200_000).map { _ in stream.normal() }))
    #expect(abs(normal) < 0.02)
    #expect(PhaseStatistics.binder([0, 0]) == nil)
    #expect(abs(PhaseStatistics.susceptibility([1, 3], size: 10) - 20) < 1e-12)
  }

  @Test func crossingsLieWhereLinesMeet() {
    let places = [0.0, 1, 2, 3]
    #expect(PhaseStatistics.crossings(places, [0, 1, 2, 3], [2, 2, 1, 1]) == [1.5])
    #expect(PhaseStatistics.crossings(places, [0, nil, 2, 3], [1, 1, 1, 1]) == [1])
    #expect(PhaseStatistics.crossings(places, [0, 1, 2, 3], [1, 2, 3, 4]).isEmpty)
  }

  @Test func theLeastOfABowlIsItsBottom() {
    let found = PhaseStatistics.least([3, -4], steps: [1, 1]) {
      ($0[0] - 1) * ($0[0] - 1) + 3 * ($0[1] - 2) * ($0[1] - 2) + 0.5 * $0[0] * $0[1]
    }
    // Both slopes are 0 there.
    let (x, y) = (found.place[0], found.place[1])
    #expect(abs(2 * (x - 1) + 0.5 * y) < 1e-3 && abs(6 * (y - 2) + 0.5 * x) < 1e-3)
  }

  private static let sizes = [23, 31, 43]
  private static let fractions = (0..<9).map { 0.2 + 0.05 * Double($0) }

  /// - Parameters:
  ///   - exponent: the width falls with it.
  ///   - jumps: an accuracy is 0 or 1, with the chance that the curve gives.
  ///   - lag: of the loops, at any speed.
  private func reading(exponent: Double, width: Double, jumps: Bool, lag: Double) -> PhaseReading {
    var stream = NamedStream("phases", "\(exponent) \(width) \(jumps) \(lag)")
    var sweep: [[[PhaseOutcome]]] = []
    for size in Self.sizes {
      let own = width * pow(Double(size) / 31, -exponent)
      let row = Self.fractions.map { fraction -> [PhaseOutcome] in
        let mean = Solve.sigmoid((fraction - 0.4) / own)
        return (0..<8).map { _ in
          let noise = stream.normal()
          let jump = (stream.uniform() < mean ? 0.97 : 0.03) + 0.01 * noise
          let value = jumps ? jump : min(1, max(0, mean + 0.02 * noise))
          return PhaseOutcome(
            trained: 100, tested: value > 0.9 ? 900 : nil, accuracy: value, concentration: value)
        }
      }
      sweep.append(row)
    }
    var loops: [PhaseReading.Loop] = []
    for hold in [250, 500, 1000] {
      for seed in 1...3 {
        let up = Self.fractions.map { _ -> Double in
          0.9 - lag - 20 / Double(hold) + 0.003 * stream.normal()
        }
        loops.append(.init(seed: seed, hold: hold, down: up.map { _ in 0.9 }, up: up))
      }
    }
    return PhaseReading(
      sizes: Self.sizes, fractions: Self.fractions, sweep: sweep, loops: loops)
  }

  @Test func everyKindIsFoundWhereItIs() {
    let first = reading(exponent: 3, width: 0.03, jumps: true, lag: 0.3)
    #expect(first.kind == .firstOrder && first.verdict.outcome == .supported, "\(first.verdict)")
    let continuous = reading(exponent: 2, width: 0.06, jumps: false, lag: 0)
    #expect(continuous.kind == .continuous, "\(continuous.verdict)")
    let crossover = reading(exponent: 0, width: 0.08, jumps: false, lag: 0)
    #expect(
      crossover.kind == .crossover && crossover.verdict.outcome == .refuted,
      "\(crossover.verdict)")
    // Steeper with size, and yet no loop: neither.
    let open = reading(exponent: 3, width: 0.03, jumps: true, lag: 0)
    #expect(open.kind == .undecided && open.verdict.outcome == .undecided, "\(open.verdict)")
  }

  @Test func aLoopIsFollowedToInfinitelySlowLeading() throws {
    let loop = try #require(reading(exponent: 1, width: 0.05, jumps: false, lag: 0.25).slowLoop)
    #expect(abs(loop.area - 0.25) < 0.01 && loop.low < loop.area && loop.area < loop.high)
  }

  @Test func heapsAreCounted() throws {
    var stream = NamedStream("heaps")
    let one = (0..<24).map { _ in 0.5 + 0.1 * stream.normal() }
    let two = (0..<24).map { (($0 % 3) == 0 ? 0.1 : 0.9) + 0.05 * stream.normal() }
    #expect(try #require(PhaseStatistics.twoHeaps(one)) < 3)
    #expect(try #require(PhaseStatistics.twoHeaps(two)) > 20)
    #expect(PhaseStatistics.twoHeaps([0, 1]) == nil)
  }

  /// The whole of it, small: runs, stays the same, and is kept.
  @Test func aSmallSweepRuns() throws {
    let claim = try Claims.named("phase-change")
    let settings = [
      "sizes=11,13", "fractions=3", "decays=1", "map-size=11", "seeds=2", "map-seeds=1",
      "loop-seeds=2", "steps=40", "hold=5", "width=16", "printed-steps=0",
    ]
    let tools = ClaimTools()
    let record = try claim.run(settings, tools: tools)
    #expect(record.findings.pictures.count == 5 && record.findings.tables[0].rows.count == 6)
    #expect(record.findings.verdict.outcome != .supported)
    #expect(try claim.run(settings, tools: tools) == record)
    #expect(throws: ClaimError.self) { try claim.run(["lowest=0.7"], tools: tools) }
  }
}
