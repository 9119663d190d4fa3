/// Byte-pair encoding of one pre-token: the pair of lowest rank merges first, leftmost on a tie.
struct BytePairModel: Sendable {
  var vocabulary: Vocabulary
  var merges = MergeTable()
  var unknown: Int?
  var byteFallback = false
  var fuseUnknown = false
  var ignoreMerges = false
  /// Ids of pieces of one byte, -1 where there is none.
  private var singleIDs = [Int32](repeating: -1, count: 256)
  /// Ids of `<0x00>` to `<0xFF>`, -1 where there is none.
  private var fallbackIDs = [Int32](repeating: -1, count: 256)
  /// Ids of pieces of one character of several bytes, by these.
  private var characterIDs: [UInt32: Int32] = [:]

  init(vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// To be called when the vocabulary is whole.
  mutating func prepare() {
    for byte in 0..<256 { singleIDs[byte] = Int32(vocabulary.ids[[UInt8(byte)]] ?? -1) }
    fallbackIDs = vocabulary.byteIDs()
    guard !vocabulary.byteLevel else { return }
    for (piece, id) in vocabulary.ids where (2...4).contains(piece.count) {
      if piece.count == UTF8Step.length(piece[0]) {
        characterIDs[piece.reduce(0) { $0 << 8 | UInt32($1) }] = Int32(id)
      }
    }
  }

  /// Whether there are bytes that are no piece.
  var lacksBytes: Bool { singleIDs.contains(-1) }

  /// What encoding a word needs, kept from word to word.
  struct Scratch {
    fileprivate var symbols: [Symbol] = []
    fileprivate var found: [MergeTable.Merge] = []
  }

  /// Ids of a pre-token, each with its bytes, behind those that are there.
  func encode(
    _ word: UnsafeRawBufferPointer, _ scratch: inout Scratch, into tokens: inout [PieceToken]
  ) {
    if ignoreMerges, let id = vocabulary.ids[Array(word)] {
      return tokens.append(PieceToken(id: id, bytes: 0..<word.count))
    }
    scratch.symbols.removeAll(keepingCapacity: true)
    spell(word, &scratch.symbols)
    if scratch.symbols.count > Self.scanned {
      queue(&scratch.symbols)
    } else if scratch.symbols.count > 1 {
      scan(&scratch.symbols, &scratch.found)
    }
    for symbol in scratch.symbols where !symbol.isGone {
      tokens.append(PieceToken(id: Int(symbol.id), bytes: symbol.start..<symbol.end))
    }
  }

  // MARK: Symbols

  struct Symbol {
    var id: Int32
    var start: Int
    var end: Int
    var isGone = false
  }

  /// Bytes of a byte-level vocabulary, characters of another.
  private func spell(_ word: UnsafeRawBufferPointer, _ symbols: inout [Symbol]) {
    var at = 0
    var unknownOpen = false
    while at < word.count {
      let length = vocabulary.byteLevel ? 1 : UTF8Step.length(word[at])
      let end = min(at + length, word.count)
      let id = length == 1 ? singleIDs[Int(word[at])] : characterID(word[at..<end])
      if id >= 0 {
        symbols.append(Symbol(id: id, start: at, end: end))
        unknownOpen = false
      } else if byteFallback, word[at..<end].allSatisfy({ fallbackIDs[Int($0)] >= 0 }) {
        for index in at..<end {
          symbols.append(Symbol(id: fallbackIDs[Int(word[index])], start: index, end: index + 1))
        }
        unknownOpen = false
      } else if let unknown {
        if fuseUnknown, unknownOpen {
          symbols[symbols.count - 1].end = end
        } else {
          symbols.append(Symbol(id: Int32(unknown), start: at, end: end))
        }
        unknownOpen = true
      }
      at = end
    }
  }

  private func characterID(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int32 {
    characterIDs[bytes.reduce(0) { $0 << 8 | UInt32($1) }] ?? -1
  }

  // MARK: Merging

  /// Up to this many symbols a scan for the lowest rank is faster than a queue.
  static let scanned = 48

  /// Looks for the lowest rank among all pairs, again and again.
  /// - Parameter found: becomes the merge of each symbol with the next.
  private func scan(_ symbols: inout [Symbol], _ found: inout [MergeTable.Merge]) {
    let none = MergeTable.Merge(rank: .max, id: 0)
    found.removeAll(keepingCapacity: true)
    for index in 0..<symbols.count - 1 {
      found.append(merges[symbols[index].id, symbols[index + 1].id] ?? none)
    }
    while true {
      var best = -1
      var rank = Int32.max
      for index in found.indices where found[index].rank < rank {
        (best, rank) = (index, found[index].rank)
      }
      guard best >= 0 else { return }
      symbols[best].id = found[best].id
      symbols[best].end = symbols[best + 1].end
      symbols.remove(at: best + 1)
      found.remove(at: best)
      if best < found.count {
        found[best] = merges[symbols[best].id, symbols[best + 1].id] ?? none
      }
      if best > 0 {
        found[best - 1] = merges[symbols[best - 1].id, symbols[best].id] ?? none
      }
    }
  }

  private struct Candidate: Comparable {
    var rank: Int32
    var left: Int
    var right: Int
    var merged: Int32
    /// The pair when it was queued: a symbol that has merged since makes it stale.
    var ids: SIMD2<Int32>
    static func < (a: Candidate, b: Candidate) -> Bool { (a.rank, a.left) < (b.rank, b.left) }
    static func == (a: Candidate, b: Candidate) -> Bool { (a.rank, a.left) == (b.rank, b.left) }
  }

  /// The same with a queue, for words without end.
  private func queue(_ symbols: inout [Symbol]) {
    var heap = Heap<Candidate>()
    var next = symbols.indices.map { $0 + 1 < symbols.count ? $0 + 1 : -1 }
    var previous = symbols.indices.map { $0 - 1 }
    func push(_ left: Int, _ symbols: [Symbol], _ next: [Int]) {
      guard left >= 0, next[left] >= 0 else { return }
      let (a, b) = (symbols[left].id, symbols[next[left]].id)
      guard let merge = merges[a, b] else { return }
      heap.push(
        Candidate(
          rank: merge.rank, left: left, right: next[left], merged: merge.id, ids: SIMD2(a, b)))
    }
    for index in symbols.indices { push(index, symbols, next) }
    while let best = heap.pop() {
      let (left, right) = (best.left, best.right)
      guard !symbols[left].isGone, next[left] == right,
        best.ids == SIMD2(symbols[left].id, symbols[right].id)
      else { continue }
      symbols[left].id = best.merged
      symbols[left].end = symbols[right].end
      symbols[right].isGone = true
      next[left] = next[right]
      if next[left] >= 0 { previous[next[left]] = left }
      push(previous[left], symbols, next)
      push(left, symbols, next)
    }
  }
}
