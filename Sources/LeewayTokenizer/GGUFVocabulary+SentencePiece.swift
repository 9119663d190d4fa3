import LeewayBase

extension GGUFVocabulary {
  /// SentencePiece's BPE as `tokenizer.json` writes it: its pieces know no merges, only scores, from
  /// which the merges follow as in the reference's converter.
  func sentencePiece() throws(TokenizerError) -> JSONValue {
    guard !scores.isEmpty else {
      throw .missingKey(path: path, key: "tokenizer.ggml.scores")
    }
    let prefixed = addsSpacePrefix ?? true
    let space: JSONValue = ["type": "Replace", "pattern": ["String": " "], "content": "▁"]
    let back: JSONValue = ["type": "Replace", "pattern": ["String": "▁"], "content": " "]
    var model: [(String, JSONValue)] = [
      ("type", "BPE"), ("vocab", vocabulary), ("merges", .array(scoredMerges)),
      ("byte_fallback", .bool(kinds.contains(.byte))), ("fuse_unk", true),
    ]
    if let unknown = special["unknown"] ?? kinds.firstIndex(of: .unknown) {
      model.append(("unk_token", .string(pieces[unknown])))
    }
    let steps: [JSONValue] =
      [back, ["type": "ByteFallback"], ["type": "Fuse"]]
      + (prefixed ? [["type": "Strip", "content": " ", "start": 1, "stop": 0]] : [])
    let members: [(String, JSONValue)] =
      [
        ("model", Self.object(model)), ("added_tokens", .array(addedTokens)),
        (
          "normalizer",
          [
            "type": "Sequence",
            "normalizers": .array(
              (prefixed ? [["type": "Prepend", "prepend": "▁"]] : []) + [space]),
          ]
        ),
        ("decoder", ["type": "Sequence", "decoders": .array(steps)]),
      ] + processor(beginning: true)
    return Self.object(members)
  }

  private static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(members.map { JSONMember(key: Array($0.0.utf8), value: $0.1) })
  }

  /// Every way to put a piece together from two, best score first.
  private var scoredMerges: [JSONValue] {
    struct Merge {
      var left: [UInt8]
      var right: [UInt8]
      var score: Float
    }
    var ids: [[UInt8]: Int] = [:]
    for (id, piece) in pieces.enumerated() where kinds[id] == .normal || kinds[id] == .userDefined {
      if ids[piece] == nil { ids[piece] = id }
    }
    var merges: [Merge] = []
    for (id, piece) in pieces.enumerated() where ids[piece] == id {
      var found: [(Int, Int, Merge)] = []
      // Between characters: not before a continuation byte.
      for cut in piece.indices.dropFirst() where piece[cut] & 0xC0 != 0x80 {
        let (left, right) = (Array(piece[..<cut]), Array(piece[cut...]))
        guard let first = ids[left], let second = ids[right] else { continue }
        found.append((first, second, Merge(left: left, right: right, score: scores[id])))
      }
      merges += found.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }
    func length(_ text: [UInt8]) -> Int { text.count { $0 & 0xC0 != 0x80 } }
    // The sort is stable, as the reference's is.
    let order = merges.indices.sorted { a, b in
      let (x, y) = (merges[a], merges[b])
      if x.score != y.score { return x.score > y.score }
      let (sizes, others) = ((length(x.left), length(x.right)), (length(y.left), length(y.right)))
      return sizes == others ? a < b : sizes > others
    }
    return order.map { .array([.string(merges[$0].left), .string(merges[$0].right)]) }
  }
}
