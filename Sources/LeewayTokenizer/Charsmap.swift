import Foundation

/// What a SentencePiece model changes in a text before it cuts it: pieces of text and what stands in
/// for each, as the model was compiled (`Precompiled`).
///
/// The layout is darts-clone's: the bytes of a double-array trie and their count, then the
/// replacements, each ended by a zero byte, to which the leaves of the trie point.
struct Charsmap: Sendable {
  private let units: [UInt32]
  private let texts: [UInt8]

  /// Nil for bytes that are not laid out so.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 8 else { return nil }
    let words = bytes.withUnsafeBytes { raw in
      stride(from: 0, to: bytes.count - 3, by: 4).map {
        UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt32.self))
      }
    }
    let size = Int(words[0])
    guard size > 0, size % 4 == 0, size <= bytes.count - 4 else { return nil }
    units = Array(words[1...(size / 4)])
    texts = Array(bytes[(4 + size)...])
    guard String(validating: texts, as: UTF8.self) != nil else { return nil }
  }

  /// - Parameter base64: the bytes as `tokenizer.json` writes them.
  init?(base64: [UInt8]) {
    guard let data = Data(base64Encoded: Data(base64)) else { return nil }
    self.init(Array(data))
  }

  /// What stands in for a range of the bytes: that of the shortest beginning that the map knows, as
  /// in the reference, whatever follows it. Nil when it knows none, or points nowhere.
  func replacement(_ bytes: [UInt8], _ range: Range<Int>) -> ArraySlice<UInt8>? {
    var node = 0
    var unit = units[0]
    node ^= Self.offset(unit)
    for byte in bytes[range] {
      node ^= Int(byte)
      // A zero byte ends what the trie holds; a damaged trie leads out of it.
      guard byte != 0, node < units.count else { return nil }
      unit = units[node]
      guard unit & 0x8000_00FF == UInt32(byte) else { return nil }
      node ^= Self.offset(unit)
      guard unit >> 8 & 1 == 1 else { continue }
      guard node < units.count else { return nil }
      return text(Int(units[node] & 0x7FFF_FFFF))
    }
    return nil
  }

  private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 0x200) >> 6) }

  private func text(_ start: Int) -> ArraySlice<UInt8>? {
    guard start <= texts.count, start == texts.count || texts[start] & 0xC0 != 0x80 else {
      return nil
    }
    return texts[start..<(texts[start...].firstIndex(of: 0) ?? texts.count)]
  }
}
