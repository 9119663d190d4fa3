import LeewayModel
import LeewayTensor

/// What a batch cost.
public struct BatchLoss: Sendable, Equatable {
  /// Nats, summed over predictions with their weights.
  public var sum = 0.0
  /// Of the weights.
  public var weight = 0.0
  /// Tokens that were read.
  public var tokens = 0
  /// Nats per prediction.
  public var mean: Double { weight > 0 ? sum / weight : 0 }
}

extension Trainee {
  /// Rows of one pass: few enough that what a block computes stays near the processor.
  static let rowsAtOnce = 512

  /// The loss of a batch, and its gradient added to `gradients`: per prediction, by weight.
  ///
  /// - Parameter variants: what is done to each sequence; none leaves all as they are. Every edit is
  ///   a `DifferentiableEdit`.
  ///   - balance: the weight of the pull towards experts that are used alike. It moves the gradient;
  ///   the loss is told without it.
  package func accumulate(
    _ sequences: [TrainingSequence], variants: [Variant] = [], toWeights: Bool = true,
    balance: Double = 0
  ) -> BatchLoss {
    let rows = sequences.reduce(0) { $0 + $1.inputs.count }
    let weight = sequences.reduce(0.0) { $0 + $1.weights.reduce(0.0) { $0 + Double($1) } }
    var loss = BatchLoss()
    for slice in slices(sequences) {
      let part = Array(sequences[slice])
      let these = variants.isEmpty ? part.map { _ in Variant.baseline } : Array(variants[slice])
      let share = Double(part.reduce(0) { $0 + $1.inputs.count }) / Double(max(rows, 1))
      let found = pass(
        part, these, scale: weight > 0 ? 1 / weight : 0, back: true, toWeights,
        balance: balance * share)
      loss.sum += found.sum
      loss.weight += found.weight
      loss.tokens += found.tokens
    }
    return loss
  }

  /// The loss alone.
  package func loss(_ sequences: [TrainingSequence], variants: [Variant] = []) -> BatchLoss {
    var loss = BatchLoss()
    for slice in slices(sequences) {
      let part = Array(sequences[slice])
      let these = variants.isEmpty ? part.map { _ in Variant.baseline } : Array(variants[slice])
      let found = pass(part, these, scale: 1, back: false, false)
      loss.sum += found.sum
      loss.weight += found.weight
      loss.tokens += found.tokens
    }
    return loss
  }

  /// Consecutive sequences of about `rowsAtOnce` rows, at least one, all turned by the same factors:
  /// by sizes alone.
  private func slices(_ sequences: [TrainingSequence]) -> [Range<Int>] {
    var slices: [Range<Int>] = []
    var first = 0
    while first < sequences.count {
      var (end, rows) = (first, 0)
      let turning = config.turning(of: sequences[first].inputs.count)
      while end < sequences.count,
        end == first || rows + sequences[end].inputs.count <= Self.rowsAtOnce,
        config.turning(of: sequences[end].inputs.count) == turning
      {
        rows += sequences[end].inputs.count
        end += 1
      }
      slices.append(first..<end)
      first = end
    }
    return slices
  }

  private func pass(
    _ sequences: [TrainingSequence], _ variants: [Variant], scale: Double, back: Bool,
    _ toWeights: Bool, balance: Double = 0
  ) -> BatchLoss {
    defer {
      space.arena.reset()
      gradientTable.reset()
    }
    let tape = Tape()
    let batch = batch(sequences, variants)
    var pass = ForwardPass(transformer, kernels: kernels, space: space, recorder: tape)
    let tokens = sequences.flatMap(\.inputs)
    let x = pass.embed(tokens, positions: batch.positions)
    var end = pass.run(0..<config.layers, batch, x)
    let weights = sequences.flatMap(\.weights)
    let targets = sequences.flatMap { $0.tokens.dropFirst() }
    let read = weights.indices.filter { weights[$0] != 0 }
    guard !read.isEmpty else { return BatchLoss(tokens: tokens.count) }
    if read.count < weights.count { end = pass.gather(read, from: end, into: space.compact) }
    pass.readoutRows = end.rows
    pass.readout(end, batch, rows: read) { _, _ in }
    let logits: Matrix
    switch tape.ops.last {
    case .linear(_, .unembed, let last), .softCap(_, let last): logits = last
    default: preconditionFailure("a pass ends with its logits")
    }
    let counted = read.map { weights[$0] }
    let losses = kernels.crossEntropy(
      logits, targets: read.map { Int32(targets[$0]) },
      weights: counted.map { Float(Double($0) * scale) })
    var loss = BatchLoss(tokens: tokens.count)
    for (index, value) in losses.enumerated() {
      loss.sum += value * Double(counted[index])
      loss.weight += Double(counted[index])
    }
    if back {
      gradientTable.adopt(logits)
      // In a frozen model nothing before the first edit is of interest.
      let firstEdit = tape.ops.firstIndex { if case .edit = $0 { true } else { false } }
      BackwardPass(
        model: self, kernels: kernels, batch: batch, table: gradientTable, arena: space.arena,
        toWeights: toWeights,
        balance: RouterBalance(tape.ops, experts: config.experts, weight: balance),
        firstOp: toWeights ? 0 : firstEdit ?? tape.ops.count
      ).run(tape.ops)
    }
    return loss
  }

  private func batch(_ sequences: [TrainingSequence], _ variants: [Variant]) -> Batch {
    var batch = Batch()
    for (index, sequence) in sequences.enumerated() {
      let count = sequence.inputs.count
      let segment = KeyValueSegment.make(
        in: space.arena, config: config, positions: count, layers: 0..<config.layers,
        retained: false)
      batch.stretches.append(
        Stretch(firstRow: batch.rows, count: count, segment: segment, offset: 0, links: []))
      batch.positions += (0..<count).map(Int32.init)
      batch.variantOf += Array(repeating: Int32(index), count: count)
      batch.promptLengths += Array(repeating: Int32(sequence.promptLength), count: count)
      batch.multiplicity += Array(repeating: 1, count: count)
    }
    batch.edits = EditTable(variants)
    return batch
  }
}
