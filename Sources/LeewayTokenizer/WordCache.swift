/// Words of one text that were encoded before: most of a text is words that it has had already.
struct WordCache {
  private struct Entry {
    var hash: UInt64
    var start: Int
    var length: Int
    var tokens: Range<Int>
  }

  private var slots = [Int32](repeating: -1, count: 1 << 12)
  private var entries: [Entry] = []
  private var bytes: [UInt8] = []
  private(set) var tokens: [PieceToken] = []
  private var kept = 0
  /// Of the word that was looked for last.
  private var hash: UInt64 = 0
  private var slot = 0

  /// Longer words hardly come twice, and so many words are no language's.
  private static let wordLimit = 64
  private static let entryLimit = 1 << 18

  /// Multiplied and folded, eight bytes at a time.
  private static func hash(_ word: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(word.count) &* 0x9E37_79B9_7F4A_7C15
    var at = 0
    while at + 8 <= word.count {
      hash = mix(hash ^ word.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      at += 8
    }
    var tail: UInt64 = 0
    while at < word.count {
      tail = tail << 8 | UInt64(word[at])
      at += 1
    }
    return mix(hash ^ tail)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
  }

  /// Where the tokens of a word that was kept lie in `tokens`; nil for a new word, which `add` is to
  /// be told of next.
  mutating func find(_ word: UnsafeRawBufferPointer) -> Range<Int>? {
    hash = Self.hash(word)
    slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let entry = entries[Int(slots[slot])]
      if entry.hash == hash, entry.length == word.count, matches(entry, word) {
        return entry.tokens
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Takes the tokens of the word that was not found. They lie in `tokens` at least until the next.
  /// - Parameter encode: puts them behind those that are there.
  mutating func add(
    _ word: UnsafeRawBufferPointer, _ encode: (inout [PieceToken]) -> Void
  ) -> Range<Int> {
    // Those of a word that was not kept are done with.
    tokens.removeSubrange(kept...)
    encode(&tokens)
    let range = kept..<tokens.count
    guard word.count <= Self.wordLimit, entries.count < Self.entryLimit else { return range }
    slots[slot] = Int32(entries.count)
    entries.append(Entry(hash: hash, start: bytes.count, length: word.count, tokens: range))
    bytes += word
    kept = tokens.count
    if entries.count * 2 > slots.count { grow() }
    return range
  }

  private func matches(_ entry: Entry, _ word: UnsafeRawBufferPointer) -> Bool {
    bytes.withUnsafeBytes { bytes in
      for index in 0..<entry.length where bytes[entry.start + index] != word[index] {
        return false
      }
      return true
    }
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (index, entry) in entries.enumerated() {
      var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index)
    }
  }
}
