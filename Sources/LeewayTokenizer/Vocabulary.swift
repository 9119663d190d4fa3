/// Pieces by bytes and by id. Keyed by bytes: Swift's `String` would merge pieces that differ only
/// in composition.
struct Vocabulary: Sendable {
  private(set) var ids: [[UInt8]: Int] = [:]
  private(set) var pieces: [[UInt8]?] = []

  mutating func add(_ piece: [UInt8], id: Int) {
    ids[piece] = id
    while pieces.count <= id { pieces.append(nil) }
    pieces[id] = piece
  }

  /// Adds a piece that must not hide a model piece's id.
  mutating func setText(_ piece: [UInt8], id: Int) {
    while pieces.count <= id { pieces.append(nil) }
    pieces[id] = piece
  }

  func piece(_ id: Int) -> [UInt8]? { pieces.indices.contains(id) ? pieces[id] : nil }
}

/// GPT-2's alphabet: each byte stands as a printable character.
enum ByteAlphabet {
  static let scalars: [Unicode.Scalar] = {
    var table = [Unicode.Scalar](repeating: "\0", count: 256)
    var extra: UInt32 = 256
    for byte in 0..<256 {
      let printable = (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174
      let code = printable ? UInt32(byte) : extra
      if !printable { extra += 1 }
      table[byte] = Unicode.Scalar(code) ?? "\0"
    }
    return table
  }()

  static let bytes: [UInt32: UInt8] = Dictionary(
    uniqueKeysWithValues: scalars.enumerated().map { ($1.value, UInt8($0)) })

  static let encoded: [[UInt8]] = scalars.map { Array(String($0).utf8) }
}
