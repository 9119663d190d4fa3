/// Sets of bit vectors and the conjunctions of literals that describe them, exactly.
package struct Conjunctions: Sendable {
  /// Bits of an item; items are `0 ..< 2^bits`.
  package let bits: Int
  package let members: Set<Int>
  /// Conjunctions that hold for members alone and stop doing so with any literal less, each as the
  /// members that it holds for.
  package let primes: [Set<Int>]

  package init(bits: Int, members: Set<Int>) {
    self.bits = bits
    self.members = members
    primes = Self.primes(bits, members)
  }

  /// The items for which the bits of `mask` are as in `value`.
  private static func items(_ bits: Int, _ mask: Int, _ value: Int) -> [Int] {
    (0..<1 << bits).filter { $0 & mask == value }
  }

  /// Quine 1952: from conjunctions of all bits on, literals are left out one by one.
  private static func primes(_ bits: Int, _ members: Set<Int>) -> [Set<Int>] {
    struct Cube: Hashable {
      var mask, value: Int
    }
    var layer = Set(members.map { Cube(mask: (1 << bits) - 1, value: $0) })
    var found: [Set<Int>] = []
    while !layer.isEmpty {
      var wider: Set<Cube> = []
      var merged: Set<Cube> = []
      for cube in layer {
        for bit in 0..<bits where cube.mask >> bit & 1 == 1 {
          let other = Cube(mask: cube.mask, value: cube.value ^ 1 << bit)
          guard layer.contains(other) else { continue }
          merged.insert(cube)
          wider.insert(Cube(mask: cube.mask & ~(1 << bit), value: cube.value & ~(1 << bit)))
        }
      }
      found += layer.subtracting(merged).map { Set(items(bits, $0.mask, $0.value)) }
      layer = wider
    }
    // Sets have no order of their own.
    return found.map { $0.sorted() }.sorted { a, b in
      a.count == b.count ? a.lexicographicallyPrecedes(b) : a.count > b.count
    }.map(Set.init)
  }

  /// The least number of conjunctions that hold for the members and nothing else.
  package var length: Int {
    var search = Cover(primes: primes)
    search.visit(members, used: 0)
    return search.best
  }

  private struct Cover {
    let primes: [Set<Int>]
    var best: Int

    init(primes: [Set<Int>]) {
      self.primes = primes
      best = primes.count
    }

    mutating func visit(_ left: Set<Int>, used: Int) {
      guard let widest = primes.map({ $0.intersection(left).count }).max(), widest > 0 else {
        best = min(best, used)
        return
      }
      guard used + (left.count + widest - 1) / widest < best else { return }
      // Some conjunction must hold for the item that fewest hold for.
      func choices(_ item: Int) -> [Set<Int>] { primes.filter { $0.contains(item) } }
      let hardest = left.sorted().map(choices).min { $0.count < $1.count } ?? []
      for prime in hardest { visit(left.subtracting(prime), used: used + 1) }
    }
  }

  /// The most weight of members that so many conjunctions can hold for, and nothing else.
  package func covered(by count: Int, weight: (Int) -> Double) -> Double {
    func total(_ items: Set<Int>) -> Double { items.sorted().reduce(0) { $0 + weight($1) } }
    var best = 0.0
    // The one that gains most is taken or left for good: what gains by overlap alone falls away early.
    func visit(_ left: Set<Int>, _ primes: [Set<Int>], taken: Double, room: Int) {
      best = max(best, taken)
      let gains = primes.map { total($0.intersection(left)) }
      let bound = taken + min(total(left), gains.sorted(by: >).prefix(room).reduce(0, +))
      guard room > 0, bound > best * (1 + 1e-12),
        let place = gains.indices.max(by: { gains[$0] < gains[$1] })
      else { return }
      var others = primes
      let prime = others.remove(at: place)
      visit(left.subtracting(prime), others, taken: taken + gains[place], room: room - 1)
      visit(left, others, taken: taken, room: room)
    }
    visit(members, primes, taken: 0, room: count)
    return best
  }
}
