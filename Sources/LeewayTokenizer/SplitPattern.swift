/// The splitting patterns of common byte-level tokenizers, each recognised by its text and run by
/// hand over UTF-8: a general regex engine would be thirty times slower.
enum SplitPattern: Sendable, CaseIterable {
  case gpt2, llama3, qwen2

  static let gpt2Text =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  static let llama3Text =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  static let qwen2Text =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  init?(text: String) {
    switch text {
    case Self.gpt2Text: self = .gpt2
    case Self.llama3Text: self = .llama3
    case Self.qwen2Text: self = .qwen2
    default: return nil
    }
  }

  /// Byte ranges of the pieces of valid UTF-8.
  func split(_ text: ArraySlice<UInt8>) -> [Range<Int>] {
    let offset = text.startIndex
    return text.withUnsafeBufferPointer { bytes in
      var pieces: [Range<Int>] = []
      pieces.reserveCapacity(bytes.count / 4)
      let scanner = SplitScanner(bytes: bytes, pattern: self)
      var at = 0
      while at < bytes.count {
        let end = scanner.end(of: at)
        pieces.append(offset + at..<offset + end)
        at = end
      }
      return pieces
    }
  }
}

/// Finds where the piece that begins at a place of valid UTF-8 ends.
private struct SplitScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  let folds: Bool
  let digits: Int

  init(bytes: UnsafeBufferPointer<UInt8>, pattern: SplitPattern) {
    self.bytes = bytes
    folds = pattern != .gpt2
    digits = pattern == .gpt2 ? .max : pattern == .llama3 ? 3 : 1
  }

  private enum Kind: UInt8 { case letter, number, space, newline, other }

  /// The kind of the character at a place, and where it ends.
  @inline(__always)
  private func kind(_ at: Int) -> (kind: Kind, end: Int) {
    let first = bytes[at]
    guard first >= 0x80 else {
      switch first {
      case 0x41...0x5A, 0x61...0x7A: return (.letter, at + 1)
      case 0x30...0x39: return (.number, at + 1)
      case 0x0A, 0x0D: return (.newline, at + 1)
      case 0x20, 0x09, 0x0B, 0x0C: return (.space, at + 1)
      default: return (.other, at + 1)
      }
    }
    return wide(at)
  }

  private func wide(_ at: Int) -> (kind: Kind, end: Int) {
    let length = UTF8Step.length(bytes[at])
    let end = min(at + length, bytes.count)
    var code = UInt32(bytes[at]) & (0xFF >> UInt32(length + 1))
    var index = at + 1
    while index < end {
      code = code << 6 | UInt32(bytes[index] & 0x3F)
      index += 1
    }
    let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
    if ScalarKind.isSpace(scalar) { return (.space, end) }
    switch ScalarKind.category(scalar) {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return (.letter, end)
    case .decimalNumber, .letterNumber, .otherNumber: return (.number, end)
    default: return (.other, end)
    }
  }

  /// Past characters of one kind, at most `limit`.
  @inline(__always)
  private func past(_ wanted: Kind, _ from: Int, limit: Int = .max) -> Int {
    var end = from
    var count = 0
    while end < bytes.count, count < limit {
      let next = kind(end)
      if next.kind != wanted { break }
      end = next.end
      count += 1
    }
    return end
  }

  func end(of at: Int) -> Int {
    if bytes[at] == 0x27, let end = contraction(at) { return end }
    let (first, after) = kind(at)
    // Letters, with one character before them that may join.
    if first == .letter { return past(.letter, after) }
    let isBlank = bytes[at] == 0x20
    let next = after < bytes.count ? kind(after) : nil
    let joins = folds ? first != .newline && first != .number : isBlank
    if joins, let next, next.kind == .letter { return past(.letter, next.end) }
    // Numbers.
    if first == .number { return past(.number, at, limit: digits) }
    if !folds, isBlank, let next, next.kind == .number { return past(.number, next.end) }
    // Everything else that is not space.
    if isBlank, let next, next.kind == .other { return others(next.end) }
    if first == .other { return others(after) }
    return space(at)
  }

  private func others(_ from: Int) -> Int {
    let end = past(.other, from)
    return folds ? past(.newline, end) : end
  }

  /// Up to the last line break, or all but the last before something, or all.
  private func space(_ at: Int) -> Int {
    var end = at
    var last = at
    var lineEnd: Int?
    while end < bytes.count {
      let next = kind(end)
      guard next.kind == .space || next.kind == .newline else { break }
      last = end
      end = next.end
      if next.kind == .newline { lineEnd = end }
    }
    if folds, let lineEnd { return lineEnd }
    return end < bytes.count && last > at ? last : end
  }

  /// `'s 't 're 've 'm 'll 'd`, in any case but for GPT-2.
  private func contraction(_ at: Int) -> Int? {
    func letter(_ index: Int) -> UInt8 {
      guard index < bytes.count else { return 0 }
      let byte = bytes[index]
      return folds && (0x41...0x5A).contains(byte) ? byte + 32 : byte
    }
    switch letter(at + 1) {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return at + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return letter(at + 2) == UInt8(ascii: "e") ? at + 3 : nil
    case UInt8(ascii: "l"): return letter(at + 2) == UInt8(ascii: "l") ? at + 3 : nil
    // U+017F is a long s: case folding makes it an s.
    case 0xC5 where folds && at + 2 < bytes.count && bytes[at + 2] == 0xBF: return at + 3
    default: return nil
    }
  }
}
