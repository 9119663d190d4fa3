import LeewayBase
import LeewayTensor
import Synchronization

/// Turns (sequences × variants) into a tree and runs each branch once: the baseline, forks at the
/// intervened block, shared beginnings, only the rows and positions that are read.
///
/// Independent batches go to the threads whole, so there is no barrier inside a pass; a batch that
/// stands alone splits its matrix products instead.
public final class SweepPlanner: SequenceSweeper {
  public let model: Transformer
  public let kernels: Kernels
  public let meter = WorkMeter()
  private let spaces = WorkspacePool()
  /// Rows of a batch above which nothing is gained by more.
  private let batchRows = 640
  /// Rows of a generating lane.
  private let laneRows = 64
  /// Bytes of the baseline's kept stream and of kept keys and values.
  private let memory = 1 << 30

  public init(model: Transformer, kernels: Kernels = Kernels()) {
    self.model = model
    self.kernels = kernels
  }

  private var threads: Int { kernels.pool?.threads ?? 1 }
  private var layers: Int { model.config.layers }

  func sweep<Value: Sendable>(
    sequences: [[Int]], promptLengths: [Int], readouts: [[Int]], variants: [Variant],
    value: @Sendable (Int, Int, Int, UnsafeBufferPointer<Float>) -> Value
  ) -> [[[Value]]] {
    let kinds = alike(sequences.map { [model.config.turning(of: $0.count)] })
    var answers = variants.map { _ in sequences.map { _ in [Value]() } }
    for kind in kinds {
      let found = sweepAlike(
        sequences: kind.map { sequences[$0] }, promptLengths: kind.map { promptLengths[$0] },
        readouts: kind.map { readouts[$0] }, variants: variants
      ) { variant, sequence, readout, logits in value(variant, kind[sequence], readout, logits) }
      for variant in variants.indices {
        for (index, sequence) in kind.enumerated() {
          answers[variant][sequence] = found[variant][index]
        }
      }
    }
    return answers
  }

  /// Indices of equal keys together, in the order in which each key comes first.
  private func alike(_ keys: [[Int]]) -> [[Int]] {
    var kinds: [[Int]] = []
    var places: [[Int]: Int] = [:]
    for (index, key) in keys.enumerated() {
      let place = places[key] ?? kinds.count
      if place == kinds.count { kinds.append([]) }
      places[key] = place
      kinds[place].append(index)
    }
    return kinds
  }

  /// Sequences that are turned alike: their beginnings can be shared.
  private func sweepAlike<Value: Sendable>(
    sequences: [[Int]], promptLengths: [Int], readouts: [[Int]], variants: [Variant],
    value: @Sendable (Int, Int, Int, UnsafeBufferPointer<Float>) -> Value
  ) -> [[[Value]]] {
    HookDues.count(
      variants, sequences: sequences, promptLengths: promptLengths, readouts: readouts,
      layers: layers, carried: true)
    var answers = variants.map { _ in [[Value]]() }
    for range in chunks(sequences, variants: variants) {
      let run = SweepRun(
        model: model, kernels: kernels, spaces: spaces, sequences: Array(sequences[range]),
        promptLengths: Array(promptLengths[range]), readouts: Array(readouts[range]))
      let base = runBase(run, variants: variants, generating: false) { sequence, readout, logits in
        value(-1, sequence + range.lowerBound, readout, logits)
      }
      let forked = runForks(
        run, groups: groups(run, variants, Array(variants.indices)), variants: variants,
        retained: nil
      ) { variant, sequence, readout, logits in
        value(variant, sequence + range.lowerBound, readout, logits)
      }
      for variant in variants.indices {
        for sequence in run.sequences.indices {
          answers[variant].append(
            run.readouts[sequence].indices.compactMap {
              forked.values[variant][sequence][$0] ?? base[sequence][$0]
            })
        }
      }
      meter.add(run.work)
    }
    return answers
  }

  // MARK: Planning

  /// Sequences cut into runs whose kept streams fit in memory.
  private func chunks(_ sequences: [[Int]], variants: [Variant]) -> [Range<Int>] {
    let forks = Set(variants.compactMap { SweepRun.forkBlock($0, layers: layers) }).count
    let floats = (forks + 8) * model.config.width + 2 * layers * model.config.kvWidth
    let rows = max(batchRows, memory / (4 * floats))
    var ranges: [Range<Int>] = []
    var first = 0
    var held = 0
    for (index, tokens) in sequences.enumerated() {
      if held + tokens.count > rows, index > first {
        ranges.append(first..<index)
        first = index
        held = 0
      }
      held += tokens.count
    }
    if first < sequences.count { ranges.append(first..<sequences.count) }
    return ranges
  }

  private func runBase<Value>(
    _ run: SweepRun, variants: [Variant], generating: Bool,
    value: (Int, Int, UnsafeBufferPointer<Float>) -> Value
  ) -> [[Value?]] {
    let forks = Set(variants.compactMap { SweepRun.forkBlock($0, layers: layers) })
    let touched = variants.map { variant in
      let positions = SweepRun.signature(variant)
      return run.sequences.indices.map { run.firstTouched(positions, $0) }
    }
    // Someone keeps baseline positions: their keys and values are read later.
    let retained = generating || touched.contains { $0.contains { $0 > 0 } }
    let read = touched.contains { first in
      run.sequences.indices.contains { sequence in
        run.readouts[sequence].contains { $0 < first[sequence] }
      }
    }
    return run.runBase(forks: forks, retained: retained, read: read, value: value)
  }

  private func groups(_ run: SweepRun, _ variants: [Variant], _ chosen: [Int])
    -> [SweepRun.Group]
  {
    struct Key: Hashable {
      var block: Int
      var positions: [Positions]
    }
    var byKey: [Key: [Int]] = [:]
    for index in chosen {
      guard let block = SweepRun.forkBlock(variants[index], layers: layers) else { continue }
      let key = Key(block: block, positions: SweepRun.signature(variants[index]))
      byKey[key, default: []].append(index)
    }
    let spread = max(1, (chosen.count + threads - 1) / threads)
    var groups: [SweepRun.Group] = []
    for (key, indices) in byKey {
      let rows = max(run.forkTree(key.positions).rows, 1)
      let size = min(max(1, batchRows / rows), spread)
      for first in stride(from: 0, to: indices.count, by: size) {
        groups.append(
          SweepRun.Group(
            block: key.block, positions: key.positions,
            variants: Array(indices[first..<min(first + size, indices.count)])))
      }
    }
    // Most work first, so that the threads end together.
    return groups.sorted { ($0.block, $0.variants[0]) < ($1.block, $1.variants[0]) }
  }

  // MARK: Running forks

  private struct Forked<Value> {
    /// `[variant][sequence][readout]`; nil where the baseline's answer holds.
    var values: [[[Value?]]]
    var forks: [SweepRun.Fork?]
  }

  /// - Parameter retained: where to keep keys and values for generation; nil: they are not kept.
  private func runForks<Value: Sendable>(
    _ run: SweepRun, groups: [SweepRun.Group], variants: [Variant], retained: KeyValueArena?,
    value: @Sendable (Int, Int, Int, UnsafeBufferPointer<Float>) -> Value
  ) -> Forked<Value> {
    let empty = run.readouts.map { [Value?](repeating: nil, count: $0.count) }
    var forked = Forked<Value>(
      values: Array(repeating: empty, count: variants.count),
      forks: Array(repeating: nil, count: variants.count))
    // Kept segments come from one arena, so those batches are made ready one after the other.
    let ready = retained.map { arena in
      groups.map { run.prepare($0, variants: variants, arena: arena, retained: true) }
    }
    for fork in ready ?? [] {
      for (local, variant) in fork.group.variants.enumerated() {
        forked.forks[variant] = fork.forks[local]
      }
    }
    for group in groups { _ = run.forkTree(group.positions) }
    run.warm()
    let shared = UncheckedBox((run: run, ready: ready))
    let collected = Mutex<[(Int, Int, Int, Value)]>([])
    each(groups.count) { index, kernels in
      let (run, ready) = shared.value
      self.spaces.with { space in
        let prepared =
          ready?[index]
          ?? run.prepare(groups[index], variants: variants, arena: space.arena, retained: false)
        var local: [(Int, Int, Int, Value)] = []
        let work = run.run(prepared, kernels: kernels, space: space) {
          variant, sequence, readout, logits in
          local.append((variant, sequence, readout, value(variant, sequence, readout, logits)))
        }
        self.meter.add(work)
        let box = UncheckedBox(local)
        collected.withLock { $0 += box.value }
      }
    }
    for (variant, sequence, readout, value) in collected.withLock({ UncheckedBox($0) }).value {
      forked.values[variant][sequence][readout] = value
    }
    return forked
  }

  /// Runs pieces on the threads, each with serial kernels; a single piece gets all threads.
  private func each(_ count: Int, _ body: @Sendable (Int, Kernels) -> Void) {
    if count > 1, let pool = kernels.pool {
      let serial = kernels.serial()
      pool.run(count) { body($0, serial) }
    } else {
      for index in 0..<count { body(index, kernels) }
    }
  }

  // MARK: Generation

  public func generate(_ job: GenerationJob) throws -> [[Continuation]] {
    try validate(job)
    var answers = job.variants.map { _ in
      job.prompts.map { _ in Continuation(tokens: [], stopped: false) }
    }
    guard job.maxTokens > 0 else { return answers }
    // From the kind of the prompt to that of the longest text that may come of it.
    let keys = job.prompts.map { prompt in
      [prompt.count, prompt.count + job.maxTokens - 1].map(model.config.turning)
    }
    for kind in alike(keys) {
      var part = job
      part.prompts = kind.map { job.prompts[$0] }
      part.streams = kind.map { job.streams[$0] }
      // A text that outgrows its first factors is computed anew, which only the reference does.
      let grows = keys[kind[0]][0] != keys[kind[0]][1]
      let found = grows ? try generateAlone(part) : generateAlike(part)
      for variant in job.variants.indices {
        for (index, prompt) in kind.enumerated() {
          answers[variant][prompt] = found[variant][index]
        }
      }
    }
    return answers
  }

  private func generateAlone(_ job: GenerationJob) throws -> [[Continuation]] {
    let naive = NaiveExecutor(model: model, kernels: kernels)
    defer { meter.add(naive.meter.count) }
    return try naive.generate(job)
  }

  /// Prompts that are turned alike, and go on being.
  private func generateAlike(_ job: GenerationJob) -> [[Continuation]] {
    var answers = job.variants.map { _ in [Continuation]() }
    let readouts = job.prompts.map { [$0.count - 1] }
    let lengths = job.prompts.map(\.count)
    HookDues.count(
      job.variants, sequences: job.prompts, promptLengths: lengths, readouts: readouts,
      layers: layers, carried: true)
    for range in chunks(job.prompts, variants: job.variants) {
      let run = SweepRun(
        model: model, kernels: kernels, spaces: spaces, sequences: Array(job.prompts[range]),
        promptLengths: Array(lengths[range]), readouts: Array(readouts[range]))
      let first: @Sendable (Int, UnsafeBufferPointer<Float>) -> GenerationRow.Start = {
        sequence, logits in
        var stream = NamedStream(job.streams[sequence + range.lowerBound])
        let sampler = Sampler(sampling: job.sampling, kernels: self.kernels.serial())
        let token = sampler.choose(logits, scratch: FloatBuffer(), stream: &stream)
        return GenerationRow.Start(token: token, stream: stream)
      }
      let base = runBase(run, variants: job.variants, generating: true) { first($0, $2) }
      for part in variantChunks(run, job.variants) {
        let arena = KeyValueArena()
        let forked = runForks(
          run, groups: groups(run, job.variants, part), variants: job.variants, retained: arena
        ) { _, sequence, _, logits in first(sequence, logits) }
        var rows: [GenerationRow] = []
        for variant in part {
          for sequence in run.sequences.indices {
            guard let start = forked.values[variant][sequence][0] ?? base[sequence][0] else {
              continue
            }
            rows.append(
              GenerationRow(
                variant: variant, sequence: sequence, start: start,
                links: run.links(variant, forked.forks[variant], sequence: sequence),
                promptLength: run.sequences[sequence].count))
          }
        }
        let made = decode(rows, job: job)
        for (index, variant) in part.enumerated() {
          let count = run.sequences.count
          answers[variant] += made[index * count..<(index + 1) * count]
        }
      }
      meter.add(run.work)
    }
    return answers
  }

  /// Variants whose kept keys and values fit in memory together.
  private func variantChunks(_ run: SweepRun, _ variants: [Variant]) -> [[Int]] {
    let bytes = max(1, run.base.rows * 2 * layers * model.config.kvWidth * 4)
    let size = max(1, memory / bytes)
    return stride(from: 0, to: variants.count, by: size).map {
      Array($0..<min($0 + size, variants.count))
    }
  }

  private func decode(_ rows: [GenerationRow], job: GenerationJob) -> [Continuation] {
    let lanes = max(
      (rows.count + laneRows - 1) / laneRows, rows.count >= 8 * threads ? threads : 1)
    let bounds = (0...lanes).map { $0 * rows.count / lanes }
    let shared = UncheckedBox(rows)
    let done = Mutex<[[Continuation]]>(Array(repeating: [], count: lanes))
    let model = self.model
    each(lanes) { lane, kernels in
      self.spaces.with { space in
        var decoder = LaneDecoder(
          model: model, kernels: kernels, space: space, job: job,
          rows: Array(shared.value[bounds[lane]..<bounds[lane + 1]]))
        let made = decoder.run()
        self.meter.add(decoder.work)
        done.withLock { $0[lane] = made }
      }
    }
    return done.withLock { $0 }.flatMap { $0 }
  }

  /// Reading sites shares nothing between prompts, so the reference does it.
  public func capture(_ job: CaptureJob) throws -> [[Activations]] {
    let naive = NaiveExecutor(model: model, kernels: kernels)
    defer { meter.add(naive.meter.count) }
    return try naive.capture(job)
  }
}

extension SweepRun {
  /// All that the threads only read is computed before they start.
  func warm() { _ = savedEnd }

  /// What a generated position of a sequence attends to in each block.
  func links(_ variant: Int, _ fork: Fork?, sequence: Int) -> [Link] {
    let count = sequences[sequence].count
    guard let fork else { return baseLinks(sequence, upTo: count, layers: 0..<model.config.layers) }
    let below = baseLinks(sequence, upTo: count, layers: 0..<fork.block)
    let tree = forkTree(fork.positions)
    return below
      + links(
        before: tree.paths[sequence].last ?? -1, sequence: sequence, tree: tree,
        segments: fork.segments, positions: fork.positions,
        layers: fork.block..<model.config.layers)
  }
}
