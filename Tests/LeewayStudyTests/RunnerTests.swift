import Foundation
import LeewayModel
import LeewayStatistics
import LeewayStudy
import Synchronization
import Testing

@Suite struct RunnerTests {
  @Test func findsTheWindowOfAModelThatHasOne() throws {
    let model = FakeModel(try Fake.tokenizer())
    let result = try Fake.runner(Fake.wholeStudy(), model, MemoryLedger()).run()
    let main = try #require(result.arms.first)
    let window = try #require(main.window)
    #expect(main.kind == .vector)
    #expect(main.site == result.chosenSite)
    #expect(result.provenance.layers == 3)
    // Half of the prompts flip where the push reaches 1, whatever the residual norm is.
    guard case .at(let onset) = window.onset, case .at(let ceiling) = window.ceiling else {
      Issue.record("no crossings: \(window)")
      return
    }
    #expect((0.7...1.4).contains(onset * main.vector.residualMedian))
    #expect(ceiling > onset)
    #expect(main.points.map(\.dose) == main.points.map(\.dose).sorted())
    #expect(main.points[0].dose == 0)
    #expect(main.points[0].effect.share == 0)
    #expect(main.points[0].originalShare == 1)
    #expect(main.points.contains { $0.refined })
    #expect(main.points.allSatisfy { $0.additionsMade == $0.additionsExpected })
    for (one, next) in zip(main.points, main.points.dropFirst()) {
      #expect(next.angle >= one.angle)
      #expect(next.strength > one.strength)
      #expect((next.shift ?? -1) >= (one.shift ?? -1))
    }
    #expect(main.ranked == 19)
    let kinds = Set(result.arms.map(\.kind))
    #expect(kinds == Set(ArmKind.allCases))
    #expect(result.arms.count { $0.kind == .vector } == 3)
    #expect(result.arms.count { $0.kind == .refit } == 2)
    let reversed = try #require(result.arms.first { $0.kind == .reversed })
    #expect(reversed.points.allSatisfy { $0.effect.share == 0 })
    #expect(result.failedTrials == 0)
  }

  @Test func aReversedVectorIsNoControlWhereTheSignIsNotSeen() throws {
    var study = Fake.wholeStudy()
    study.steering = OperatorSpec(id: "project-out")
    study.sweep.doses = [0.5, 1]
    let model = FakeModel(try Fake.tokenizer())
    let plan = try StudyPlan.describe(study, context: Fake.context(model))
    #expect(plan.notes.contains { $0.contains("no reversed arm") })
    let result = try Fake.runner(study, model, MemoryLedger()).run()
    #expect(!result.arms.contains { $0.kind == .reversed })
    study.arms.reversed = false
    let without = try StudyPlan.describe(study, context: Fake.context(model))
    #expect(without.settings == plan.settings)
  }

  @Test func secondRunRunsNothing() throws {
    let ledger = MemoryLedger()
    let first = FakeModel(try Fake.tokenizer())
    let one = try Fake.runner(Fake.wholeStudy(), first, ledger).run()
    let count = ledger.count
    let second = FakeModel(try Fake.tokenizer())
    let two = try Fake.runner(Fake.wholeStudy(), second, ledger).run()
    #expect(first.variants > 100)
    #expect(second.jobs == 0)
    #expect(ledger.count == count)
    #expect(try one.json() == two.json())
  }

  @Test func reportNeedsNoModel() throws {
    let ledger = MemoryLedger()
    let result = try Fake.runner(Fake.wholeStudy(), FakeModel(try Fake.tokenizer()), ledger).run()
    let plan = try #require(ledger.plan(result.planHash))
    #expect(try StudyAnalysis(plan: plan, ledger: ledger).result().json() == result.json())
    #expect(ledger.plans() == [result.planHash])
    #expect(try StudyResult(json: result.json()).json() == result.json())
    #expect(throws: StudyError.incomplete(missing: 1)) {
      try StudyAnalysis(plan: plan, ledger: MemoryLedger()).result()
    }
  }

  @Test(arguments: [1, 3, 10, 40, 90])
  func stoppedAndResumedGivesTheSameBytes(batches: Int) throws {
    let whole = try Fake.runner(Fake.wholeStudy(), FakeModel(try Fake.tokenizer()), MemoryLedger())
      .run()
    let ledger = MemoryLedger()
    let cancellation = Cancellation()
    let seen = Mutex(0)
    let model = FakeModel(try Fake.tokenizer())
    let runner = Fake.runner(
      Fake.wholeStudy(), model, ledger, cancellation: cancellation, batch: 100
    ) { progress in
      seen.withLock {
        $0 += 1
        if $0 == batches { cancellation.cancel() }
      }
    }
    #expect {
      try runner.run()
    } throws: { error in
      if case .cancelled? = error as? StudyError { true } else { false }
    }
    let resumed = FakeModel(try Fake.tokenizer())
    let result = try Fake.runner(Fake.wholeStudy(), resumed, ledger, batch: 333).run()
    #expect(try result.json() == whole.json())
    if batches > 10 { #expect(model.variants > 0) }
  }

  @Test func longerGridRunsOnlyWhatIsNew() throws {
    let doses = DoseGrid.doses(from: 0.125, to: 4, perOctave: 1)
    var study = Fake.study(doses: Array(doses.dropLast(2)))
    study.sweep.refine.rounds = 0
    study.arms.refits = 0
    let ledger = MemoryLedger()
    let short = FakeModel(try Fake.tokenizer())
    let before = try Fake.runner(study, short, ledger).run()
    study.sweep.doses = doses
    let longer = FakeModel(try Fake.tokenizer())
    let after = try Fake.runner(study, longer, ledger).run()
    let fresh = FakeModel(try Fake.tokenizer())
    _ = try Fake.runner(study, fresh, MemoryLedger()).run()
    #expect(longer.variants > 0)
    #expect(longer.variants == fresh.variants - short.variants)
    for (old, new) in zip(before.arms, after.arms) where old.site == new.site {
      for point in old.points {
        let same = try #require(new.points.first { $0.dose == point.dose })
        #expect(
          try CanonicalCoder.encode(same.effect) == CanonicalCoder.encode(point.effect))
        #expect(same.capabilities == point.capabilities)
      }
    }
  }

  @Test func wordingRerunsNothing() throws {
    let ledger = MemoryLedger()
    var study = Fake.study()
    let one = try Fake.runner(study, FakeModel(try Fake.tokenizer()), ledger).run()
    study.question = "Otherwise?"
    study.name = "other"
    let again = FakeModel(try Fake.tokenizer())
    let two = try Fake.runner(study, again, ledger).run()
    #expect(again.variants == 0)
    #expect(one.planHash == two.planHash)
    // Other answers need no new texts.
    study.answer.target = ["boy"]
    let words = FakeModel(try Fake.tokenizer())
    _ = try Fake.runner(study, words, ledger).run()
    #expect(words.variants == 0)
  }

  @Test func numbersThatAreNoneAreFailedTrials() throws {
    var study = Fake.study()
    study.answer = AnswerSpec(by: .nextToken, target: [" b"], original: [" g"])
    study.capability.removeLast(2)
    let model = FakeModel(try Fake.tokenizer(), failsBeyond: 2)
    let result = try Fake.runner(study, model, MemoryLedger()).run()
    #expect(result.failedTrials > 0)
    let main = try #require(result.arms.first)
    let last = try #require(main.points.last)
    #expect(last.effect.share == 0)
    #expect(last.neitherShare == 1)
    #expect(last.capabilities[0].relative == 0)
    #expect(last.shift == nil)
    #expect(result.notes.contains { $0.contains("trials failed") })
    _ = try result.json()
    #expect(
      result.csv().split(separator: "\n").count == 1
        + result.arms.reduce(0) { $0 + $1.points.count })
  }

  @Test func halvesShareNothing() throws {
    let ledger = MemoryLedger()
    let result = try Fake.runner(Fake.study(), FakeModel(try Fake.tokenizer()), ledger).run()
    let plan = try #require(ledger.plan(result.planHash))
    #expect(Set(plan.choosing).isDisjoint(with: plan.reporting))
    #expect((plan.choosing + plan.reporting).sorted() == Array(0..<40))
    #expect(plan.choosing.count == 20)
    #expect(plan.choice.count == 3)
  }

  @Test func planSaysWhatRuns() throws {
    let model = FakeModel(try Fake.tokenizer())
    let plan = try StudyPlan.describe(Fake.study(), context: Fake.context(model))
    #expect(plan.sites.count == 3)
    // Three sites twice, 19 + 1 + 1 + 1 + 1 controls, the baseline once a half.
    #expect(plan.settings == 3 * 6 + 1 + (3 + 23) * 6 + 1)
    #expect(plan.tokens > 0)
    #expect(model.variants == 0)
  }

  @Test func refusesWhatTheModelCannotDo() throws {
    var study = Fake.study()
    study.sweep.sites = ["blocks.7.resid_post", "ln_final"]
    study.prompts[3] = String(repeating: "a", count: 300)
    study.vector.read = "word: Boy"
    let context = Fake.context(FakeModel(try Fake.tokenizer()))
    #expect {
      try StudyPlan.describe(study, context: context)
    } throws: { error in
      guard case .invalid(_, let issues)? = error as? StudyError else { return false }
      return issues.map(\.path) == [
        "sweep.sites[0]", "sweep.sites[1]", "prompts[3]", "vector.read",
      ]
    }
  }
}
