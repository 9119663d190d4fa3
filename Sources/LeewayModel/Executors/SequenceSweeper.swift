import LeewayTensor

/// What both executors share: every scoring question is "read logits at these positions of these
/// sequences under these variants".
protocol SequenceSweeper: JobExecutor {
  var model: Transformer { get }
  var kernels: Kernels { get }

  /// `[variant][sequence][readout]`; `value` may be called from several threads.
  func sweep<Value: Sendable>(
    sequences: [[Int]], promptLengths: [Int], readouts: [[Int]], variants: [Variant],
    value:
      @Sendable (
        _ variant: Int, _ sequence: Int, _ readout: Int, _ logits: UnsafeBufferPointer<Float>
      ) -> Value
  ) -> [[[Value]]]
}

extension SequenceSweeper {
  public func nextToken(_ job: NextTokenJob) throws -> [[NextTokenAnswer]] {
    try validate(job.prompts, variants: job.variants)
    guard job.candidates.count == job.prompts.count else {
      throw EngineError.mismatchedCounts(
        what: "candidates", expected: job.prompts.count, found: job.candidates.count)
    }
    for (index, ids) in job.candidates.enumerated() { try validate(tokens: ids, sequence: index) }
    let kernels = self.kernels.serial()
    return sweep(
      sequences: job.prompts, promptLengths: job.prompts.map(\.count),
      readouts: job.prompts.map { [$0.count - 1] }, variants: job.variants
    ) { _, sequence, _, logits in
      let total = kernels.logSumExp(logits)
      return NextTokenAnswer(
        logProbs: job.candidates[sequence].map { logits[$0] - total },
        top: kernels.argmax(logits))
    }.map { $0.map { $0[0] } }
  }

  public func score(_ job: ScoringJob) throws -> [[[Float]]] {
    try validate(job.sequences, variants: job.variants)
    let kernels = self.kernels.serial()
    // The last token is predicted but predicts nothing: it need not be run.
    return sweep(
      sequences: job.sequences.map { Array($0.tokens.dropLast()) },
      promptLengths: job.sequences.map(\.promptLength), readouts: job.sequences.map(\.readouts),
      variants: job.variants
    ) { _, sequence, readout, logits in
      let scored = job.sequences[sequence]
      return logits[scored.tokens[scored.scoredFrom + readout]] - kernels.logSumExp(logits)
    }
  }

  public func divergence(_ job: DivergenceJob) throws -> [[[Float]]] {
    guard job.sequences.count == job.variants.count else {
      throw EngineError.mismatchedCounts(
        what: "sequence lists", expected: job.variants.count, found: job.sequences.count)
    }
    for sequences in job.sequences { try validate(sequences, variants: job.variants) }
    let kernels = self.kernels.serial()
    return job.variants.indices.map { index in
      let sequences = job.sequences[index]
      // Both rows of logits are held at once, so only some sequences at a time.
      let rows = max(1, (1 << 24) / model.config.vocabulary)
      var answers: [[Float]] = []
      var first = 0
      while first < sequences.count {
        var end = first + 1
        var held = sequences[first].readouts.count
        while end < sequences.count, held + sequences[end].readouts.count <= rows {
          held += sequences[end].readouts.count
          end += 1
        }
        let part = Array(sequences[first..<end])
        let logits = sweep(
          sequences: part.map { Array($0.tokens.dropLast()) },
          promptLengths: part.map(\.promptLength), readouts: part.map(\.readouts),
          variants: [.baseline, job.variants[index]]
        ) { _, _, _, logits in Array(logits) }
        for sequence in part.indices {
          answers.append(
            zip(logits[0][sequence], logits[1][sequence]).map { baseline, steered in
              baseline.withUnsafeBufferPointer { baseline in
                steered.withUnsafeBufferPointer {
                  kernels.klDivergence(steered: $0, baseline: baseline)
                }
              }
            })
        }
        first = end
      }
      return answers
    }
  }

  public func unembedding(of tokens: [Int]) throws -> [[Float]] {
    try validate(tokens: tokens, sequence: 0)
    return tokens.map { model.unembedding(of: $0) }
  }

  // MARK: What can be asked

  func validate(_ sequences: [ScoringJob.Sequence], variants: [Variant]) throws {
    try validate(sequences.map(\.tokens), variants: variants, predictedOnly: 1)
    for (index, sequence) in sequences.enumerated()
    where sequence.scoredFrom < 1 || sequence.scoredFrom >= sequence.tokens.count {
      throw EngineError.badScoredRange(
        sequence: index, from: sequence.scoredFrom, tokens: sequence.tokens.count)
    }
  }

  /// - Parameter predictedOnly: tokens at the end that are predicted but never fed.
  func validate(
    _ sequences: [[Int]], variants: [Variant], extra: Int = 0, predictedOnly: Int = 0
  ) throws {
    let config = model.config
    for (index, tokens) in sequences.enumerated() {
      guard !tokens.isEmpty else { throw EngineError.emptySequence(sequence: index) }
      let count = tokens.count + extra - predictedOnly
      guard count <= config.maxPositions else {
        throw EngineError.tooLong(
          sequence: index, tokens: tokens.count + extra, limit: config.maxPositions)
      }
      try validate(tokens: tokens, sequence: index)
    }
    for intervention in variants.flatMap(\.interventions) {
      let site = intervention.site
      if site.kind == .logits { continue }
      guard site.kind != .finalNorm else { throw EngineError.notEditable(site: site) }
      guard site.layer >= 0, site.layer < config.layers else {
        throw EngineError.noSuchLayer(site: site, layers: config.layers)
      }
      guard config.has(site) else { throw EngineError.noSuchSite(site: site) }
    }
  }

  func validate(tokens: [Int], sequence: Int) throws {
    if let bad = tokens.first(where: { $0 < 0 || $0 >= model.config.vocabulary }) {
      throw EngineError.unknownToken(
        sequence: sequence, token: bad, vocabulary: model.config.vocabulary)
    }
  }

  func validate(_ job: GenerationJob) throws {
    try validate(job.prompts, variants: job.variants, extra: max(job.maxTokens, 1) - 1)
    guard job.streams.count == job.prompts.count else {
      throw EngineError.mismatchedCounts(
        what: "streams", expected: job.prompts.count, found: job.streams.count)
    }
  }

  func validate(_ job: CaptureJob) throws {
    try validate(job.prompts, variants: [job.variant])
    for site in job.sites where site.layer >= model.config.layers {
      throw EngineError.noSuchLayer(site: site, layers: model.config.layers)
    }
    for site in job.sites where !model.config.has(site) {
      throw EngineError.noSuchSite(site: site)
    }
  }
}

extension ScoringJob.Sequence {
  /// Positions whose logits predict the scored tokens.
  var readouts: [Int] { Array(scoredFrom - 1..<tokens.count - 1) }
}

/// How often interventions are due, counted from the question alone.
enum HookDues {
  /// - Parameter carried: the last block is computed only for positions that are read.
  static func count(
    _ variants: [Variant], sequences: [[Int]], promptLengths: [Int], readouts: [[Int]],
    layers: Int, carried: Bool
  ) {
    for intervention in variants.flatMap(\.interventions) {
      guard let meter = intervention.meter else { continue }
      let site = intervention.site
      let atEnd = site.kind == .logits || site.layer == layers - 1 && site.kind.followsAttention
      let readOnly = carried && atEnd
      var due = 0
      for (index, tokens) in sequences.enumerated() {
        let touches = {
          intervention.positions.touches($0, promptLength: promptLengths[index])
        }
        due +=
          readOnly
          ? readouts[index].count(where: touches) : tokens.indices.count(where: touches)
      }
      meter.due(due)
    }
  }
}
