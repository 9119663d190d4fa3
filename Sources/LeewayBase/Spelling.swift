/// The known name that a misspelt one was probably meant to be.
public enum Spelling {
  /// Nil when nothing is within a third of the word's length (at least one edit).
  public static func nearest(to word: String, among known: [String]) -> String? {
    let limit = max(1, (word.count + 2) / 3)
    return known.map { (distance(Array(word.lowercased()), Array($0.lowercased())), $0) }
      .filter { $0.0 <= limit }.min { ($0.0, $0.1) < ($1.0, $1.1) }?.1
  }

  /// Insertions, deletions, substitutions and swaps of neighbours (Damerau-Levenshtein).
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var rows = [Array(0...b.count)]
    for i in 1..<a.count + 1 {
      var row = [i]
      for j in 1..<b.count + 1 {
        let cost = a[i - 1] == b[j - 1] ? 0 : 1
        var best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + cost)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          best = min(best, rows[i - 2][j - 2] + 1)
        }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
