import LeewayTensor
import Synchronization
import Testing

/// Tables of angles that grow with the texts that use them.
@Suite struct RotaryTests {
  private func turned(_ table: RotaryTable, _ positions: [Int32], _ x: [Float]) -> [UInt32] {
    let storage = Storage(positions.count, 16, fill: x)
    Kernels().rotary(
      storage.matrix, heads: 1, headWidth: 16, positions: positions, table: table,
      interleaved: false)
    return storage.bits
  }

  private func table(_ scaling: RotaryScaling = .none) -> RotaryTable {
    RotaryTable(
      headWidth: 16, rotaryWidth: 16, base: 10_000, maxPositions: 131_072, scaling: scaling)
  }

  /// A table is made as far as texts reach, and its angles do not depend on the way there.
  @Test func aRotaryTableGrowsWithTheTexts() {
    var random = Random(17)
    let x = random.floats(3 * 16)
    let steps: [[Int32]] = [
      [0, 1, 2], [63, 64, 5], [5000, 0, 4999], [5001, 3, 3], [131_071, 7, 0],
    ]
    let growing = table()
    #expect(growing.heldPositions == 0)
    for positions in steps {
      #expect(turned(growing, positions, x) == turned(table(), positions, x))
      let last = Int(positions.max() ?? 0)
      #expect(growing.heldPositions > last)
      #expect(growing.heldPositions <= max(64, 2 * last + 2))
    }
    #expect(growing.heldPositions == 131_072)
    let there = turned(growing, steps[1], x).map { Float(bitPattern: $0) }
    let back = turned(growing.reversed, steps[1], there)
    #expect(zip(back, x).allSatisfy { abs(Float(bitPattern: $0) - $1) < 1e-5 })
  }

  @Test func textsOnSeveralThreadsGrowOneTable() {
    var random = Random(18)
    let x = random.floats(2 * 16)
    let texts = (0..<200).map { [Int32($0 * 61 % 12_001), Int32($0)] }
    let expected = texts.map { turned(table(), $0, x) }
    let shared = table()
    let found = Mutex([[UInt32]](repeating: [], count: texts.count))
    ThreadPool(threads: 4).run(texts.count) { index in
      let bits = turned(shared, texts[index], x)
      found.withLock { $0[index] = bits }
    }
    #expect(found.withLock { $0 } == expected)
  }

  @Test func aTextLongerThanTheFirstContextIsTurnedByLongFactors() {
    var random = Random(19)
    let x = random.floats(2 * 16)
    let (short, long) = ((0..<8).map { 1 + Float($0) / 8 }, (0..<8).map { 2 + Float($0) })
    let both = table(.longRope(short: short, long: long, attention: 1.2, original: 100))
    let one = table(.longRope(short: short, long: short, attention: 1.2, original: 100))
    let other = table(.longRope(short: long, long: long, attention: 1.2, original: 100))
    for (positions, expected) in [
      ([0, 99] as [Int32], one), ([0, 100], other), ([101, 3], other),
    ] {
      #expect(turned(both.serving(positions), positions, x) == turned(expected, positions, x))
    }
  }
}
