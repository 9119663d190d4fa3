import LeewayClaims
import LeewayModel
import LeewaySteering
import Testing

/// What must be exact in the measures of a fact's recall.
@Suite("Recall of a fact") struct RecallTests {
  @Test(arguments: ["xs", "s"]) func aMarginIsTheSumOfWhatWasWrittenToIt(_ size: String) throws {
    let model = try Committed.open(size)
    for fact in try Committed.facts(model, 4) {
      let prompts = Array(FactQuestions(model, fact).prompts.prefix(3))
      let exact = try model.margins(prompts, fact, [.baseline])[0]
      let writes = try model.writes(prompts, try model.reader(fact)).writes
      for (write, margin) in zip(writes, exact) {
        #expect(abs(write.total - margin) <= 1e-4 * abs(margin))
        #expect(write.sublayers.count == 2 * model.config.layers)
      }
    }
  }

  @Test func strengthZeroIsTheCleanRunBitForBit() throws {
    let model = try Committed.open("xs")
    let fact = try Committed.facts(model, 1)[0]
    let site = Site(.residPost, layer: 0)
    let vector = try model.vectors(fact, sites: [site])[0]
    let prompts = FactQuestions(model, fact).prompts
    let margins = try model.margins(
      prompts, fact,
      [
        .baseline, try PushedModel.push(vector, strength: 0),
        try PushedModel.push(vector, strength: 1),
      ])
    #expect(margins[0] == margins[1])
    #expect(margins[0] != margins[2])
  }

  @Test func nothingTakenAwayIsTheCleanAccuracy() throws {
    let model = try Committed.open("xs")
    let facts = try Committed.facts(model, 6)
    let redundancy = try model.redundancy(facts, draws: 1, asking: 2, stream: "test")
    let clean = try model.accuracy(facts, asking: 2, [.baseline])[0]
    #expect(redundancy.knockedOut[0] == clean)
    #expect(redundancy.zeroed[0] == clean)
    #expect(redundancy.noisy[0] == clean)
    #expect(clean > 0.8)
    // All MLPs silenced cost something; noise four times the stream, everything.
    #expect(redundancy.knockedOut[model.config.layers] < clean)
    #expect(redundancy.noisy[redundancy.noisy.count - 1] < 0.5)
    #expect(redundancy.k50 > 0 && redundancy.k50 <= 2)
  }

  @Test func theLastPositionAfterTheLastBlockIsTheAnswer() throws {
    let model = try Committed.open("xs")
    let trace = try model.trace(try Committed.facts(model, 2), draws: 2, stream: "test")
    let last = trace.restored[4][model.config.layers - 1]
    #expect(abs(trace.drowned + last - trace.clean) < 1e-6)
    #expect(trace.clean - trace.drowned > 0.3)
    // What stands before the subject was never drowned: putting it back changes nothing.
    for effect in trace.restored[0] { #expect(abs(effect) < 1e-9) }
  }

  @Test func nobodyRepairsTheLastSublayer() throws {
    let model = try Committed.open("s")
    let repair = try model.selfRepair(try Committed.facts(model, 3))
    let last = try #require(repair.sublayers.last)
    #expect(abs(last.direct - last.totalFrozen) < 1e-3)
    #expect(repair.sublayers.contains { abs($0.repaired) > 0.05 })
  }

  @Test func onlyLaterSublayersAnswerAPush() throws {
    let model = try Committed.open("s")
    let site = Site(.residPost, layer: 1)
    let recovery = try model.recovery(try Committed.facts(model, 3), site: site, dose: 0.02)
    #expect(recovery.sites.map(\.layer) == [2, 2, 3, 3])
    #expect(recovery.shares.allSatisfy { $0.isFinite })
    #expect(recovery.shares.contains { abs($0) > 1e-3 })
  }

  @Test func spreadIsTheNumberOfEqualParts() {
    #expect(abs(participation([2, 2, 2]) - 3) < 1e-12)
    #expect(participation([5]) == 1)
    #expect(participation([]) == 0)
  }

  @Test func halfOfACurve() {
    #expect(Redundancy.half([1, 0.75, 0.25, 0], at: [0, 1, 2, 3]) == 1.5)
    #expect(Redundancy.half([1, 1, 0.9], at: [0, 1, 2]) == 2)
    #expect(Redundancy.half([0, 0], at: [0, 1]) == 0)
  }
}
