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

  init(byteLevel: Bool = false, capacity: Int = 0) {
    self.byteLevel = byteLevel
    ids.reserveCapacity(capacity)
    pieces.reserveCapacity(capacity)
  }

  /// Ids from 0 to the highest, holes counted.
  var count: Int { pieces.count }

  /// - Parameter spelling: the piece as the file spells it.
  mutating func add(_ spelling: [UInt8], id: Int) {
    if let bytes = plain(spelling) {
      ids[bytes] = id
      setText(bytes, id: id)
    } else {
      textIDs[spelling] = id
      setText(spelling, id: id)
    }
  }

  /// Says what an added token decodes to: spelt in the alphabet, the bytes that it stands for, even
  /// where they make no text ("é" alone), as the reference does.
  mutating func setAdded(_ content: [UInt8], id: Int) { setText(plain(content) ?? content, id: id) }

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

  /// The bytes that a spelling stands for, nil when it is not spelt in the alphabet.
  private func plain(_ spelling: [UInt8]) -> [UInt8]? {
    guard byteLevel else { return spelling }
    var out: [UInt8] = []
    out.reserveCapacity(spelling.count)
    var at = 0
    while at < spelling.count {
      let (scalar, end) = UTF8Step.scalar(spelling, at, limit: spelling.count)
      guard let byte = ByteAlphabet.bytes[scalar.value] else { return nil }
      out.append(byte)
      at = end
    }
    return out
  }
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
}
