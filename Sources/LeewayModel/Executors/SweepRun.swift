import LeewayBase
import LeewayTensor
import Synchronization

/// One run of the planner: sequences folded into a tree, the baseline computed once, and every
/// group of variants forked from it at the first block that it changes.
///
/// Above the fork a variant recomputes only what differs: positions before the first one that it
/// touches keep the baseline's keys and values. In the last block only the rows that are read get
/// more than keys and values.
final class SweepRun {
  let model: Transformer
  let kernels: Kernels
  let spaces: WorkspacePool
  let sequences: [[Int]]
  let promptLengths: [Int]
  /// Positions of each sequence whose logits are read, ascending.
  let readouts: [[Int]]
  let base: PromptTree
  let arena = KeyValueArena()
  private(set) var work = WorkCount()
  /// The stream of the baseline as it enters a block; after the last block only the read rows.
  private var saved: [Int: [Float]] = [:]
  private var baseSegments: [KeyValueSegment] = []
  private var forkTrees: [[Positions]: PromptTree] = [:]

  private var config: TransformerConfig { model.config }

  init(
    model: Transformer, kernels: Kernels, spaces: WorkspacePool, sequences: [[Int]],
    promptLengths: [Int], readouts: [[Int]]
  ) {
    self.model = model
    self.kernels = kernels
    self.spaces = spaces
    self.sequences = sequences
    self.promptLengths = promptLengths
    self.readouts = readouts
    base = PromptTree(sequences, affectedFrom: sequences.map { _ in 0 }) { _, _ in 0 }
  }

  // MARK: The baseline

  /// Which (sequence, readout) pairs read a row.
  typealias Readers = [(sequence: Int, readout: Int)]

  /// Runs the baseline through all blocks.
  ///
  /// - Parameters:
  ///   - forks: blocks before which the stream is kept.
  ///   - retained: keep every block's keys and values.
  ///   - read: whether anyone reads the baseline's logits.
  ///   - value: what to make of the logits of a row.
  func runBase<Value>(
    forks: Set<Int>, retained: Bool, read: Bool,
    value: (_ sequence: Int, _ readout: Int, _ logits: UnsafeBufferPointer<Float>) -> Value
  ) -> [[Value?]] {
    var values = readouts.map { [Value?](repeating: nil, count: $0.count) }
    spaces.with { space in
      var batch = Batch()
      var segments: [KeyValueSegment] = []
      var tokens: [Int] = []
      for node in base.nodes {
        let segment = KeyValueSegment.make(
          in: retained ? arena : space.arena, config: config, positions: node.count,
          layers: 0..<config.layers, retained: retained)
        segments.append(segment)
        batch.stretches.append(
          Stretch(
            firstRow: node.firstRow, count: node.count, segment: segment, offset: 0,
            links: ancestors(node.parent).map {
              Link(
                segment: segments[$0], count: base.nodes[$0].count, layers: 0..<config.layers)
            }))
        tokens += sequences[node.sequence][node.start..<node.start + node.count]
        batch.append(node: node, variant: 0, promptLength: promptLengths[node.sequence])
      }
      baseSegments = segments
      let (needed, readers) = neededRows(base, from: { _ in 0 })
      var pass = ForwardPass(model, kernels: kernels, space: space)
      let x = pass.embed(tokens, positions: batch.positions)
      let end = pass.run(0..<config.layers, batch, x, needed: needed) { layer, x in
        if forks.contains(layer) { self.saved[layer] = x.copied() }
      }
      if read {
        pass.readout(end, batch, rows: needed) { index, logits in
          for (sequence, readout) in readers[index] {
            values[sequence][readout] = value(sequence, readout, logits)
          }
        }
      }
      work.add(pass.work)
    }
    return values
  }

  private func ancestors(_ node: Int) -> [Int] {
    var chain: [Int] = []
    var next = node
    while next >= 0 {
      chain.append(next)
      next = base.nodes[next].parent
    }
    return chain.reversed()
  }

  /// Rows of a tree that are read, ascending, and by whom; only positions from `from(sequence)` on.
  private func neededRows(_ tree: PromptTree, from: (Int) -> Int) -> ([Int], [Readers]) {
    var byRow: [Int: Readers] = [:]
    for sequence in sequences.indices {
      for (readout, position) in readouts[sequence].enumerated() where position >= from(sequence) {
        byRow[tree.row(sequence: sequence, position: position), default: []].append(
          (sequence, readout))
      }
    }
    let rows = byRow.keys.sorted()
    return (rows, rows.map { byRow[$0] ?? [] })
  }

  // MARK: Forks

  /// The first block that a variant recomputes: an edit after block l leaves block l alone, an
  /// edit of logits leaves all alone.
  static func forkBlock(_ variant: Variant, layers: Int) -> Int? {
    variant.interventions.map { intervention in
      switch intervention.site.kind {
      case .logits: layers
      case .residPost: intervention.site.layer + 1
      default: intervention.site.layer
      }
    }.min()
  }

  /// The first position of a sequence that an intervention touches (its length: none).
  func firstTouched(_ positions: [Positions], _ sequence: Int) -> Int {
    let count = sequences[sequence].count
    let first = positions.map { $0.first(promptLength: promptLengths[sequence]) }.min()
    return min(first ?? count, count)
  }

  static func signature(_ variant: Variant) -> [Positions] {
    Set(variant.interventions.map(\.positions)).sorted { $0.rawValue < $1.rawValue }
  }

  /// The tree of what variants with these positions recompute.
  func forkTree(_ positions: [Positions]) -> PromptTree {
    if let known = forkTrees[positions] { return known }
    let tree = PromptTree(
      sequences, affectedFrom: sequences.indices.map { firstTouched(positions, $0) }
    ) { sequence, position in
      positions.enumerated().reduce(0) { bits, rule in
        rule.element.touches(position, promptLength: self.promptLengths[sequence])
          ? bits | 1 << rule.offset : bits
      }
    }
    forkTrees[positions] = tree
    return tree
  }

  /// Variants that fork at the same block with the same tree and run as one batch.
  struct Group: Sendable {
    var block: Int
    var positions: [Positions]
    var variants: [Int]
  }

  /// A fork whose keys and values are kept for generation.
  struct Fork {
    var block: Int
    var positions: [Positions]
    /// By node of the fork's tree; nil where the baseline's serve.
    var segments: [KeyValueSegment?]
  }

  /// A batch made ready: rows, where they come from, who reads them.
  struct Prepared {
    var group: Group
    var batch: Batch
    var sourceRows: [Int]
    var needed: [Int]
    var readers: [(variant: Int, readers: Readers)]
    var forks: [Fork]
  }

  func prepare(_ group: Group, variants: [Variant], arena: KeyValueArena, retained: Bool)
    -> Prepared
  {
    let tree = forkTree(group.positions)
    let (rows, readers) = neededRows(tree) { self.firstTouched(group.positions, $0) }
    let layers = group.block..<max(config.layers, group.block)
    var batch = Batch()
    batch.edits = EditTable(group.variants.map { variants[$0] })
    var prepared = Prepared(
      group: group, batch: batch, sourceRows: [], needed: [], readers: [], forks: [])
    let onlyRead = group.block == config.layers
    for (local, variant) in group.variants.enumerated() {
      let firstRow = batch.rows
      var segments = [KeyValueSegment?](repeating: nil, count: tree.nodes.count)
      for (index, node) in tree.nodes.enumerated() where node.affected && !onlyRead {
        let segment = KeyValueSegment.make(
          in: arena, config: config, positions: node.count, layers: layers, retained: retained)
        segments[index] = segment
        batch.stretches.append(
          Stretch(
            firstRow: firstRow + node.firstRow, count: node.count, segment: segment, offset: 0,
            links: links(
              before: node.parent, sequence: node.sequence, tree: tree, segments: segments,
              positions: group.positions, layers: layers)))
        batch.append(
          node: node, variant: local, promptLength: promptLengths[node.sequence])
        for position in node.start..<node.start + node.count {
          prepared.sourceRows.append(base.row(sequence: node.sequence, position: position))
        }
      }
      if onlyRead {
        appendReadRows(readers, variant: local, batch: &batch, sources: &prepared.sourceRows)
      }
      batch.readers += Array(repeating: 0, count: batch.rows - firstRow)
      for (index, row) in rows.enumerated() {
        let here = firstRow + (onlyRead ? index : row)
        prepared.needed.append(here)
        batch.readers[here] = Int32(readers[index].count)
        prepared.readers.append((variant, readers[index]))
      }
      prepared.forks.append(
        Fork(block: group.block, positions: group.positions, segments: segments))
    }
    prepared.batch = batch
    return prepared
  }

  /// A fork behind the last block needs only the rows that are read.
  private func appendReadRows(
    _ readers: [Readers], variant: Int, batch: inout Batch, sources: inout [Int]
  ) {
    for reader in readers {
      guard let (sequence, readout) = reader.first else { continue }
      let position = readouts[sequence][readout]
      batch.positions.append(Int32(position))
      batch.variantOf.append(Int32(variant))
      batch.promptLengths.append(Int32(promptLengths[sequence]))
      batch.multiplicity.append(Int32(reader.count))
      sources.append(savedEnd[base.row(sequence: sequence, position: position)] ?? 0)
    }
  }

  /// Where a base row stands among the rows kept after the last block.
  lazy var savedEnd: [Int: Int] = {
    let (rows, _) = neededRows(base, from: { _ in 0 })
    return Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
  }()

  /// What a node attends to before its own positions.
  func links(
    before parent: Int, sequence: Int, tree: PromptTree, segments: [KeyValueSegment?],
    positions: [Positions], layers: Range<Int>
  ) -> [Link] {
    var links = baseLinks(sequence, upTo: firstTouched(positions, sequence), layers: layers)
    var chain: [Int] = []
    var next = parent
    while next >= 0 {
      chain.append(next)
      next = tree.nodes[next].parent
    }
    for index in chain.reversed() {
      guard let segment = segments[index] else { continue }
      links.append(Link(segment: segment, count: tree.nodes[index].count, layers: layers))
    }
    return links
  }

  func baseLinks(_ sequence: Int, upTo end: Int, layers: Range<Int>) -> [Link] {
    guard !layers.isEmpty else { return [] }
    return base.paths[sequence].compactMap { index in
      let node = base.nodes[index]
      guard node.start < end else { return nil }
      return Link(
        segment: baseSegments[index], count: min(node.count, end - node.start), layers: layers)
    }
  }

  /// Runs a prepared fork and hands out the logits of the rows that are read.
  func run(
    _ prepared: Prepared, kernels: Kernels, space: Workspace,
    _ body: (
      _ variant: Int, _ sequence: Int, _ readout: Int, _ logits: UnsafeBufferPointer<Float>
    ) -> Void
  ) -> WorkCount {
    let batch = prepared.batch
    guard !prepared.needed.isEmpty, let source = saved[prepared.group.block]
    else { return WorkCount() }
    let block = prepared.group.block
    let x = space.residual.matrix(rows: batch.rows, columns: config.width)
    source.withUnsafeBufferPointer { source in
      for (row, from) in prepared.sourceRows.enumerated() {
        let values = source[from * config.width..<(from + 1) * config.width]
        _ = x.row(row).update(from: values)
      }
    }
    let last = block == config.layers
    batch.edits.apply(.residPost, block - 1, x, batch: batch, rows: nil, final: last)
    var pass = ForwardPass(model, kernels: kernels, space: space)
    let end = pass.run(block..<config.layers, batch, x, needed: last ? nil : prepared.needed)
    pass.readout(end, batch, rows: prepared.needed) { index, logits in
      let (variant, readers) = prepared.readers[index]
      for (sequence, readout) in readers { body(variant, sequence, readout, logits) }
    }
    return pass.work
  }

  func add(_ work: WorkCount) { self.work.add(work) }
}

extension Batch {
  mutating func append(node: PromptTree.Node, variant: Int, promptLength: Int) {
    for position in node.start..<node.start + node.count {
      positions.append(Int32(position))
      variantOf.append(Int32(variant))
      promptLengths.append(Int32(promptLength))
      multiplicity.append(Int32(node.multiplicity))
    }
  }
}

extension WorkCount {
  mutating func add(_ other: WorkCount) {
    useful += other.useful
    padding += other.padding
  }
}

extension Matrix {
  /// The numbers, row by row, in memory of their own.
  func copied() -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(rows * columns)
    for index in 0..<rows { values.append(contentsOf: row(index)) }
    return values
  }
}
