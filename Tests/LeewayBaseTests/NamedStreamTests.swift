import LeewayBase
import Testing

@Suite("Named streams")
struct NamedStreamTests {
  /// The values were computed by a second program from the papers' formulas.
  @Test("A name gives the same numbers for ever")
  func pinned() {
    var stream = NamedStream("leeway", "pin")
    #expect(
      (0..<4).map { _ in stream.next() } == [
        11_904_812_440_444_293_023, 6_911_002_706_365_154_902, 4_264_643_987_388_407_588,
        17_622_981_515_104_005_372,
      ])
    var uniform = NamedStream("leeway", "uniform")
    #expect((0..<2).map { _ in uniform.uniform() } == [0.8950757454894891, 0.5775190379360067])
    var normal = NamedStream("leeway", "normal")
    #expect((0..<2).map { _ in normal.normal() } == [1.0125899659490778, 2.6315377187297284])
    var whole = NamedStream("leeway", "below")
    #expect((0..<8).map { _ in whole.below(1000) } == [700, 169, 198, 771, 556, 363, 402, 435])
    var order = Array(0..<10)
    var shuffler = NamedStream("leeway", "shuffle")
    shuffler.shuffle(&order)
    #expect(order == [6, 3, 2, 9, 4, 1, 5, 7, 8, 0])
  }

  @Test("Other names give other numbers, however the letters are shared out")
  func names() {
    let names = [
      [], [""], ["", ""], ["ab"], ["a", "b"], ["ab", ""], ["", "ab"], ["a"], ["b"], ["b", "a"],
      ["\0ab"], ["a\u{301}"], ["\u{e1}"],
    ]
    let firsts = names.map { names in
      var stream = NamedStream(names: names)
      return stream.next()
    }
    #expect(Set(firsts).count == names.count)
    var (a, b) = (NamedStream("x", "y"), NamedStream(names: ["x", "y"]))
    #expect((0..<10).allSatisfy { _ in a.next() == b.next() })
  }

  @Test("Uniform numbers fill [0, 1)")
  func uniform() {
    var stream = NamedStream("uniform")
    let values = (0..<100_000).map { _ in stream.uniform() }
    #expect(values.allSatisfy { (0..<1).contains($0) })
    var counts = [Double](repeating: 0, count: 64)
    for value in values { counts[Int(value * 64)] += 1 }
    #expect(chiSquare(counts) < 120)  // 63 degrees: 1 in 10 000 is above 113
    let mean = values.reduce(0, +) / 100_000
    #expect(abs(mean - 0.5) < 0.005)
  }

  @Test("Whole numbers are even-handed", arguments: [1, 2, 3, 7, 10, 100])
  func below(_ count: Int) {
    var stream = NamedStream("below", "\(count)")
    var counts = [Double](repeating: 0, count: count)
    for _ in 0..<1000 * count { counts[stream.below(count)] += 1 }
    let freedom = Double(count - 1)
    #expect(chiSquare(counts) <= freedom + 5 * (2 * freedom).squareRoot())
  }

  @Test("A large bound would show a bias")
  func large() {
    var stream = NamedStream("below", "large")
    // Of 2^64 numbers each below 3 * 2^61 gets two or three: those of one remainder by 3 would come
    // up a quarter of the time without rejection.
    let bound = 3 << 61
    var counts = [0.0, 0, 0]
    for _ in 0..<30_000 {
      let value = stream.below(bound)
      #expect((0..<bound).contains(value))
      counts[value % 3] += 1
    }
    #expect(chiSquare(counts) < 20)
    #expect((0..<100).allSatisfy { _ in stream.below(1) == 0 })
    #expect((0..<100).allSatisfy { _ in (0..<Int.max).contains(stream.below(.max)) })
  }

  @Test("Normal numbers have the moments of the normal")
  func normal() {
    var stream = NamedStream("normal")
    var pairs = stream
    let values = (0..<100_000).map { _ in stream.normal() }
    #expect((0..<100).map { _ in pairs.normalPair().0 } == Array(values.prefix(100)))
    func moment(_ power: Int) -> Double {
      values.reduce(0) { sum, x in sum + (0..<power).reduce(1) { product, _ in product * x } }
        / 100_000
    }
    #expect(abs(moment(1)) < 0.02)
    #expect(abs(moment(2) - 1) < 0.03)
    #expect(abs(moment(3)) < 0.06)
    #expect(abs(moment(4) - 3) < 0.15)
  }

  @Test("Every order of four comes up as often")
  func shuffle() {
    var stream = NamedStream("shuffle")
    var counts: [[Int]: Double] = [:]
    for _ in 0..<24_000 {
      var order = [0, 1, 2, 3]
      stream.shuffle(&order)
      counts[order, default: 0] += 1
    }
    #expect(counts.count == 24)
    #expect(
      chiSquare(counts.keys.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { counts[$0] })
        < 58)
    var none: [Int] = []
    stream.shuffle(&none)
    #expect(none.isEmpty)
  }

  private func chiSquare(_ counts: [Double]) -> Double {
    let expected = counts.reduce(0, +) / Double(counts.count)
    return counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
  }
}
