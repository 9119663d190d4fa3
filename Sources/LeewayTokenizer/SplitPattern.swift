/// The splitting patterns of common byte-level tokenizers, each recognised by its text and run by
/// hand over scalars: a general regex engine would be thirty times slower.
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

  private enum Kind: UInt8 { case letter, number, space, newline, other }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    let value = scalar.value
    if value < 128 {
      switch value {
      case 0x41...0x5A, 0x61...0x7A: return .letter
      case 0x30...0x39: return .number
      case 0x0A, 0x0D: return .newline
      case 0x20, 0x09, 0x0B, 0x0C: return .space
      default: return .other
      }
    }
    let properties = scalar.properties
    if properties.isWhitespace { return .space }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default: return .other
    }
  }

  /// Byte ranges of the pieces of valid UTF-8.
  func split(_ text: ArraySlice<UInt8>) -> [Range<Int>] {
    var kinds: [Kind] = []
    var starts: [Int] = []
    kinds.reserveCapacity(text.count)
    starts.reserveCapacity(text.count + 1)
    var at = text.startIndex
    while at < text.endIndex {
      starts.append(at)
      let first = text[at]
      if first < 0x80 {
        kinds.append(Self.kind(Unicode.Scalar(first)))
        at += 1
        continue
      }
      let length = UTF8Step.length(first)
      var code = UInt32(first) & (0xFF >> UInt32(length + 1))
      for index in at + 1..<min(at + length, text.endIndex) {
        code = code << 6 | UInt32(text[index] & 0x3F)
      }
      kinds.append(Self.kind(Unicode.Scalar(code) ?? "\u{FFFD}"))
      at += length
    }
    starts.append(text.endIndex)
    var pieces: [Range<Int>] = []
    var index = 0
    while index < kinds.count {
      let end = next(kinds, starts, text, index)
      pieces.append(starts[index]..<starts[end])
      index = end
    }
    return pieces
  }

  private func next(
    _ kinds: [Kind], _ starts: [Int], _ text: ArraySlice<UInt8>, _ from: Int
  ) -> Int {
    let count = kinds.count
    func run(_ start: Int, limit: Int = .max, _ test: (Kind) -> Bool) -> Int {
      var end = start
      while end < count, end - start < limit, test(kinds[end]) { end += 1 }
      return end
    }
    func isSpace(_ kind: Kind) -> Bool { kind == .space || kind == .newline }
    if let end = contraction(text, starts, from) { return end }
    let byte = text[starts[from]]
    let kind = kinds[from]
    // Letters, with one character before them that may join.
    if kind == .letter { return run(from) { $0 == .letter } }
    let joins = self == .gpt2 ? byte == 0x20 : kind != .newline && kind != .number
    if joins, from + 1 < count, kinds[from + 1] == .letter {
      return run(from + 1) { $0 == .letter }
    }
    // Numbers.
    let digits = self == .gpt2 ? Int.max : self == .llama3 ? 3 : 1
    if kind == .number { return run(from, limit: digits) { $0 == .number } }
    if self == .gpt2, byte == 0x20, from + 1 < count, kinds[from + 1] == .number {
      return run(from + 1) { $0 == .number }
    }
    // Everything else that is not space.
    let start = byte == 0x20 && from + 1 < count && kinds[from + 1] == .other ? from + 1 : from
    if kinds[start] == .other {
      let end = run(start) { $0 == .other }
      return self == .gpt2 ? end : run(end) { $0 == .newline }
    }
    // Space: up to the last line break, or all but the last before something, or all.
    let end = run(from, isSpace)
    if self != .gpt2, let newline = (from..<end).last(where: { kinds[$0] == .newline }) {
      return newline + 1
    }
    return end < count && end - from > 1 ? end - 1 : end
  }

  /// `'s 't 're 've 'm 'll 'd`, in any case but for GPT-2.
  private func contraction(_ text: ArraySlice<UInt8>, _ starts: [Int], _ from: Int) -> Int? {
    guard text[starts[from]] == 0x27, from + 1 < starts.count - 1 else { return nil }
    func letter(_ offset: Int) -> UInt8? {
      guard from + offset < starts.count - 1 else { return nil }
      let first = starts[from + offset]
      let width = starts[from + offset + 1] - first
      // U+017F is a long s: case folding makes it an s.
      if width == 2, self != .gpt2, text[first] == 0xC5, text[first + 1] == 0xBF { return 0x73 }
      guard width == 1 else { return nil }
      let byte = text[first]
      return self != .gpt2 && (0x41...0x5A).contains(byte) ? byte + 32 : byte
    }
    switch letter(1) {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return from + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return letter(2) == UInt8(ascii: "e") ? from + 3 : nil
    case UInt8(ascii: "l"): return letter(2) == UInt8(ascii: "l") ? from + 3 : nil
    default: return nil
    }
  }
}
