/// Whole words in written text.
enum WordMatch {
  /// A word without the spaces around it, in lower case.
  static func plain(_ word: String) -> String { trimmed(word).lowercased() }

  static func trimmed(_ word: String) -> String {
    var word = Substring(word)
    while word.first?.isWhitespace == true { word.removeFirst() }
    while word.last?.isWhitespace == true { word.removeLast() }
    return String(word)
  }

  /// "target", "original" or "neither": whichever stands first in `text` as a whole word.
  ///
  /// - Parameter before: the text in front, so that a word cut by the prompt's end is not taken
  ///   for a whole one.
  static func label(_ text: String, before: String, target: [String], original: [String])
    -> String
  {
    let body = Array(text.lowercased())
    let glued = before.last.map { $0.isLetter || $0.isNumber } ?? false
    func first(_ words: [String]) -> Int {
      words.map { place(of: Array(plain($0)), in: body, glued: glued) ?? .max }.min() ?? .max
    }
    let (one, other) = (first(target), first(original))
    if one == other { return "neither" }
    return one < other ? "target" : "original"
  }

  private static func place(of word: [Character], in text: [Character], glued: Bool) -> Int? {
    guard !word.isEmpty, word.count <= text.count else { return nil }
    func inWord(_ index: Int) -> Bool {
      guard text.indices.contains(index) else { return index < 0 && glued }
      return text[index].isLetter || text[index].isNumber
    }
    return (0...text.count - word.count).first { start in
      text[start..<start + word.count].elementsEqual(word) && !inWord(start - 1)
        && !inWord(start + word.count)
    }
  }
}
