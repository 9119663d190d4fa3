import LeewayBase

/// Text to tokens and back, as a checkpoint's `tokenizer.json` says.
public struct Tokenizer: Sendable {
  /// A token with the bytes of the text that it covers; special tokens cover none.
  public struct Piece: Sendable, Equatable {
    public var id: Int
    public var bytes: Range<Int>
  }

  var vocabulary = Vocabulary()
  var model = PieceModel.bytePairs(BytePairModel(vocabulary: Vocabulary()))
  var normalizers: [Normalizer] = []
  var preTokenizers: [PreTokenizer] = []
  /// Nil when the file names none.
  var decoder: [DecodeStep]?
  /// Ids before and after the text.
  var prefix: [Int] = []
  var suffix: [Int] = []
  var added: [AddedToken] = []
  private var addedIDs: [[UInt8]: Int] = [:]
  private var specialIDs: Set<Int> = []
  /// What a text without special tokens leaves out.
  private var hiddenIDs: Set<Int> = []
  private var plainMatcher = AddedMatcher([])
  private var normalizedMatcher = AddedMatcher([])
  /// The file does not say how words are cut, so that a common way stands in for the model's own.
  public internal(set) var guessesWords = false
  /// SHA-256 of the file.
  public internal(set) var contentHash = ""

  init() {}

  /// To be called when the added tokens and the normalizers stand.
  mutating func prepareAdded() {
    for token in added.reversed() { addedIDs[token.content] = token.id }
    specialIDs = Set(added.filter(\.special).map(\.id))
    plainMatcher = AddedMatcher(added.filter { !$0.normalized }.map { ($0.content, $0) })
    var normalized: [(pattern: [UInt8], token: AddedToken)] = []
    let special = Set(added.filter(\.special).map(\.content))
    hiddenIDs = []
    for token in added {
      var text = NormalizedText(token.content[...])
      if token.normalized {
        for normalizer in normalizers { normalizer.apply(&text) }
        normalized.append((text.bytes, token))
      }
      // What is found in the normalized text is told as it stands there, as the reference does.
      vocabulary.setAdded(text.bytes, id: token.id)
      // By what it is told as: one that normalizers change is left out no more.
      if special.contains(text.bytes) { hiddenIDs.insert(token.id) }
    }
    normalizedMatcher = AddedMatcher(normalized)
  }

  /// Number of ids, holes counted.
  public var vocabularyCount: Int { vocabulary.count }

  /// The id of a piece, for byte-level vocabularies of the text that it stands for.
  public func id(of piece: String) -> Int? {
    let bytes = Array(piece.utf8)
    return addedIDs[bytes] ?? vocabulary.id(text: bytes)
  }

  /// The bytes of a piece as the vocabulary holds it (for byte-level vocabularies, of the text).
  public func bytes(of id: Int) -> [UInt8]? { vocabulary.piece(id) }

  public func isSpecial(_ id: Int) -> Bool { specialIDs.contains(id) }

  /// What stands before every text, as text.
  package var textBefore: [UInt8] { prefix.flatMap { bytes(of: $0) ?? [] } }

  // MARK: Encoding

  public func encode(_ text: String, addSpecial: Bool = true) -> [Int] {
    pieces(Array(text.utf8), addSpecial: addSpecial).map(\.id)
  }

  /// - Throws: `invalidUTF8` with the first offending byte.
  public func encode(bytes: [UInt8], addSpecial: Bool = true) throws(TokenizerError) -> [Int] {
    if let offset = Self.firstInvalid(bytes) { throw .invalidUTF8(offset: offset) }
    return pieces(bytes, addSpecial: addSpecial).map(\.id)
  }

  public func encodeWithOffsets(_ text: String, addSpecial: Bool = true) -> [Piece] {
    pieces(Array(text.utf8), addSpecial: addSpecial)
  }

  private func pieces(_ text: [UInt8], addSpecial: Bool) -> [Piece] {
    var out = addSpecial ? prefix.map { Piece(id: $0, bytes: 0..<0) } : []
    var cache = WordCache()
    for part in plainMatcher.split(text) {
      switch part {
      case .token(let token, let range): out.append(Piece(id: token.id, bytes: range))
      case .text(let range): encode(text[range], cache: &cache, into: &out)
      }
    }
    if addSpecial { out += suffix.map { Piece(id: $0, bytes: text.count..<text.count) } }
    return out
  }

  private func encode(_ segment: ArraySlice<UInt8>, cache: inout WordCache, into out: inout [Piece])
  {
    var text = NormalizedText(segment)
    for normalizer in normalizers { normalizer.apply(&text) }
    for part in normalizedMatcher.split(text.bytes) {
      switch part {
      case .token(let token, let range):
        let (first, last) = (text.source(range.lowerBound), text.source(range.upperBound - 1))
        out.append(Piece(id: token.id, bytes: first.lowerBound..<last.upperBound))
      case .text(let range):
        var piece = text[range]
        let words = cut(&piece)
        append(piece, words, cache: &cache, into: &out)
      }
    }
  }

  private func cut(_ text: inout NormalizedText) -> [Range<Int>] {
    var words = [0..<text.bytes.count]
    for step in preTokenizers { words = step.apply(&text, words) }
    return words.filter { !$0.isEmpty }
  }

  /// The normalized words of a text without added tokens: the model merges nothing across them.
  package func words(_ text: String) -> [String] {
    var normalized = NormalizedText(Array(text.utf8)[...])
    for normalizer in normalizers { normalizer.apply(&normalized) }
    let words = cut(&normalized)
    return words.map { String(decoding: normalized.bytes[$0], as: UTF8.self) }
  }

  private func append(
    _ text: NormalizedText, _ words: [Range<Int>], cache: inout WordCache, into out: inout [Piece]
  ) {
    let model = model
    var scratch = BytePairModel.Scratch()
    text.bytes.withUnsafeBytes { bytes in
      for word in words {
        let spelling = UnsafeRawBufferPointer(rebasing: bytes[word])
        let found =
          cache.find(spelling)
          ?? cache.add(spelling) { model.encode(spelling, &scratch, into: &$0) }
        for token in cache.tokens[found] {
          let first = text.source(word.lowerBound + token.bytes.lowerBound)
          let last = text.source(word.lowerBound + token.bytes.upperBound - 1)
          out.append(
            Piece(id: token.id, bytes: first.lowerBound..<max(last.upperBound, first.lowerBound)))
        }
      }
    }
  }

  /// Index of the first byte that is not part of valid UTF-8.
  static func firstInvalid(_ bytes: [UInt8]) -> Int? {
    if String(validating: bytes, as: UTF8.self) != nil { return nil }
    var low = 0
    var at = 0
    while at < bytes.count {
      low = at
      let length = UTF8Step.length(bytes[at])
      let end = min(at + length, bytes.count)
      if String(validating: Array(bytes[at..<end]), as: UTF8.self) == nil { return low }
      at = end
    }
    return low
  }

  // MARK: Decoding

  /// The text of pieces as the file's decoder puts them together; without a decoder, with spaces
  /// between, as the reference does.
  /// Bytes that make no character become U+FFFD.
  /// - Throws: `unknownID` for an id that no piece has.
  public func decode(_ ids: [Int], skipSpecial: Bool = false) throws(TokenizerError) -> String {
    String(decoding: try decodeBytes(ids, skipSpecial: skipSpecial), as: UTF8.self)
  }

  public func decodeBytes(_ ids: [Int], skipSpecial: Bool = false) throws(TokenizerError)
    -> [UInt8]
  {
    let kept = skipSpecial ? ids.filter { !hiddenIDs.contains($0) } : ids
    if joinsBytes { return DecodeStep.text(try pieces(of: kept, vocabulary.piece).flatMap { $0 }) }
    var pieces = try pieces(of: kept, vocabulary.spelling)
    guard let decoder else { return Array(pieces.joined(separator: [0x20])) }
    for step in decoder { pieces = step.apply(pieces) }
    return pieces.flatMap { $0 }
  }

  /// What byte-level tokenizers do as a rule: their pieces need not be spelt.
  private var joinsBytes: Bool {
    guard vocabulary.byteLevel, let decoder, decoder.count == 1, case .byteLevel = decoder[0] else {
      return false
    }
    return true
  }

  private func pieces(of ids: [Int], _ spelling: (Int) -> [UInt8]?) throws(TokenizerError)
    -> [[UInt8]]
  {
    var pieces: [[UInt8]] = []
    pieces.reserveCapacity(ids.count)
    for id in ids {
      guard let piece = spelling(id) else { throw .unknownID(id, vocabulary: vocabularyCount) }
      pieces.append(piece)
    }
    return pieces
  }
}
