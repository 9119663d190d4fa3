import Foundation
import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTensor
import Testing

/// What holds of steering, in every family and for every operator.
@Suite struct LawInterventions {
  static let operators: [String: [String: Double]] = [
    "add": [:], "project-out": [:], "clamp": ["value": 0.7],
  ]

  @Test func everyOperatorIsHeldToTheLaws() {
    #expect(SteeringOperators.all.map { $0.id }.sorted() == Self.operators.keys.sorted())
  }

  @Test(arguments: GoldenFixture.names)
  func strengthZeroIsTheModelAsItIs(name: String) throws {
    let model = try GoldenFixture(name).model
    var random = RandomJobs(model, "zero", name)
    let prompts = random.prompts(3)
    let naive = NaiveExecutor(model: model)
    let expected = try naive.capture(CaptureJob(prompts: prompts, sites: model.config.sites))
    for (id, parameters) in Self.operators.sorted(by: { $0.key < $1.key }) {
      let steering = try SteeringOperators.named(id, parameters: parameters)
      let variant = Variant(
        model.config.sites.filter { $0.kind != .finalNorm }.map { site in
          Intervention(
            site: site,
            edit: steering.edit(
              direction: random.direction(site.kind), strength: 0, residualMedian: 3))
        })
      let found = try naive.capture(
        CaptureJob(prompts: prompts, sites: model.config.sites, variant: variant))
      #expect(bits(found) == bits(expected), "\(name) \(id)")
    }
  }

  /// Before the site nothing moves; at the site only the chosen positions; after it no position
  /// before the first chosen one.
  @Test(arguments: GoldenFixture.names)
  func onlyChosenPositionsChange(name: String) throws {
    let model = try GoldenFixture(name).model
    let config = model.config
    var random = RandomJobs(model, "chosen", name)
    let prompt = random.tokens(6)
    let naive = NaiveExecutor(model: model)
    let sites = config.sites
    let base = try naive.capture(CaptureJob(prompts: [prompt], sites: sites))[0]
    let last = prompt.count - 1
    for (steered, site) in sites.enumerated() where site.kind != .finalNorm {
      let edit = try SteeringOperators.named("add").edit(
        direction: random.direction(site.kind), strength: 2, residualMedian: 1)
      for positions in Positions.allCases + [.only(1..<3)] {
        let variant = Variant([Intervention(site: site, positions: positions, edit: edit)])
        let found = try naive.capture(
          CaptureJob(prompts: [prompt], sites: sites, variant: variant))[0]
        for (index, other) in sites.enumerated() {
          let changed = (0...last).filter {
            bits(found[index].position($0)) != bits(base[index].position($0))
          }
          let label: Comment = "\(name) \(site) \(positions), seen at \(other)"
          switch positions {
          case .response: #expect(changed.isEmpty, label)
          case .last:
            #expect(index < steered ? changed.isEmpty : changed.allSatisfy { $0 == last }, label)
          case .all, .prompt: if index < steered { #expect(changed.isEmpty, label) }
          case .only(let range):
            #expect(
              index < steered
                ? changed.isEmpty : changed.allSatisfy { $0 >= range.lowerBound }, label)
          }
          if index == steered, positions != .response {
            let touched = (0...last).filter { positions.touches($0, promptLength: prompt.count) }
            #expect(changed == touched, label)
          }
        }
      }
    }
  }

  @Test(arguments: GoldenFixture.names, ExecutorKind.allCases)
  func aPromptOnlyEditBehindTheLastBlockLeavesTheResponse(name: String, kind: ExecutorKind) throws {
    let model = try GoldenFixture(name).model
    var random = RandomJobs(model, "prompt only", name)
    let text = ScoringJob.Sequence(tokens: random.tokens(12), scoredFrom: 1, promptLength: 5)
    let site = Site(.residPost, layer: model.config.layers - 1)
    let edit = try SteeringOperators.named("add").edit(
      direction: random.direction(.residPost), strength: 3, residualMedian: 1)
    let scores = try kind.make(model).score(
      ScoringJob(
        sequences: [text],
        variants: [
          .baseline, Variant([Intervention(site: site, positions: .prompt, edit: edit)]),
          Variant([Intervention(site: site, positions: .response, edit: edit)]),
        ])
    ).map { $0[0] }
    // Score i is read at position i: 0..<5 are the prompt's.
    #expect(bits(scores[0][5...]) == bits(scores[1][5...]))
    #expect(bits(scores[0][..<5]) == bits(scores[2][..<5]))
    for index in 0..<11 {
      #expect(scores[0][index] != scores[index < 5 ? 1 : 2][index], "\(name) \(index)")
    }
  }

  @Test(arguments: GoldenFixture.names, ExecutorKind.allCases)
  func everyEditThatIsDueIsMade(name: String, kind: ExecutorKind) throws {
    let model = try GoldenFixture(name).model
    for round in 0..<4 {
      var random = RandomJobs(model, "meters", name, "\(round)")
      let variants = try random.variants(9)
      let prompts = random.prompts(6)
      let executor = kind.make(model)
      let meters = variants.flatMap(\.interventions).compactMap(\.meter)
      func balanced(_ question: String) {
        let open = meters.filter { $0.due != $0.made }.map { [$0.due, $0.made] }
        #expect(open.isEmpty, "\(name) \(kind) round \(round): \(question), due and made")
      }
      _ = try executor.nextToken(
        NextTokenJob(
          prompts: prompts, candidates: prompts.map { _ in [1] }, variants: variants))
      balanced("next token")
      _ = try executor.score(
        ScoringJob(sequences: random.sequences(6), variants: variants))
      balanced("score")
      _ = try executor.generate(
        GenerationJob(
          prompts: prompts, streams: prompts.map { _ in "s" }, variants: variants, maxTokens: 5,
          stopTokens: [random.chance.below(model.config.vocabulary)]))
      balanced("generate")
      #expect(meters.contains { $0.made > 0 })
    }
  }

  /// A row of the unembedding is what a logit reads from the normed stream.
  @Test(arguments: GoldenFixture.names)
  func logitsAreTheUnembeddingOfTheStream(name: String) throws {
    let model = try GoldenFixture(name).model
    var random = RandomJobs(model, "unembedding", name)
    let naive = NaiveExecutor(model: model)
    let heard = try naive.capture(
      CaptureJob(prompts: [random.tokens(5)], sites: [Site(.finalNorm), Site(.logits)]))[0]
    let tokens = random.tokens(6)
    for (token, row) in zip(tokens, try naive.unembedding(of: tokens)) {
      for position in 0..<5 {
        let normed = heard[0].position(position)
        let sum = zip(row, normed).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        let cap = Double(model.config.logitCap)
        let read = cap > 0 ? cap * tanh(sum / cap) : sum
        let logits = Array(heard[1].position(position))
        #expect(abs(read - Double(logits[token])) < 1e-3 * max(1, abs(read)), "\(name) \(token)")
      }
    }
    #expect(throws: EngineError.self) {
      try naive.unembedding(of: [model.config.vocabulary])
    }
  }

  /// A bias on logits moves log-probabilities as it must, and no activation before them.
  @Test(arguments: GoldenFixture.names, ExecutorKind.allCases)
  func aBiasOnLogitsIsABias(name: String, kind: ExecutorKind) throws {
    let model = try GoldenFixture(name).model
    var random = RandomJobs(model, "bias", name)
    let prompt = random.tokens(6)
    let (one, other) = (1, 2)
    var direction = [Float](repeating: 0, count: model.config.vocabulary)
    (direction[one], direction[other]) = (1, -1)
    let edit = try SteeringOperators.named("add").edit(
      direction: direction, strength: 1.5, residualMedian: 1)
    let meter = HookMeter()
    let variant = Variant([Intervention(site: Site(.logits), edit: edit, meter: meter)])
    let answers = try kind.make(model).nextToken(
      NextTokenJob(prompts: [prompt], candidates: [[one, other]], variants: [.baseline, variant]))
    let (plain, pushed) = (answers[0][0].logProbs, answers[1][0].logProbs)
    #expect(abs((pushed[0] - pushed[1]) - (plain[0] - plain[1]) - 3) < 1e-4, "\(name)")
    #expect(meter.made == meter.due && meter.due > 0)
  }
}
