import Foundation

/// Items of independent fair bits, a concept that is described, and a list of what is cared for.
package struct FeltWorld: Sendable {
  /// Bits of an item.
  package var bits: Int
  /// The described concept holds where the first so many bits are all set.
  package var described: Int
  /// Cared for without being of the concept.
  package var flipped: Set<Int>
  /// What harm to one of these counts; to any other item 1.
  package var protection: Double

  package init(bits: Int, described: Int, flipped: Set<Int>, protection: Double) {
    self.bits = bits
    self.described = described
    self.flipped = flipped
    self.protection = protection
  }

  package var items: Range<Int> { 0..<1 << bits }
  package func isDescribed(_ item: Int) -> Bool {
    let mask = 1 << described - 1
    return item & mask == mask
  }
  package var concept: Set<Int> { Set(items.filter(isDescribed)) }
  package var list: Set<Int> { concept.union(flipped) }
  package func weight(_ item: Int) -> Double { flipped.contains(item) ? protection : 1 }

  /// Items outside the concept no two of which, nor one and the concept, share a wider conjunction: the
  /// first `shared` of the concept's bits are set, the rest of the item has even parity.
  ///
  /// - Returns: nil where there are not so many.
  package static func scattered(_ count: Int, bits: Int, described: Int, shared: Int) -> Set<Int>? {
    let apart = (0..<1 << max(0, bits - described)).filter { $0.nonzeroBitCount.isMultiple(of: 2) }
    guard bits > described, shared < described, count <= apart.count else { return nil }
    return Set(apart.prefix(count).map { $0 << described | (1 << shared - 1) })
  }
}

/// The best concept on attributes that are copies of the described bits, each wrong at a rate.
package struct CoarseConcept: Sendable {
  /// Chances, by which described bits an item has set, that the concept holds for it.
  private var claimed: [Double]
  /// Share of items on which it agrees with what is described.
  package private(set) var accuracy: Double
  private var described: Int

  /// - Parameters:
  ///   - attributes: copies, dealt to the described bits in turn.
  ///   - flip: how often a copy is wrong; a half makes it independent of the bit.
  package init(described: Int, attributes: Int, flip: Double) {
    self.described = described
    claimed = [Double](repeating: 0, count: 1 << described)
    accuracy = 0
    let copies = (0..<described).map { bit in (attributes + described - 1 - bit) / described }
    var state = [Int](repeating: 0, count: described)
    // Every number of copies that read 1, bit by bit.
    while true {
      var (posterior, chance) = (1.0, 1.0)
      for bit in state.indices {
        let set = Self.binomial(copies[bit], state[bit], 1 - flip)
        let clear = Self.binomial(copies[bit], state[bit], flip)
        chance *= (set + clear) / 2
        posterior *= set + clear > 0 ? set / (set + clear) : 0
      }
      accuracy += chance * max(posterior, 1 - posterior)
      if posterior > 0.5 {
        for pattern in claimed.indices {
          claimed[pattern] += state.indices.reduce(1) { product, bit in
            product
              * Self.binomial(
                copies[bit], state[bit], pattern >> bit & 1 == 1 ? 1 - flip : flip)
          }
        }
      }
      guard let bit = state.indices.first(where: { state[$0] < copies[$0] }) else { break }
      state[bit] += 1
      for lower in 0..<bit { state[lower] = 0 }
    }
  }

  /// Chance that it holds for an item.
  package func claims(_ item: Int) -> Double { claimed[item & (1 << described - 1)] }

  private static func binomial(_ count: Int, _ ones: Int, _ p: Double) -> Double {
    var choose = 1.0
    for k in 0..<ones { choose *= Double(count - k) / Double(k + 1) }
    return choose * pow(p, Double(ones)) * pow(1 - p, Double(count - ones))
  }
}

extension FeltWorld {
  /// Weighted items that are treated otherwise than the list says, and those of them that are protected.
  package func harm(_ claims: (Int) -> Double) -> (all: Double, protected: Double) {
    let list = list
    return items.reduce(into: (0, 0)) { sum, item in
      let wrong = list.contains(item) ? 1 - claims(item) : claims(item)
      sum.all += wrong * weight(item)
      if flipped.contains(item) { sum.protected += wrong }
    }
  }

  /// The best that so many conjunctions say without claiming anything beyond the list.
  package func matcherHarm(_ list: Conjunctions, terms: Int) -> Double {
    let whole = list.members.sorted().reduce(0) { $0 + weight($1) }
    return whole - list.covered(by: terms, weight: weight)
  }
}
