import LeewayBase
import LeewayTensor

/// A continuation in the making.
struct GenerationRow {
  struct Start: Sendable {
    var token: Int
    var stream: NamedStream
  }
  var variant: Int
  var sequence: Int
  var start: Start
  /// The prompt's keys and values.
  var links: [Link]
  var promptLength: Int
}

/// Decodes some rows in lockstep, one position a step, dropping rows as they end.
struct LaneDecoder {
  let model: Transformer
  let kernels: Kernels
  let space: Workspace
  let job: GenerationJob
  var rows: [GenerationRow]
  private(set) var work = WorkCount()

  init(
    model: Transformer, kernels: Kernels, space: Workspace, job: GenerationJob,
    rows: [GenerationRow]
  ) {
    self.model = model
    self.kernels = kernels
    self.space = space
    self.job = job
    self.rows = rows
  }

  mutating func run() -> [Continuation] {
    let layers = model.config.layers
    let sampler = Sampler(sampling: job.sampling, kernels: kernels)
    let scratch = FloatBuffer()
    var made = rows.map {
      Continuation(
        tokens: [$0.start.token], stopped: job.stopTokens.contains($0.start.token))
    }
    let segments = rows.map { _ in
      KeyValueSegment.make(
        in: space.arena, config: model.config, positions: job.maxTokens, layers: 0..<layers,
        retained: true)
    }
    var pass = ForwardPass(model, kernels: kernels, space: space)
    var batch = Batch()
    batch.edits = EditTable(job.variants)
    var fed: [Int] = []
    var live = rows.indices.filter { !made[$0].stopped && job.maxTokens > 1 }
    var step = 0
    while !live.isEmpty {
      batch.clear()
      fed.removeAll(keepingCapacity: true)
      for (index, row) in live.enumerated() {
        let source = rows[row]
        let position = source.promptLength + step
        batch.stretches.append(
          Stretch(
            firstRow: index, count: 1, segment: segments[row], offset: step, links: source.links))
        batch.positions.append(Int32(position))
        batch.variantOf.append(Int32(source.variant))
        batch.promptLengths.append(Int32(source.promptLength))
        batch.multiplicity.append(1)
        fed.append(made[row].tokens[step])
        for intervention in job.variants[source.variant].interventions
        where intervention.positions.touches(position, promptLength: source.promptLength) {
          intervention.meter?.due(1)
        }
      }
      let x = pass.embed(fed, positions: batch.positions)
      let end = pass.run(0..<layers, batch, x)
      pass.readout(end, batch, rows: nil) { index, logits in
        let row = live[index]
        let token = sampler.choose(logits, scratch: scratch, stream: &rows[row].start.stream)
        made[row].tokens.append(token)
        made[row].stopped = job.stopTokens.contains(token)
      }
      step += 1
      live.removeAll { made[$0].stopped || made[$0].tokens.count == job.maxTokens }
    }
    work = pass.work
    return made
  }
}

extension Batch {
  fileprivate mutating func clear() {
    stretches.removeAll(keepingCapacity: true)
    positions.removeAll(keepingCapacity: true)
    variantOf.removeAll(keepingCapacity: true)
    promptLengths.removeAll(keepingCapacity: true)
    multiplicity.removeAll(keepingCapacity: true)
  }
}
