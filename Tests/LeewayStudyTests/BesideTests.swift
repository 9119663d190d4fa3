import Foundation
import LeewayModel
import LeewayStatistics
import LeewaySteering
import LeewayStudy
import Testing

/// What stands beside a window: pushes on the word alone, spillover, entailment, sampled texts.
@Suite struct BesideTests {
  private func run(
    _ study: Study, ledger: MemoryLedger = MemoryLedger(), model: FakeModel? = nil
  ) throws -> StudyResult {
    try Fake.runner(study, try model ?? FakeModel(try Fake.tokenizer()), ledger).run()
  }

  private func arm(_ result: StudyResult, _ kind: ArmKind) throws -> ArmResult {
    try #require(result.arms.first { $0.kind == kind })
  }

  @Test func aPushOnTheLogitsMovesTheMarginByTheHeight() throws {
    let ledger = MemoryLedger()
    let result = try run(Fake.wholeStudy(), ledger: ledger)
    let bias = try arm(result, .logitBias)
    #expect(bias.site == Site(.logits))
    let vector = try #require(ledger.vector(bias.vector.hash))
    let tokenizer = try Fake.tokenizer()
    func token(_ letter: String) -> Int { tokenizer.encode(letter, addSpecial: false)[0] }
    // All answers share the space in front: the letters behind it tell them apart.
    let raw = vector.direction.map { Double($0) * vector.rawNorm }
    for (index, value) in raw.enumerated() {
      let wanted =
        [token("b"), token("h")].contains(index)
        ? 0.5 : [token("g"), token("s")].contains(index) ? -0.5 : 0
      #expect(abs(value - wanted) < 1e-6)
    }
    // Dose 1: as many nats between the two as the highest logit stands above the mean.
    let point = try #require(bias.points.first { $0.dose == 1 })
    #expect(abs(point.strength / vector.rawNorm - FakeModel.height) < 1e-5)
    #expect(bias.points.allSatisfy { $0.additionsMade == $0.additionsExpected })
  }

  @Test func theUnembeddingDifferenceIsThatOfTheRows() throws {
    let ledger = MemoryLedger()
    let result = try run(Fake.wholeStudy(), ledger: ledger)
    let arm = try arm(result, .unembeddingDifference)
    #expect(arm.site == result.chosenSite)
    let vector = try #require(ledger.vector(arm.vector.hash))
    #expect(vector.direction == [1, 0, 0, 0])
    #expect(vector.rawNorm == 2)
    // The same yardstick as the vector's, so the same doses.
    #expect(arm.vector.residualMedian == result.arms[0].vector.residualMedian)
    #expect(arm.points.map(\.dose) == arm.points.map(\.dose).sorted())
  }

  @Test func answersThatBeginAlikeCannotBePushed() throws {
    var study = Fake.wholeStudy()
    study.answer.target = ["boy"]
    study.answer.original = ["boy,"]
    let context = Fake.context(FakeModel(try Fake.tokenizer()))
    #expect {
      try StudyPlan.describe(study, context: context)
    } throws: { error in
      guard case .invalid(_, let issues)? = error as? StudyError else { return false }
      return issues.map(\.path) == ["answer"]
    }
    study.arms.logitBias = false
    study.arms.unembeddingDifference = false
    #expect(throws: Never.self) { try StudyPlan.describe(study, context: context) }
  }

  @Test func theVectorInstallsABeliefAndTheBiasAWord() throws {
    let result = try run(Fake.wholeStudy())
    let main = result.arms[0]
    let bias = try arm(result, .logitBias)
    for arm in [main, bias] {
      let dose = try #require(arm.doseAtOnset)
      let point = try #require(arm.points.first { $0.dose == dose })
      #expect(point.effect.share >= 0.5)
      let follows = try #require(point.entailment)
      #expect(follows.target.count == 20)
      #expect(arm.kind == .vector ? follows.target.share > 0.4 : follows.target.share == 0)
      // Other subjects follow only when pushed much harder.
      #expect(point.spillover?.target.share == 0)
      #expect(point.spillover?.originalShare == 1)
      #expect(arm.points.contains { ($0.spillover?.target.share ?? 0) > 0.9 })
    }
    #expect(main.points[0].entailment?.originalShare == 1)
    #expect(result.installed == .belief || result.installed == .inPart)
    // Not asked of other arms.
    let random = try arm(result, .random)
    #expect(random.points.dropFirst().allSatisfy { $0.entailment == nil })
  }

  @Test func nothingBesideMovesTheWindow() throws {
    let whole = try run(Fake.wholeStudy())
    var bare = Fake.wholeStudy()
    (bare.spillover, bare.entailment, bare.answer.alsoSampled) = ([], [], nil)
    (bare.arms.unembeddingDifference, bare.arms.logitBias) = (false, false)
    (bare.arms.unrelated, bare.arms.promptBaseline) = (nil, nil)
    let plain = try run(bare)
    #expect(plain.arms[0].window == whole.arms[0].window)
    #expect(plain.arms[0].rank == whole.arms[0].rank)
    #expect(plain.arms[0].points.map(\.dose) == whole.arms[0].points.map(\.dose))
    #expect(plain.installed == nil && plain.prompted == nil)
  }

  @Test func sampledAnswersAreACurveOfTheirOwn() throws {
    let main = try run(Fake.wholeStudy()).arms[0]
    #expect(main.points.allSatisfy { $0.sampled?.target.count == 20 })
    guard case .at(let greedy)? = main.window?.onset, case .at(let sampled)? = main.sampledOnset
    else {
      Issue.record("no crossings: \(String(describing: main.sampledOnset))")
      return
    }
    // The model needs half a unit more when it samples.
    #expect(sampled > greedy * 1.2)
  }

  @Test func aTextBeforeThePromptsIsOnePoint() throws {
    let prompted = try #require(try run(Fake.wholeStudy()).prompted)
    #expect(prompted.text == "Boys only.")
    #expect(prompted.answers.target.share == 1)
    #expect(prompted.answers.target.count == 20)
  }

  @Test func measuresAddedLaterRunAlone() throws {
    let ledger = MemoryLedger()
    _ = try run(Fake.study(), ledger: ledger)
    let model = FakeModel(try Fake.tokenizer())
    var study = Fake.study()
    study.spillover = Fake.wholeStudy().spillover
    let result = try run(study, ledger: ledger, model: model)
    #expect(result.arms[0].points.allSatisfy { $0.spillover != nil })
    // The vector at its doses and no other setting.
    #expect(model.variants == result.arms[0].points.count - 1)
  }

  @Test func theFirstSampleSpeaksForMost() throws {
    for point in try run(Fake.wholeStudy()).arms[0].points {
      let shares = [
        ("target", point.effect.share), ("original", point.originalShare),
        ("neither", point.neitherShare),
      ]
      let most = shares.map(\.1).max()
      let first = try #require(point.samples.first)
      #expect(shares.first { $0.1 == most }?.0 == first.label, "dose \(point.dose)")
      // Every answer that was given is shown.
      #expect(Set(point.samples.map(\.label)) == Set(shares.filter { $0.1 > 1e-9 }.map(\.0)))
    }
  }

  // MARK: Capabilities

  /// Items that the model answers with the given share at dose 0.
  private func items(_ right: Int, of count: Int, _ name: String, part: CapabilitySpec.Part)
    -> CapabilitySpec
  {
    CapabilitySpec(
      scorer: "exact-match", name: name, part: part, floor: 0.5,
      items: (0..<count).map {
        .init(prompt: "Item \($0) a little", answer: $0 < right ? "girl" : "tree")
      })
  }

  @Test func theLowestCeilingIsTheWindows() throws {
    var study = Fake.wholeStudy()
    study.capability.append(items(10, of: 10, "words", part: .near))
    let result = try run(study)
    #expect(
      result.capabilities.map(\.name) == ["perplexity-ratio", "variety", "coherence", "words"])
    #expect(result.capabilities.map(\.part) == [nil, .near, .far, .near])
    #expect(result.capabilities.allSatisfy { $0.measurable })
    let ceilings = result.capabilities.compactMap(\.ceiling)
    func place(_ crossing: Crossing) -> Double {
      switch crossing {
      case .at(let dose): dose
      case .below: 0
      case .above: .infinity
      }
    }
    let window = try #require(result.arms[0].window)
    #expect(place(window.ceiling) == ceilings.map(place).min())
    // The words go as the answer does: they break first.
    #expect(place(ceilings[3]) == place(window.ceiling))
    #expect(Set(ceilings.map(place)).count > 1)
  }

  @Test func whatTheBaselineLacksSetsNoCeiling() throws {
    var study = Fake.study()
    let without = try run(study)
    // 4 of 10 right, below half; 6 of 10 right is below half of the way from a chance of one half.
    study.capability.append(items(4, of: 10, "hard", part: .far))
    var guessed = items(6, of: 10, "guessed", part: .far)
    guessed.chance = 0.5
    study.capability.append(guessed)
    study.capability.append(items(6, of: 10, "known", part: .far))
    let result = try run(study)
    let (hard, half, known) = (
      result.capabilities[3], result.capabilities[4], result.capabilities[5]
    )
    #expect(!hard.measurable && hard.ceiling == nil)
    #expect(!half.measurable && half.ceiling == nil)
    #expect(known.measurable && known.ceiling != nil)
    #expect(result.notes.count { $0.contains("not measurable") } == 2)
    study.capability.removeLast()
    let same = try run(study)
    #expect(same.arms[0].window == without.arms[0].window)
    #expect(result.arms[0].window != without.arms[0].window)
  }

  @Test func whatAnotherModelLacksSetsNoCeilingInAComparison() throws {
    let ledger = MemoryLedger()
    var study = Fake.study()
    let without = try run(study)
    study.capability.append(items(10, of: 10, "words", part: .near))
    study.sweep.refine.rounds = 0
    study.arms.refits = 0
    let result = try run(study, ledger: ledger)
    let plan = try #require(ledger.plan(result.planHash))
    let compared = try StudyAnalysis(plan: plan, ledger: ledger, leftOut: [3]).result()
    #expect(compared.capabilities[3].measurable && compared.capabilities[3].leftOut == true)
    #expect(compared.capabilities[3].ceiling == nil)
    #expect(compared.arms[0].window?.ceiling != result.arms[0].window?.ceiling)
    #expect(compared.arms[0].window?.onset == result.arms[0].window?.onset)
    #expect(compared.notes.contains { $0.contains("another model") })
    #expect(without.capabilities.allSatisfy { $0.leftOut == nil })
  }

  @Test func depthsRoundToBlocks() throws {
    for (depth, layers, block) in [
      (0.6, 5, 2), (0.6, 4, 1), (0.625, 4, 2), (1, 7, 6), (0.01, 8, 0), (0.5, 3, 1), (0.75, 62, 46),
    ] {
      #expect(Depth("depth:\(depth)")?.site(of: layers) == Site(.residPost, layer: block))
    }
    for bad in ["depth:0", "depth:1.2", "depth:", "depth:x", "depth:-1", "deep:0.5", "depth:nan"] {
      #expect(Depth(bad) == nil, "\(bad)")
    }
    var study = Fake.study()
    study.sweep.sites = ["depth:0.6"]
    let result = try run(study)
    #expect(result.chosenSite == Site(.residPost, layer: 1))
    #expect(result.notes.contains { $0.contains("depth:0.6 is blocks.1.resid_post") })
    // One site leaves nothing to choose: all prompts are reported.
    #expect(result.arms[0].points[0].effect.count == 40)
  }
}
