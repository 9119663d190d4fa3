/// Which pairs merge, when, and into what: an open-addressing table, since encoding does little else
/// than look pairs up.
struct MergeTable: Sendable {
  struct Merge: Sendable, Equatable { var rank: Int32, id: Int32 }

  private var keys: [UInt64]
  private var values: [Merge]
  private var mask: Int
  private(set) var count = 0

  /// No pair of ids from 0 is all ones.
  private static let free = UInt64.max

  /// - Parameter capacity: merges that are expected; more may come.
  init(capacity: Int = 0) {
    var slots = 16
    while slots < capacity * 2 { slots *= 2 }
    keys = [UInt64](repeating: Self.free, count: slots)
    values = [Merge](repeating: Merge(rank: 0, id: 0), count: slots)
    mask = slots - 1
  }

  private func slot(_ key: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while keys[slot] != key, keys[slot] != Self.free { slot = (slot + 1) & mask }
    return slot
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  subscript(left: Int32, right: Int32) -> Merge? {
    let slot = slot(Self.key(left, right))
    return keys[slot] == Self.free ? nil : values[slot]
  }

  /// Of a pair that is put in twice, the last counts.
  mutating func insert(_ left: Int32, _ right: Int32, _ merge: Merge) {
    if (count + 1) * 2 > keys.count { grow() }
    let key = Self.key(left, right)
    let slot = slot(key)
    if keys[slot] == Self.free { count += 1 }
    (keys[slot], values[slot]) = (key, merge)
  }

  private mutating func grow() {
    var larger = MergeTable(capacity: keys.count)
    for (key, value) in zip(keys, values) where key != Self.free {
      let slot = larger.slot(key)
      (larger.keys[slot], larger.values[slot]) = (key, value)
    }
    larger.count = count
    self = larger
  }
}
