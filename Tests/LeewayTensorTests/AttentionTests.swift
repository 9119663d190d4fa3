import Foundation
import LeewayTensor
import Testing

/// A cache whose keys are cut into spans of given counts, and what the naive twin needs.
private final class Cache {
  let k: [Float]
  let v: [Float]
  let kvHeads: Int
  let headWidth: Int
  private(set) var spans: [KeyValueSpan] = []

  init(keys: Int, kvHeads: Int, headWidth: Int, cuts: [Int], seed: UInt64) {
    var random = Random(seed)
    self.kvHeads = kvHeads
    self.headWidth = headWidth
    k = random.floats(keys * kvHeads * headWidth)
    v = random.floats(keys * kvHeads * headWidth)
    precondition(cuts.reduce(0, +) == keys)
    let width = kvHeads * headWidth
    var first = 0
    for count in cuts {
      let capacity = (count + 15) / 16 * 16 + 16
      let floats = KeyValueSpan.floats(
        kvHeads: kvHeads, headWidth: headWidth, capacity: capacity)
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: 2 * floats)
      // What nobody stored is poison: it must not leak.
      memory.initialize(repeating: .infinity, count: floats)
      (memory + floats).initialize(repeating: .nan, count: floats)
      let span = KeyValueSpan(
        keys: memory, values: memory + floats, count: count, capacity: capacity)
      let keys = Storage(
        count, width, gap: 1, fill: Array(k[first * width..<(first + count) * width]))
      let values = Storage(
        count, width, gap: 2, fill: Array(v[first * width..<(first + count) * width]))
      // In two steps, so that offsets count.
      let half = count / 2
      for rows in [0..<half, half..<count] {
        Kernels().storeKeysValues(
          k: keys.matrix.rows(rows), v: values.matrix.rows(rows), kvHeads: kvHeads,
          headWidth: headWidth, into: span, at: rows.lowerBound)
      }
      spans.append(span)
      first += count
    }
  }

  deinit { for span in spans { span.keys.deallocate() } }

  /// One row and head in Double.
  func reference(
    _ q: [Float], visible: Int, kvHead: Int, scale: Float, cap: Float = 0, window: Int = 0
  ) -> [Double] {
    let width = kvHeads * headWidth
    let first = window > 0 ? max(0, visible - window) : 0
    let scores = (first..<visible).map { key in
      let score =
        (0..<headWidth).reduce(0.0) {
          $0 + Double(q[$1]) * Double(k[key * width + kvHead * headWidth + $1])
        } * Double(scale)
      return cap > 0 ? Double(cap) * tanh(score / Double(cap)) : score
    }
    let top = scores.max() ?? 0
    let weights = scores.map { exp($0 - top) }
    let total = weights.reduce(0, +)
    return (0..<headWidth).map { d in
      (first..<visible).reduce(0.0) {
        $0 + weights[$1 - first] / total * Double(v[$1 * width + kvHead * headWidth + d])
      }
    }
  }
}

@Suite struct AttentionTests {
  static let sets = KernelSet.available

  private func attend(
    _ kernels: Kernels, _ q: [Float], _ cache: Cache, heads: Int, visible: [Int32],
    pieces: [AttentionPiece]? = nil, cap: Float = 0, window: Int = 0
  ) -> [UInt32] {
    let rows = visible.count
    let input = Storage(rows, heads * cache.headWidth, gap: 3, fill: q)
    let output = Storage(rows, heads * cache.headWidth, gap: 1)
    var work = WorkCount()
    kernels.attend(
      q: input.matrix, visible: visible,
      pieces: pieces
        ?? [AttentionPiece(firstRow: 0, rows: rows, firstSpan: 0, spans: cache.spans.count)],
      spans: cache.spans, heads: heads, kvHeads: cache.kvHeads, headWidth: cache.headWidth,
      scale: 0.3, cap: cap, window: window, into: output.matrix, work: &work)
    #expect(output.guardsHold)
    let seen = visible.reduce(0) { $0 + (window > 0 ? min(window, Int($1)) : Int($1)) }
    #expect(work.useful == 2 * cache.headWidth * heads * seen)
    return output.bits
  }

  @Test(arguments: [
    (1, 1, 8), (4, 4, 16), (4, 2, 64), (6, 2, 20), (5, 1, 80), (2, 2, 128), (3, 3, 5), (8, 2, 96),
  ]) func nearDoubleAndEqualInAllSets(heads: Int, kvHeads: Int, headWidth: Int) {
    var random = Random(31)
    for keys in [1, 2, 15, 16, 17, 31, 33, 64, 65, 100, 131] {
      let cache = Cache(keys: keys, kvHeads: kvHeads, headWidth: headWidth, cuts: [keys], seed: 32)
      let rows = 7
      let visible = (0..<rows).map { Int32(max(1, keys - (rows - 1 - $0) * 3)) }
      let q = random.floats(rows * heads * headWidth)
      var bits: [[UInt32]] = []
      for set in Self.sets {
        bits.append(attend(Kernels(set: set), q, cache, heads: heads, visible: visible))
      }
      #expect(bits.allSatisfy { $0 == bits[0] }, "\(keys) keys")
      var expected: [Double] = []
      for row in 0..<rows {
        for head in 0..<heads {
          let start = (row * heads + head) * headWidth
          expected += cache.reference(
            Array(q[start..<start + headWidth]), visible: Int(visible[row]),
            kvHead: head / (heads / kvHeads), scale: 0.3)
        }
      }
      let found = bits[0].map(Float.init(bitPattern:))
      #expect(worstError(found, expected, floor: 1) < 2e-6)
    }
  }

  @Test func cutsOfTheCacheDoNotMatter() {
    var random = Random(33)
    let q = random.floats(9 * 4 * 32)
    let visible = (0..<9).map { Int32(60 + $0 * 4) }
    let whole = Cache(keys: 92, kvHeads: 2, headWidth: 32, cuts: [92], seed: 34)
    for set in Self.sets {
      let kernels = Kernels(set: set)
      let expected = attend(kernels, q, whole, heads: 4, visible: visible)
      for cuts in [
        [1, 91], [24, 68], [16, 16, 60], [33, 1, 1, 57], [91, 1], [48, 44], [5, 82, 5],
      ] {
        let cut = Cache(keys: 92, kvHeads: 2, headWidth: 32, cuts: cuts, seed: 34)
        #expect(cut.k == whole.k)
        #expect(
          attend(kernels, q, cut, heads: 4, visible: visible) == expected, "\(set.name) \(cuts)")
      }
    }
  }

  @Test func rowsPiecesAndThreadsDoNotMatter() {
    var random = Random(35)
    let (rows, heads, headWidth) = (140, 6, 48)
    let cache = Cache(keys: 190, kvHeads: 3, headWidth: headWidth, cuts: [50, 140], seed: 36)
    let q = random.floats(rows * heads * headWidth)
    let visible = (0..<rows).map { Int32(51 + $0) }
    let kernels = Kernels()
    let whole = attend(kernels, q, cache, heads: heads, visible: visible)
    let width = heads * headWidth
    for row in 0..<rows {
      let one = attend(
        kernels, Array(q[row * width..<(row + 1) * width]), cache, heads: heads,
        visible: [visible[row]])
      #expect(one == Array(whole[row * width..<(row + 1) * width]))
    }
    let pieces = [0..<1, 1..<3, 3..<20, 20..<140].map {
      AttentionPiece(firstRow: $0.lowerBound, rows: $0.count, firstSpan: 0, spans: 2)
    }
    #expect(attend(kernels, q, cache, heads: heads, visible: visible, pieces: pieces) == whole)
    for threads in [2, 3] {
      let pooled = Kernels(pool: ThreadPool(threads: threads))
      #expect(attend(pooled, q, cache, heads: heads, visible: visible) == whole)
      #expect(attend(pooled, q, cache, heads: heads, visible: visible, pieces: pieces) == whole)
    }
  }

  /// Caps and windows: near Double, the same bits in every set, however the cache is cut and whoever
  /// is computed together.
  @Test(arguments: [(0, 1), (0, 3), (0, 16), (0, 40), (1.5, 0), (0.7, 17), (2, 1000)])
  func capsAndWindows(cap: Float, window: Int) {
    var random = Random(41)
    let (heads, kvHeads, headWidth, rows) = (6, 2, 20, 9)
    let q = random.floats(rows * heads * headWidth)
    let visible: [Int32] = [1, 2, 44, 51, 58, 65, 72, 79, 86]
    let keys = 86
    let whole = Cache(keys: keys, kvHeads: kvHeads, headWidth: headWidth, cuts: [keys], seed: 42)
    var expected: [Double] = []
    for row in 0..<rows {
      for head in 0..<heads {
        let start = (row * heads + head) * headWidth
        expected += whole.reference(
          Array(q[start..<start + headWidth]), visible: Int(visible[row]),
          kvHead: head / (heads / kvHeads), scale: 0.3, cap: cap, window: window)
      }
    }
    let bits = attend(
      Kernels(set: Self.sets[0]), q, whole, heads: heads, visible: visible, cap: cap,
      window: window)
    #expect(worstError(bits.map(Float.init(bitPattern:)), expected, floor: 1) < 2e-6)
    for set in Self.sets {
      for cuts in [
        [keys], [1, keys - 1], [33, keys - 33], [16, 16, keys - 32], [5, 40, keys - 45],
      ] {
        let cut = Cache(keys: keys, kvHeads: kvHeads, headWidth: headWidth, cuts: cuts, seed: 42)
        let found = attend(
          Kernels(set: set), q, cut, heads: heads, visible: visible, cap: cap, window: window)
        #expect(found == bits, "\(set.name) \(cuts)")
      }
      for row in 0..<rows {
        let these = row * heads * headWidth..<(row + 1) * heads * headWidth
        let one = attend(
          Kernels(set: set), Array(q[these]), whole, heads: heads, visible: [visible[row]],
          cap: cap, window: window)
        #expect(one == Array(bits[these]), "\(set.name) row \(row)")
      }
    }
  }

  /// Rows of one block see different numbers of keys; what lies behind is infinite.
  @Test func aLaterKeyNeverEnters() {
    var random = Random(37)
    let (rows, headWidth) = (6, 24)
    let cache = Cache(keys: 70, kvHeads: 1, headWidth: headWidth, cuts: [40, 30], seed: 38)
    let q = random.floats(rows * headWidth)
    let visible: [Int32] = [1, 39, 40, 41, 57, 70]
    for set in Self.sets {
      let kernels = Kernels(set: set)
      let expected = attend(kernels, q, cache, heads: 1, visible: visible)
      for row in 0..<rows {
        // Everything behind this row's last key turns into infinity and NaN, for this call only.
        let poisoned = Cache(keys: 70, kvHeads: 1, headWidth: headWidth, cuts: [40, 30], seed: 38)
        let width = headWidth
        for key in Int(visible[row])..<70 {
          let bad = Storage(1, width, fill: [Float](repeating: .infinity, count: width))
          let worse = Storage(1, width, fill: [Float](repeating: .nan, count: width))
          kernels.storeKeysValues(
            k: bad.matrix, v: worse.matrix, kvHeads: 1, headWidth: width,
            into: poisoned.spans[key < 40 ? 0 : 1], at: key < 40 ? key : key - 40)
        }
        let found = attend(kernels, q, poisoned, heads: 1, visible: visible)
        let range = row * width..<(row + 1) * width
        #expect(Array(found[range]) == Array(expected[range]), "\(set.name) row \(row)")
      }
    }
  }
}
