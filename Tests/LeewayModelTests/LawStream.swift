import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTensor
import Testing

/// What holds of the forward pass itself, in every family.
@Suite struct LawStream {
  @Test(arguments: GoldenFixture.names)
  func theStreamIsTheSumOfWhatWasWritten(name: String) throws {
    let fixture = try GoldenFixture(name)
    let config = fixture.model.config
    let prompt = fixture.manifest.prompts[2].ids
    func heard(_ kind: Site.Kind, _ layer: Int) throws -> [Float] {
      let job = CaptureJob(prompts: [prompt], sites: [Site(kind, layer: layer)])
      return try NaiveExecutor(model: fixture.model).capture(job)[0][0].values
    }
    for layer in 0..<config.layers {
      let (pre, attn) = (try heard(.residPre, layer), try heard(.attnOut, layer))
      let (mid, mlp) = (try heard(.residMid, layer), try heard(.mlpOut, layer))
      let post = try heard(.residPost, layer)
      #expect(bits(mid) == bits(zip(pre, attn).map { $0 + $1 }), "\(name) block \(layer)")
      #expect(bits(post) == bits(zip(mid, mlp).map { $0 + $1 }), "\(name) block \(layer)")
      if layer + 1 < config.layers {
        #expect(bits(post) == bits(try heard(.residPre, layer + 1)), "\(name) block \(layer)")
      }
    }
  }

  @Test(arguments: GoldenFixture.names)
  func aLaterTokenNeverChangesAnEarlierPosition(name: String) throws {
    let model = try GoldenFixture(name).model
    var random = RandomJobs(model, "causal", name)
    let head = random.tokens(9)
    let tails = [[], random.tokens(1), random.tokens(6), random.tokens(6)]
    let sites = model.config.sites
    let heard = try NaiveExecutor(model: model).capture(
      CaptureJob(prompts: tails.map { head + $0 }, sites: sites))
    for (index, site) in sites.enumerated() {
      let expected = bits(heard[0][index].values)
      for other in heard.dropFirst() {
        #expect(bits(other[index].values.prefix(expected.count)) == expected, "\(name) \(site)")
      }
    }
  }

  @Test(arguments: GoldenFixture.names)
  func listeningChangesNothing(name: String) throws {
    let model = try GoldenFixture(name).model
    var random = RandomJobs(model, "listening", name)
    let prompt = random.tokens(7)
    let naive = NaiveExecutor(model: model)
    let all = try naive.capture(CaptureJob(prompts: [prompt], sites: model.config.sites))[0]
    // Each site alone, and all of them, and none.
    for (index, site) in model.config.sites.enumerated() {
      let alone = try naive.capture(CaptureJob(prompts: [prompt], sites: [site]))[0][0]
      #expect(bits(alone.values) == bits(all[index].values), "\(name) \(site)")
    }
    let everyToken = Array(0..<model.config.vocabulary)
    let unheard = try naive.nextToken(
      NextTokenJob(prompts: [prompt], candidates: [everyToken], variants: [.baseline]))[0][0]
    let logits = try #require(all.last)
    let last = Array(logits.position(prompt.count - 1))
    let total = last.withUnsafeBufferPointer { Kernels().logSumExp($0) }
    #expect(bits(unheard.logProbs) == bits(last.map { $0 - total }))
    // An edit that only looks is a listener too.
    let watching = Variant(
      model.config.sites.filter { $0.layer >= 0 }.map { Intervention(site: $0, edit: Watcher()) })
    for kind in ExecutorKind.allCases {
      let watched = try kind.make(model).nextToken(
        NextTokenJob(prompts: [prompt], candidates: [everyToken], variants: [watching]))[0][0]
      #expect(bits(watched.logProbs) == bits(unheard.logProbs), "\(name) \(kind)")
    }
  }

  @Test(arguments: GoldenFixture.names)
  func theCacheEqualsPrefill(name: String) throws {
    let model = try GoldenFixture(name).model
    var random = RandomJobs(model, "cache", name)
    let prompt = random.tokens(6)
    func watched(_ run: (Variant) throws -> Void) rethrows -> [[[UInt32]]] {
      let sites = model.config.sites.filter { $0.layer >= 0 }
      let watchers = sites.map { _ in Watcher() }
      try run(
        Variant(
          zip(sites, watchers).map {
            Intervention(site: $0, positions: .response, edit: $1)
          }))
      return watchers.map(\.rows)
    }
    for kind in ExecutorKind.allCases {
      let executor = kind.make(model)
      var made: [Int] = []
      let decoded = try watched { variant in
        made = try executor.generate(
          GenerationJob(prompts: [prompt], streams: ["s"], variants: [variant], maxTokens: 12))[0][
            0
          ].tokens
      }
      // The same text again, its positions all at once.
      let text = ScoringJob.Sequence(
        tokens: prompt + made, scoredFrom: prompt.count, promptLength: prompt.count)
      var scores: [Float] = []
      let prefilled = try watched { variant in
        scores = try executor.score(ScoringJob(sequences: [text], variants: [variant]))[0][0]
      }
      #expect(decoded.allSatisfy { $0.count == 11 }, "\(name) \(kind)")
      #expect(prefilled == decoded, "\(name) \(kind)")
      for (index, token) in made.enumerated() {
        let answer = try executor.nextToken(
          NextTokenJob(
            prompts: [prompt + made.prefix(index)], candidates: [[token]], variants: [.baseline]))
        #expect(answer[0][0].top == token, "\(name) \(kind)")
        #expect(bits(answer[0][0].logProbs) == bits([scores[index]]), "\(name) \(kind)")
      }
    }
  }
}
