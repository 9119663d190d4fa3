/// Byte-pair encoding of one pre-token: the pair of lowest rank merges first, leftmost on a tie.
struct BytePairModel: Sendable {
  struct Pair: Hashable { var left: Int32, right: Int32 }
  struct Merge: Sendable { var rank: Int32, id: Int32 }

  var vocabulary: Vocabulary
  var merges: [Pair: Merge] = [:]
  var unknown: Int?
  var byteFallback = false
  var fuseUnknown = false
  var ignoreMerges = false
  /// Every byte is a symbol of its own; otherwise every character is.
  var bytewise = false
  var byteIDs = [Int](repeating: -1, count: 256)

  /// Ids of a pre-token, each with its bytes.
  func encode(_ word: ArraySlice<UInt8>) -> [Token] {
    if ignoreMerges, let id = vocabulary.ids[Array(word)] {
      return [Token(id: id, bytes: word.indices)]
    }
    var symbols = characters(word)
    guard symbols.count > 1 else { return symbols.map(\.token) }
    merge(&symbols)
    return symbols.lazy.filter { !$0.gone }.map(\.token)
  }

  struct Token: Sendable, Equatable {
    var id: Int
    /// Where it stands in the slice that was encoded.
    var bytes: Range<Int>
  }

  private struct Symbol {
    var id: Int32
    var start: Int
    var end: Int
    var previous: Int
    var next: Int
    var gone = false
    var token: Token { Token(id: Int(id), bytes: start..<end) }
  }

  private func characters(_ word: ArraySlice<UInt8>) -> [Symbol] {
    var symbols: [Symbol] = []
    func append(_ id: Int, _ start: Int, _ end: Int) {
      if !symbols.isEmpty { symbols[symbols.count - 1].next = symbols.count }
      symbols.append(
        Symbol(id: Int32(id), start: start, end: end, previous: symbols.count - 1, next: -1))
    }
    var at = word.startIndex
    var unknownOpen = false
    while at < word.endIndex {
      let end = bytewise ? at + 1 : min(at + UTF8Step.length(word[at]), word.endIndex)
      if let id = vocabulary.ids[Array(word[at..<end])] {
        append(id, at, end)
        unknownOpen = false
      } else if byteFallback, word[at..<end].allSatisfy({ byteIDs[Int($0)] >= 0 }) {
        for index in at..<end { append(byteIDs[Int(word[index])], index, index + 1) }
        unknownOpen = false
      } else if let unknown {
        if fuseUnknown, unknownOpen {
          symbols[symbols.count - 1].end = end
        } else {
          append(unknown, at, end)
        }
        unknownOpen = true
      }
      at = end
    }
    return symbols
  }

  private struct Candidate: Comparable {
    var rank: Int32
    var left: Int
    var right: Int
    var merged: Int32
    /// The pair when it was queued: a symbol that has merged since makes it stale.
    var pair: Pair
    static func < (a: Candidate, b: Candidate) -> Bool { (a.rank, a.left) < (b.rank, b.left) }
    static func == (a: Candidate, b: Candidate) -> Bool { (a.rank, a.left) == (b.rank, b.left) }
  }

  private func merge(_ symbols: inout [Symbol]) {
    var heap = Heap<Candidate>()
    func push(_ left: Int, _ symbols: [Symbol]) {
      guard left >= 0 else { return }
      let right = symbols[left].next
      guard right >= 0 else { return }
      let pair = Pair(left: symbols[left].id, right: symbols[right].id)
      if let merge = merges[pair] {
        heap.push(
          Candidate(rank: merge.rank, left: left, right: right, merged: merge.id, pair: pair))
      }
    }
    for index in symbols.indices { push(index, symbols) }
    while let best = heap.pop() {
      let (left, right) = (best.left, best.right)
      guard !symbols[left].gone, !symbols[right].gone, symbols[left].next == right,
        symbols[left].id == best.pair.left, symbols[right].id == best.pair.right
      else { continue }
      symbols[left].id = best.merged
      symbols[left].end = symbols[right].end
      symbols[left].next = symbols[right].next
      symbols[right].gone = true
      if symbols[right].next >= 0 { symbols[symbols[right].next].previous = left }
      push(symbols[left].previous, symbols)
      push(left, symbols)
    }
  }
}

/// A binary heap, smallest first.
struct Heap<Element: Comparable> {
  private var items: [Element] = []

  mutating func push(_ item: Element) {
    items.append(item)
    var child = items.count - 1
    while child > 0, items[child] < items[(child - 1) / 2] {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> Element? {
    guard let first = items.first else { return nil }
    let last = items.removeLast()
    guard !items.isEmpty else { return first }
    items[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < items.count && items[child] < items[least] { least = child }
      if least == parent { return first }
      items.swapAt(parent, least)
      parent = least
    }
  }
}

enum UTF8Step {
  /// Bytes of a character by its first byte.
  static func length(_ first: UInt8) -> Int {
    switch first {
    case 0xF0...: 4
    case 0xE0...: 3
    case 0xC0...: 2
    default: 1
    }
  }
}
