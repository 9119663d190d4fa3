import LeewayBase
import LeewayTensor

/// The reference: every sequence under every variant on its own, from block 0, all positions to
/// the end. Nothing is shared, so nothing can be shared wrongly.
public final class NaiveExecutor: SequenceSweeper {
  public let model: Transformer
  public let kernels: Kernels
  public let meter = WorkMeter()
  private let spaces = WorkspacePool()

  public init(model: Transformer, kernels: Kernels = Kernels()) {
    self.model = model
    self.kernels = kernels
  }

  func sweep<Value: Sendable>(
    sequences: [[Int]], promptLengths: [Int], readouts: [[Int]], variants: [Variant],
    value: @Sendable (Int, Int, Int, UnsafeBufferPointer<Float>) -> Value
  ) -> [[[Value]]] {
    HookDues.count(
      variants, sequences: sequences, promptLengths: promptLengths, readouts: readouts,
      layers: model.config.layers, carried: false)
    return variants.indices.map { variant in
      sequences.indices.map { sequence in
        spaces.with { space in
          var values: [Value] = []
          var pass = ForwardPass(model, kernels: kernels, space: space)
          let batch = single(
            sequences[sequence], promptLength: promptLengths[sequence],
            variant: variants[variant], arena: space.arena, capacity: sequences[sequence].count)
          let x = pass.embed(sequences[sequence], positions: batch.positions)
          let end = pass.run(0..<model.config.layers, batch, x)
          let wanted = Set(readouts[sequence])
          pass.readout(end, batch, rows: nil) { position, logits in
            if wanted.contains(position) {
              values.append(value(variant, sequence, values.count, logits))
            }
          }
          meter.add(pass.work)
          return values
        }
      }
    }
  }

  private func single(
    _ tokens: [Int], promptLength: Int, variant: Variant, arena: KeyValueArena, capacity: Int
  ) -> Batch {
    var batch = Batch()
    let segment = KeyValueSegment.make(
      in: arena, config: model.config, positions: capacity, layers: 0..<model.config.layers,
      retained: true)
    batch.stretches = [
      Stretch(firstRow: 0, count: tokens.count, segment: segment, offset: 0, links: [])
    ]
    batch.positions = tokens.indices.map(Int32.init)
    batch.variantOf = Array(repeating: 0, count: tokens.count)
    batch.promptLengths = Array(repeating: Int32(promptLength), count: tokens.count)
    batch.multiplicity = Array(repeating: 1, count: tokens.count)
    batch.edits = EditTable([variant])
    return batch
  }

  public func generate(_ job: GenerationJob) throws -> [[Continuation]] {
    try validate(job)
    return job.variants.map { variant in
      job.prompts.indices.map { index in
        continuation(
          of: job.prompts[index], stream: job.streams[index], variant: variant, job: job
        ) { _ in true }
      }
    }
  }

  /// One continuation, each token told as it comes; `onToken` returns false to stop.
  public func stream(
    _ prompt: [Int], stream: String, variant: Variant, maxTokens: Int, sampling: Sampling,
    stopTokens: Set<Int>, onToken: (Int) -> Bool
  ) throws -> Continuation {
    let job = GenerationJob(
      prompts: [prompt], streams: [stream], variants: [variant], maxTokens: maxTokens,
      sampling: sampling, stopTokens: stopTokens)
    try validate(job)
    return continuation(of: prompt, stream: stream, variant: variant, job: job, onToken: onToken)
  }

  private func continuation(
    of prompt: [Int], stream name: String, variant: Variant, job: GenerationJob,
    onToken: (Int) -> Bool
  ) -> Continuation {
    var made = Continuation(tokens: [], stopped: false)
    guard job.maxTokens > 0 else { return made }
    let turning = model.config.turning
    let outgrows = turning(prompt.count) != turning(prompt.count + job.maxTokens - 1)
    HookDues.count(
      [variant], sequences: [prompt], promptLengths: [prompt.count],
      readouts: [[prompt.count - 1]], layers: model.config.layers, carried: true)
    spaces.with { space in
      let scratch = FloatBuffer()
      let sampler = Sampler(sampling: job.sampling, kernels: kernels)
      var stream = NamedStream(name)
      var pass = ForwardPass(model, kernels: kernels, space: space)
      var batch = single(
        prompt, promptLength: prompt.count, variant: variant, arena: space.arena,
        capacity: prompt.count + job.maxTokens)
      var fed = prompt
      var last = [prompt.count - 1]
      while true {
        let x = pass.embed(fed, positions: batch.positions)
        let end = pass.run(0..<model.config.layers, batch, x, needed: last)
        var next = 0
        pass.readout(end, batch, rows: last) { _, logits in
          next = sampler.choose(logits, scratch: scratch, stream: &stream)
        }
        made.tokens.append(next)
        made.stopped = job.stopTokens.contains(next)
        let goOn = onToken(next)
        if made.stopped || !goOn || made.tokens.count == job.maxTokens { break }
        let text = prompt.count + made.tokens.count
        if outgrows, turning(text) != turning(text - 1) {
          // Other factors turn the longer text: all of it is computed anew, as the reference does
          // for the family that has them.
          fed = prompt + made.tokens
          last[0] = fed.count - 1
          batch = single(
            fed, promptLength: prompt.count, variant: variant, arena: space.arena,
            capacity: prompt.count + job.maxTokens)
          HookDues.count(
            [variant], sequences: [fed], promptLengths: [prompt.count], readouts: [last],
            layers: model.config.layers, carried: true)
          continue
        }
        batch.advance()
        for intervention in variant.interventions
        where intervention.positions.touches(
          Int(batch.positions[0]), promptLength: prompt.count)
        { intervention.meter?.due(1) }
        // In place: a token costs no memory of its own.
        fed.removeAll(keepingCapacity: true)
        fed.append(next)
        last[0] = 0
      }
      meter.add(pass.work)
    }
    return made
  }

  public func capture(_ job: CaptureJob) throws -> [[Activations]] {
    try validate(job)
    return job.prompts.map { prompt in
      spaces.with { space in
        var heard: [Site: Activations] = [:]
        let wanted = Set(job.sites)
        var pass = ForwardPass(model, kernels: kernels, space: space) { site, x, _ in
          guard wanted.contains(site) else { return }
          heard[site, default: Activations(width: x.columns, values: [])].values += x.copied()
        }
        let batch = single(
          prompt, promptLength: prompt.count, variant: job.variant, arena: space.arena,
          capacity: prompt.count)
        HookDues.count(
          [job.variant], sequences: [prompt], promptLengths: [prompt.count], readouts: [[]],
          layers: model.config.layers, carried: false)
        let x = pass.embed(prompt, positions: batch.positions)
        let end = pass.run(0..<model.config.layers, batch, x)
        if wanted.contains(Site(.finalNorm)) || wanted.contains(Site(.logits))
          || batch.edits.touches(.logits, -1)
        {
          pass.readout(end, batch, rows: nil) { _, _ in }
        }
        meter.add(pass.work)
        return job.sites.map { heard[$0] ?? Activations(width: 0, values: []) }
      }
    }
  }
}

extension Batch {
  /// From a prompt to its next single position.
  fileprivate mutating func advance() {
    let position = (positions.last ?? -1) + 1
    stretches[0].offset = Int(position)
    stretches[0].count = 1
    positions.removeAll(keepingCapacity: true)
    positions.append(position)
    variantOf.removeSubrange(1...)
    promptLengths.removeSubrange(1...)
    multiplicity.removeSubrange(1...)
  }
}
