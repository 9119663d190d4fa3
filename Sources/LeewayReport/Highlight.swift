/// Words of a generation that name the target or the original.
package enum Highlight {
  package enum Ink: Sendable, Equatable { case plain, target, original }

  /// The text in pieces. A word counts when it stands alone, whatever its case; a plural s may
  /// follow. An empty word marks nothing.
  package static func pieces(_ text: String, target: String, original: String)
    -> [(text: String, ink: Ink)]
  {
    let letters = Array(text)
    let folded = letters.map { $0.lowercased() }
    let words =
      [(Array(target).map { $0.lowercased() }, Ink.target)]
      + [(Array(original).map { $0.lowercased() }, Ink.original)]
    var pieces: [(text: String, ink: Ink)] = []
    var plain = ""
    var place = 0
    while place < letters.count {
      let starts = place == 0 || !isWord(letters[place - 1])
      let found = starts ? words.first { matches($0.0, folded, letters, at: place) } : nil
      guard let found else {
        plain.append(letters[place])
        place += 1
        continue
      }
      if !plain.isEmpty { pieces.append((plain, .plain)) }
      plain = ""
      pieces.append((String(letters[place..<place + found.0.count]), found.1))
      place += found.0.count
    }
    if !plain.isEmpty { pieces.append((plain, .plain)) }
    return pieces
  }

  private static func matches(
    _ word: [String], _ folded: [String], _ letters: [Character], at place: Int
  ) -> Bool {
    guard !word.isEmpty, place + word.count <= folded.count,
      folded[place..<place + word.count].elementsEqual(word)
    else { return false }
    var next = place + word.count
    if next < folded.count, folded[next] == "s" { next += 1 }
    return next >= letters.count || !isWord(letters[next])
  }

  private static func isWord(_ letter: Character) -> Bool { letter.isLetter || letter.isNumber }
}
