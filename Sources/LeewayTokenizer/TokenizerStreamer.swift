extension Tokenizer {
  /// Text of a growing list of ids, told in whole characters.
  public struct Streamer {
    let tokenizer: Tokenizer
    private var ids: [Int] = []
    private var told = 0

    public init(_ tokenizer: Tokenizer, after prompt: [Int] = []) {
      self.tokenizer = tokenizer
      ids = prompt
      told = Self.complete(text).count
    }

    private var text: [UInt8] {
      (try? tokenizer.decodeBytes(ids, skipSpecial: true)) ?? []
    }

    /// What is new and complete; a character still in the making is held back.
    public mutating func append(_ id: Int) -> String {
      ids.append(id)
      return tell(Self.complete(text))
    }

    public mutating func finish() -> String { tell(text[...]) }

    /// Without the replacement characters at the end: more bytes may turn them into a character.
    private static func complete(_ text: [UInt8]) -> ArraySlice<UInt8> {
      var whole = text[...]
      while whole.suffix(3) == [0xEF, 0xBF, 0xBD] { whole.removeLast(3) }
      return whole
    }

    private mutating func tell(_ all: ArraySlice<UInt8>) -> String {
      guard all.count > told else { return "" }
      defer { told = all.count }
      return String(decoding: all[told...], as: UTF8.self)
    }
  }
}
