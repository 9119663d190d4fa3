import LeewayStatistics
import Testing

@Suite struct InstalledTests {
  /// Newcombe 1998, table II, method 10.
  @Test func differencesMatchPublishedIntervals() {
    let published: [((Int, Int), (Int, Int), (Double, Double))] = [
      ((56, 70), (48, 80), (0.0524, 0.3339)), ((9, 10), (3, 10), (0.1705, 0.8090)),
      ((10, 10), (0, 10), (0.6075, 1)), ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ]
    for (a, b, wanted) in published {
      func share(_ of: (Int, Int)) -> Proportion {
        Proportion(share: Double(of.0) / Double(of.1), count: of.1)
      }
      let found = Wilson.difference(share(a), share(b))
      #expect(abs(found.low - wanted.0) < 1e-4, "\(a) \(b): \(found.low)")
      #expect(abs(found.high - wanted.1) < 1e-4, "\(a) \(b): \(found.high)")
    }
  }

  private func judge(
    _ share: Double, baseline: Double = 0, word: Double? = 0, known: Double = 1, count: Int = 40
  ) -> Installed {
    Installed(
      share: Proportion(share: share, count: count),
      baseline: Proportion(share: baseline, count: count),
      word: word.map { Proportion(share: $0, count: count) }, known: known, criterion: 0.5)
  }

  @Test func tellsBeliefFromWord() {
    #expect(judge(0.9) == .belief)
    #expect(judge(0.3) == .inPart)
    #expect(judge(0.05) == .word)
    // As much as a push on the word alone gives is no belief.
    #expect(judge(0.9, word: 0.85) == .undecided)
    #expect(judge(0.2, word: 0.2) == .word)
    #expect(judge(0.9, word: nil) == .belief)
    #expect(judge(0.6, baseline: 0.5) == .undecided)
    #expect(judge(0.9, known: 0.4) == .notMeasurable)
    #expect(judge(0.1, count: 3) == .undecided)
  }

  /// More of what follows never makes it less of a belief.
  @Test func moreThatFollowsIsNoLessABelief() {
    let order: [Installed] = [.word, .undecided, .inPart, .belief]
    for word in [nil, 0, 0.2, 0.6] {
      var last = 0
      for share in stride(from: 0.0, through: 1, by: 0.025) {
        let place = order.firstIndex(of: judge(share, word: word)) ?? -1
        #expect(place >= last, "\(share) against \(String(describing: word))")
        last = place
      }
    }
  }
}
