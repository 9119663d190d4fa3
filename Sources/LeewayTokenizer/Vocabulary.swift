/// Pieces by bytes and by id. Keyed by bytes: Swift's `String` would merge pieces that differ only
/// in composition.
///
/// A byte-level vocabulary spells its pieces in GPT-2's alphabet; inside, a piece so spelt is the
/// bytes that it stands for. A piece that is not (an added token, as a rule) is text: the model
/// never makes it, and it must not pass for the bytes of another (" " for "Ġ").
struct Vocabulary: Sendable {
  let byteLevel: Bool
  /// What the model looks its symbols up in.
  private(set) var ids: [[UInt8]: Int] = [:]
  private var textIDs: [[UInt8]: Int] = [:]
  private(set) var pieces: [[UInt8]?] = []
  /// Of a byte-level vocabulary, ids of pieces that are text.
  private var texts: Set<Int> = []

  init(byteLevel: Bool = false, capacity: Int = 0) {
    self.byteLevel = byteLevel
    ids.reserveCapacity(capacity)
    pieces.reserveCapacity(capacity)
  }

  /// Ids from 0 to the highest, holes counted.
  var count: Int { pieces.count }

  /// Number of different pieces.
  var entries: Int { ids.count + textIDs.count }

  /// - Parameter spelling: the piece as the file spells it.
  mutating func add(_ spelling: [UInt8], id: Int) {
    if let bytes = plain(spelling) {
      ids[bytes] = id
      setText(bytes, id: id)
    } else {
      textIDs[spelling] = id
      setText(spelling, id: id)
      texts.insert(id)
    }
  }

  /// Says what an added token decodes to: spelt in the alphabet, the bytes that it stands for, even
  /// where they make no text ("é" alone), as the reference does.
  mutating func setAdded(_ content: [UInt8], id: Int) {
    let bytes = plain(content)
    setText(bytes ?? content, id: id)
    if bytes == nil { texts.insert(id) } else { texts.remove(id) }
  }

  /// Says what an id decodes to, and leaves the model's pieces as they are.
  mutating func setText(_ piece: [UInt8], id: Int) {
    if id >= pieces.count {
      pieces.append(contentsOf: repeatElement(nil, count: id + 1 - pieces.count))
    }
    pieces[id] = piece
  }

  /// The id of a piece as the file spells it.
  func id(of spelling: [UInt8]) -> Int? {
    plain(spelling).map { ids[$0] } ?? textIDs[spelling]
  }

  /// The id of a piece as the text that it stands for.
  func id(text: [UInt8]) -> Int? { ids[text] ?? textIDs[text] }

  func piece(_ id: Int) -> [UInt8]? { pieces.indices.contains(id) ? pieces[id] : nil }

  /// A piece as the file spells it.
  func spelling(_ id: Int) -> [UInt8]? {
    guard byteLevel, !texts.contains(id) else { return piece(id) }
    return piece(id).map { $0.flatMap { ByteAlphabet.spellings[Int($0)] } }
  }

  /// The bytes that a spelling stands for, nil when it is not spelt in the alphabet.
  private func plain(_ spelling: [UInt8]) -> [UInt8]? {
    byteLevel ? ByteAlphabet.read(spelling) : spelling
  }
}

/// GPT-2's alphabet: each byte stands as a printable character.
enum ByteAlphabet {
  /// The bytes that a spelling stands for, nil when it is not spelt in the alphabet.
  static func read(_ spelling: [UInt8]) -> [UInt8]? {
    var out: [UInt8] = []
    out.reserveCapacity(spelling.count)
    var at = 0
    while at < spelling.count {
      let (scalar, end) = UTF8Step.scalar(spelling, at, limit: spelling.count)
      guard let byte = bytes[scalar.value] else { return nil }
      out.append(byte)
      at = end
    }
    return out
  }

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

  /// The characters in UTF-8.
  static let spellings: [[UInt8]] = scalars.map { Array(String(Character($0)).utf8) }

  static let bytes: [UInt32: UInt8] = Dictionary(
    uniqueKeysWithValues: scalars.enumerated().map { ($1.value, UInt8($0)) })
}
