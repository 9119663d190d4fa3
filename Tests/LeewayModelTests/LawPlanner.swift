import LeewayBase
import LeewayModel
import LeewayTensor
import Testing

/// Who computes a thing, with what, and beside what else does not matter to its bits.
@Suite struct LawPlanner {
  private func same(
    _ executors: [any JobExecutor], _ model: Transformer, _ names: String..., rounds: Int = 4,
    prompts: Int = 6, variants: Int = 7
  ) throws {
    for round in 0..<rounds {
      var random = RandomJobs(model, names.joined(separator: " "), "\(round)")
      for (question, answers) in try random.answers(
        executors, prompts: prompts, variants: variants)
      {
        for other in answers.dropFirst() {
          #expect(other == answers[0], "\(names) round \(round): \(question)")
        }
      }
    }
  }

  @Test(arguments: GoldenFixture.names) func thePlannerEqualsTheNaive(name: String) throws {
    let model = try GoldenFixture(name).model
    try same(
      [NaiveExecutor(model: model), SweepPlanner(model: model)], model, "planner", name, rounds: 12)
  }

  /// Enough rows for several groups at one place, several lanes and split batches.
  @Test(arguments: GoldenFixture.names) func aLargeStudyToo(name: String) throws {
    let model = try GoldenFixture(name).model
    let threaded = Kernels(pool: ThreadPool(threads: 2))
    try same(
      [NaiveExecutor(model: model), SweepPlanner(model: model, kernels: threaded)], model,
      "large", name, rounds: 1, prompts: 24, variants: 30)
  }

  @Test(arguments: GoldenFixture.names) func threadsDoNotMatter(name: String) throws {
    let model = try GoldenFixture(name).model
    let threaded = Kernels(pool: ThreadPool(threads: 3))
    try same(
      [
        NaiveExecutor(model: model), NaiveExecutor(model: model, kernels: threaded),
        SweepPlanner(model: model), SweepPlanner(model: model, kernels: threaded),
      ], model, "threads", name)
  }

  @Test(arguments: GoldenFixture.names) func kernelSetsDoNotMatter(name: String) throws {
    let model = try GoldenFixture(name).model
    try same(
      KernelSet.available.flatMap { set in
        let kernels = Kernels(set: set)
        return [
          NaiveExecutor(model: model, kernels: kernels) as any JobExecutor,
          SweepPlanner(model: model, kernels: kernels),
        ]
      }, model, "kernels", name, rounds: 2)
  }

  @Test(arguments: GoldenFixture.names) func aBatchEqualsItsRows(name: String) throws {
    let model = try GoldenFixture(name).model
    var random = RandomJobs(model, "batch", name)
    let prompts = random.prompts(9)
    let variants = try random.variants(6)
    let candidates = prompts.map { _ in random.tokens(2) }
    let sequences = random.sequences(9)
    let planner = SweepPlanner(model: model)
    let next = try planner.nextToken(
      NextTokenJob(prompts: prompts, candidates: candidates, variants: variants))
    let scores = try planner.score(ScoringJob(sequences: sequences, variants: variants))
    let streams = prompts.indices.map { "prompt \($0)" }
    let sampling = Sampling(temperature: 1)
    let texts = try planner.generate(
      GenerationJob(
        prompts: prompts, streams: streams, variants: variants, maxTokens: 7, sampling: sampling))
    for variant in variants.indices {
      for row in prompts.indices {
        let alone = SweepPlanner(model: model)
        let label: Comment = "\(name) variant \(variant), row \(row)"
        let one = try alone.nextToken(
          NextTokenJob(
            prompts: [prompts[row]], candidates: [candidates[row]], variants: [variants[variant]]))
        #expect(bits(one)[0][0] == bits(next)[variant][row], label)
        let score = try alone.score(
          ScoringJob(sequences: [sequences[row]], variants: [variants[variant]]))
        #expect(bits(score)[0][0] == bits(scores)[variant][row], label)
        let text = try alone.generate(
          GenerationJob(
            prompts: [prompts[row]], streams: [streams[row]], variants: [variants[variant]],
            maxTokens: 7, sampling: sampling))
        #expect(text[0][0] == texts[variant][row], label)
      }
    }
  }
}
