extension Tokenizer {
  /// Text of a growing list of ids, told in whole characters.
  ///
  /// Only the ids since the last but one telling are decoded anew, so a token costs the same
  /// however long the text is. The part that was told before stands in front of them, because what
  /// an id spells may depend on whether it comes first.
  public struct Streamer {
    let tokenizer: Tokenizer
    /// Ids that were told, then those that were not.
    private var window: [Int]
    private var toldIDs: Int
    /// Bytes of the window that were told.
    private var told: Int

    public init(_ tokenizer: Tokenizer, after prompt: [Int] = []) {
      self.tokenizer = tokenizer
      (window, toldIDs, told) = (prompt, 0, 0)
      let all = text
      told = Self.complete(all).count
      // A prompt that ends within a character stays until that character is whole.
      if told == all.count { toldIDs = prompt.count }
    }

    private var text: [UInt8] {
      (try? tokenizer.decodeBytes(window, skipSpecial: true)) ?? []
    }

    /// What is new and complete; a character still in the making is held back.
    public mutating func append(_ id: Int) -> String {
      window.append(id)
      let all = text
      let whole = Self.complete(all)
      guard whole.count > told else { return "" }
      let new = String(decoding: whole[told...], as: UTF8.self)
      told = whole.count
      if whole.count == all.count {
        window.removeFirst(toldIDs)
        toldIDs = window.count
        told = text.count
      }
      return new
    }

    public mutating func finish() -> String {
      let all = text
      guard all.count > told else { return "" }
      defer { told = all.count }
      return String(decoding: all[told...], as: UTF8.self)
    }

    /// Without the replacement characters at the end: more bytes may turn them into a character.
    private static func complete(_ text: [UInt8]) -> ArraySlice<UInt8> {
      var whole = text[...]
      while whole.suffix(3) == [0xEF, 0xBF, 0xBD] { whole.removeLast(3) }
      return whole
    }
  }
}
