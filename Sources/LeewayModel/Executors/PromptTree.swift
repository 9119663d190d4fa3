/// Sequences folded into a tree: what two of them share from the start stands once.
///
/// `key` separates positions that an intervention treats differently although the tokens agree;
/// `affectedFrom` is the first position of each sequence that differs from the baseline.
struct PromptTree {
  struct Node {
    var parent: Int
    var start: Int
    var count: Int
    /// Any sequence that runs through the node; its tokens stand for all.
    var sequence: Int
    var multiplicity: Int
    var affected: Bool
    /// First row among the rows of affected nodes; -1 where not affected.
    var firstRow: Int
  }

  private(set) var nodes: [Node] = []
  /// Nodes of each sequence, from its first position on.
  private(set) var paths: [[Int]]
  /// Number of rows of affected nodes.
  private(set) var rows = 0

  init(_ sequences: [[Int]], affectedFrom: [Int], key: (_ sequence: Int, _ position: Int) -> Int) {
    let words = sequences.indices.map { sequence in
      sequences[sequence].indices.map { position in
        UInt64(sequences[sequence][position]) << 32 | UInt64(key(sequence, position)) << 1
          | (position >= affectedFrom[sequence] ? 1 : 0)
      }
    }
    paths = Array(repeating: [], count: sequences.count)
    let order = sequences.indices.sorted { a, b in
      words[a].lexicographicallyPrecedes(words[b]) || (words[a] == words[b] && a < b)
    }
    grow(order[...], depth: 0, parent: -1, words)
  }

  private mutating func grow(
    _ group: ArraySlice<Int>, depth: Int, parent: Int, _ words: [[UInt64]]
  ) {
    // Sequences that end here stand first in the order.
    var rest = group.drop { words[$0].count == depth }
    while let first = rest.first {
      let word = words[first][depth]
      let same = rest.prefix { words[$0][depth] == word }
      var end = depth + 1
      while same.allSatisfy({ words[$0].count > end && words[$0][end] == words[first][end] }),
        words[first][end] & 1 == word & 1
      { end += 1 }
      let affected = word & 1 == 1
      nodes.append(
        Node(
          parent: parent, start: depth, count: end - depth, sequence: first,
          multiplicity: same.count, affected: affected, firstRow: affected ? rows : -1))
      if affected { rows += end - depth }
      for sequence in same { paths[sequence].append(nodes.count - 1) }
      grow(same, depth: end, parent: nodes.count - 1, words)
      rest = rest.dropFirst(same.count)
    }
  }

  /// The row of an affected position.
  func row(sequence: Int, position: Int) -> Int {
    for node in paths[sequence] {
      let node = nodes[node]
      if position < node.start + node.count { return node.firstRow + position - node.start }
    }
    preconditionFailure("position \(position) lies outside sequence \(sequence)")
  }
}
