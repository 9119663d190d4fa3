import LeewayTensor

/// Keys and values of a run of positions: of all blocks from `firstLayer` on, or of the running
/// block only (`layerStride` 0) where no later pass reads them.
package struct KeyValueSegment {
  var base: UnsafeMutablePointer<Float>
  var capacity: Int
  var firstLayer: Int
  var layerStride: Int
  /// Floats of the keys of one layer; the values follow.
  var half: Int

  package static func make(
    in arena: KeyValueArena, config: TransformerConfig, positions: Int, layers: Range<Int>,
    retained: Bool
  ) -> KeyValueSegment {
    let capacity = (max(positions, 1) + 15) / 16 * 16
    let half = KeyValueSpan.floats(
      kvHeads: config.kvHeads, headWidth: config.headWidth, capacity: capacity)
    let count = retained ? max(layers.count, 1) : 1
    return KeyValueSegment(
      base: arena.take(2 * half * count), capacity: capacity, firstLayer: layers.lowerBound,
      layerStride: retained ? 2 * half : 0, half: half)
  }

  func span(layer: Int, count: Int) -> KeyValueSpan {
    let start = base + (layer - firstLayer) * layerStride
    return KeyValueSpan(keys: start, values: start + half, count: count, capacity: capacity)
  }
}

/// A part of what a stretch attends to: the first `count` positions of a segment, in `layers`.
package struct Link {
  var segment: KeyValueSegment
  var count: Int
  var layers: Range<Int>
}

/// Consecutive positions of one sequence (or of several that share them), rows of a batch.
package struct Stretch {
  package var firstRow: Int
  package var count: Int
  /// Where its own keys and values go.
  var segment: KeyValueSegment
  var offset: Int
  /// What stands before it, in order of position.
  var links: [Link]

  package init(
    firstRow: Int, count: Int, segment: KeyValueSegment, offset: Int, links: [Link]
  ) {
    self.firstRow = firstRow
    self.count = count
    self.segment = segment
    self.offset = offset
    self.links = links
  }
}

/// The rows of one pass. Each has its position, its variant, and the number of sequences it
/// stands for.
package struct Batch {
  package var stretches: [Stretch] = []
  package var positions: [Int32] = []
  package var variantOf: [Int32] = []
  package var promptLengths: [Int32] = []
  package var multiplicity: [Int32] = []
  /// How many sequences read the row's logits; empty where every row is carried to the end.
  var readers: [Int32] = []
  package var edits = EditTable([])
  package var rows: Int { positions.count }

  package init() {}
}

/// The interventions of a batch's variants, by site.
package struct EditTable {
  struct Entry {
    var variant: Int32
    var intervention: Intervention

    func touches(_ row: Int, of batch: Batch) -> Bool {
      variant == batch.variantOf[row]
        && intervention.positions.touches(
          Int(batch.positions[row]), promptLength: Int(batch.promptLengths[row]))
    }
  }
  private var bySite: [Site: [Entry]] = [:]
  package init(_ variants: [Variant]) {
    for (index, variant) in variants.enumerated() {
      for intervention in variant.interventions {
        bySite[intervention.site, default: []].append(
          Entry(variant: Int32(index), intervention: intervention))
      }
    }
  }

  package var isEmpty: Bool { bySite.isEmpty }

  /// Edits the rows of `x` at a site; row `i` of `x` is row `rows[i]` of the batch.
  ///
  /// - Parameter final: the rows are those that are read at the end, so the meter counts readers.
  func apply(
    _ kind: Site.Kind, _ layer: Int, _ x: Matrix, batch: Batch, rows: [Int]?, final: Bool
  ) {
    guard !bySite.isEmpty, let entries = bySite[Site(kind, layer: layer)] else { return }
    for index in 0..<x.rows {
      let row = rows.map { $0[index] } ?? index
      for entry in entries where entry.touches(row, of: batch) {
        let intervention = entry.intervention
        intervention.edit.apply(to: x.row(index))
        let shared = final && !batch.readers.isEmpty ? batch.readers : batch.multiplicity
        intervention.meter?.made(Int(shared[row]))
      }
    }
  }

  /// - Parameter layer: -1 for sites that stand in no block.
  package func touches(_ kind: Site.Kind, _ layer: Int) -> Bool {
    bySite[Site(kind, layer: layer)] != nil
  }

  /// Follows a gradient back through the edits of a site, the last one first; every edit that can
  /// be followed is a `DifferentiableEdit`.
  package func pullBack(
    _ kind: Site.Kind, _ layer: Int, _ gradient: Matrix, batch: Batch, rows: [Int]?
  ) {
    guard let entries = bySite[Site(kind, layer: layer)] else { return }
    for index in 0..<gradient.rows {
      let row = rows.map { $0[index] } ?? index
      for entry in entries.reversed() where entry.touches(row, of: batch) {
        (entry.intervention.edit as? any DifferentiableEdit)?.pullBack(gradient.row(index))
      }
    }
  }
}
