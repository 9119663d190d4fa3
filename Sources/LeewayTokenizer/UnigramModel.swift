/// SentencePiece's unigram model: of all ways to cut a word, the one whose pieces have the highest
/// sum of log-probabilities (Kudo, 2018).
struct UnigramModel: Sendable {
  private let vocabulary: Vocabulary
  private let scores: [Double]
  private let unknown: Int
  private var trie = ByteTrie()
  private let byteIDs: [Int32]
  /// Of a character that no piece spells.
  private let unknownScore: Double

  /// - Parameter scores: log-probabilities by id.
  init(vocabulary: Vocabulary, scores: [Double], unknown: Int, byteFallback: Bool) {
    self.vocabulary = vocabulary
    self.scores = scores
    self.unknown = unknown
    byteIDs = byteFallback ? vocabulary.byteIDs() : [Int32](repeating: -1, count: 256)
    unknownScore = (scores.min() ?? 0) - 10
    for (piece, id) in vocabulary.ids { trie.insert(piece, Int32(id)) }
  }

  private struct Best {
    var score = 0.0
    /// Where its last piece begins, -1 while nothing leads here.
    var start = -1
    var id = 0
  }

  func encode(_ word: [UInt8]) -> [PieceToken] {
    // The best way that ends at each byte.
    var best = [Best](repeating: Best(), count: word.count + 1)
    var at = 0
    while at < word.count {
      let width = min(UTF8Step.length(word[at]), word.count - at)
      let score = best[at].score
      var isSpelt = false
      func offer(_ id: Int, _ end: Int, _ added: Double) {
        if best[end].start < 0 || score + added > best[end].score {
          best[end] = Best(score: score + added, start: at, id: id)
        }
      }
      trie.prefixes(word, at) { id, end in
        offer(id, end, scores[id])
        if end - at == width { isSpelt = true }
      }
      if !isSpelt { offer(unknown, at + width, unknownScore) }
      at += width
    }
    var tokens: [PieceToken] = []
    var end = word.count
    while end > 0 {
      let id = best[end].id
      var start = best[end].start
      // Unknown characters that touch are one.
      if id == unknown { while start > 0, best[start].id == unknown { start = best[start].start } }
      tokens += spelled(word, start..<end, id).reversed()
      end = start
    }
    return tokens.reversed()
  }

  private func spelled(_ word: [UInt8], _ range: Range<Int>, _ id: Int) -> [PieceToken] {
    guard id == unknown else { return [PieceToken(id: id, bytes: range)] }
    if let known = vocabulary.ids[Array(word[range])] {
      return [PieceToken(id: known, bytes: range)]
    }
    let bytes = range.map { (place: $0, id: byteIDs[Int(word[$0])]) }
    guard bytes.allSatisfy({ $0.id >= 0 }) else { return [PieceToken(id: unknown, bytes: range)] }
    return bytes.map { PieceToken(id: Int($0.id), bytes: $0.place..<$0.place + 1) }
  }
}
