/// Which pairs merge, when, and into what: an open-addressing table, since encoding does little else
/// than look pairs up.
struct MergeTable: Sendable {
  struct Merge: Sendable, Equatable { var rank: Int32, id: Int32 }

  /// A pair with its merge: what is looked up together lies together.
  private struct Slot: Sendable {
    var key: UInt64
    var merge: Merge
  }

  private var slots: [Slot]
  private var mask: Int
  private(set) var count = 0

  /// No pair of ids from 0 is all ones.
  private static let free = Slot(key: .max, merge: Merge(rank: 0, id: 0))

  /// - Parameter capacity: merges that are expected; more may come.
  init(capacity: Int = 0) {
    var count = 16
    while count < capacity * 2 { count *= 2 }
    slots = [Slot](repeating: Self.free, count: count)
    mask = count - 1
  }

  private func place(_ key: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while slots[place].key != key, slots[place].key != .max { place = (place + 1) & mask }
    return place
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  subscript(left: Int32, right: Int32) -> Merge? {
    let slot = slots[place(Self.key(left, right))]
    return slot.key == .max ? nil : slot.merge
  }

  /// Of a pair that is put in twice, the last counts.
  mutating func insert(_ left: Int32, _ right: Int32, _ merge: Merge) {
    if (count + 1) * 2 > slots.count { grow() }
    let key = Self.key(left, right)
    let place = place(key)
    if slots[place].key == .max { count += 1 }
    slots[place] = Slot(key: key, merge: merge)
  }

  private mutating func grow() {
    var larger = MergeTable(capacity: slots.count)
    for slot in slots where slot.key != .max { larger.slots[larger.place(slot.key)] = slot }
    larger.count = count
    self = larger
  }
}
