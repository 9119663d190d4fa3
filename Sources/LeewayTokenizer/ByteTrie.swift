/// Texts by their bytes, for all of them that begin at a place.
struct ByteTrie: Sendable {
  /// Nodes that one byte leads to: most places of a text begin nothing.
  private var first = [Int32](repeating: -1, count: 256)
  /// What a node's next byte leads to, as `rank`.
  private var next = MergeTable()
  /// The value of the text that ends at a node, -1 for none.
  private var values: [Int32] = []

  var isEmpty: Bool { values.isEmpty }

  /// Of equal texts the last counts. An empty text is passed over.
  mutating func insert(_ text: [UInt8], _ value: Int32) {
    guard let head = text.first else { return }
    if first[Int(head)] < 0 { first[Int(head)] = node() }
    var here = first[Int(head)]
    for byte in text.dropFirst() {
      if let known = next[here, Int32(byte)] {
        here = known.rank
      } else {
        let new = node()
        next.insert(here, Int32(byte), MergeTable.Merge(rank: new, id: 0))
        here = new
      }
    }
    values[Int(here)] = value
  }

  private mutating func node() -> Int32 {
    values.append(-1)
    return Int32(values.count - 1)
  }

  func begins(with byte: UInt8) -> Bool { first[Int(byte)] >= 0 }

  /// The longest text that stands at a place of the bytes, and where it ends.
  func longest(_ bytes: [UInt8], _ at: Int) -> (value: Int, end: Int)? {
    var found: (value: Int, end: Int)?
    prefixes(bytes, at) { found = ($0, $1) }
    return found
  }

  /// Every text that stands at a place of the bytes, shortest first.
  func prefixes(_ bytes: [UInt8], _ at: Int, _ body: (_ value: Int, _ end: Int) -> Void) {
    var here = first[Int(bytes[at])]
    var end = at + 1
    while here >= 0 {
      if values[Int(here)] >= 0 { body(Int(values[Int(here)]), end) }
      guard end < bytes.count else { return }
      here = next[here, Int32(bytes[end])]?.rank ?? -1
      end += 1
    }
  }
}
