import LeewayBase

/// Text to tokens and back, as a checkpoint's `tokenizer.json` says.
public struct Tokenizer: Sendable {
  /// A token with the bytes of the text that it covers; special tokens cover none.
  public struct Piece: Sendable, Equatable {
    public var id: Int
    public var bytes: Range<Int>
  }

  var model = BytePairModel(vocabulary: Vocabulary())
  var normalizers: [Normalizer] = []
  var preTokenizers: [PreTokenizer] = []
  var decoder: [DecodeStep] = []
  /// Ids before and after the text.
  var prefix: [Int] = []
  var suffix: [Int] = []
  var added: [AddedToken] = []
  var plainMatcher = AddedMatcher([])
  var normalizedMatcher = AddedMatcher([])
  /// SHA-256 of the file.
  public internal(set) var contentHash = ""

  init() {}

  /// Number of ids, holes counted.
  public var vocabularyCount: Int { model.vocabulary.pieces.count }

  public func id(of piece: String) -> Int? {
    let bytes = Array(piece.utf8)
    return added.first { $0.content == bytes }?.id ?? model.vocabulary.ids[bytes]
  }

  /// The bytes of a piece as the vocabulary holds it (for byte-level vocabularies, of the text).
  public func bytes(of id: Int) -> [UInt8]? { model.vocabulary.piece(id) }

  public func isSpecial(_ id: Int) -> Bool { added.contains { $0.id == id && $0.special } }

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
    var cache: [ArraySlice<UInt8>: [BytePairModel.Token]] = [:]
    var isFirst = true
    for part in plainMatcher.split(text) {
      switch part {
      case .token(let token, let range): out.append(Piece(id: token.id, bytes: range))
      case .text(let range):
        encode(text[range], isFirst: isFirst, cache: &cache, into: &out)
      }
      isFirst = false
    }
    if addSpecial { out += suffix.map { Piece(id: $0, bytes: text.count..<text.count) } }
    return out
  }

  private func encode(
    _ segment: ArraySlice<UInt8>, isFirst: Bool,
    cache: inout [ArraySlice<UInt8>: [BytePairModel.Token]], into out: inout [Piece]
  ) {
    var text = NormalizedText(segment)
    for normalizer in normalizers { normalizer.apply(&text) }
    var first = isFirst
    for part in normalizedMatcher.split(text.bytes) {
      switch part {
      case .token(let token, let range):
        out.append(
          Piece(
            id: token.id,
            bytes: text.origin[range.lowerBound]
              .lowerBound..<text.origin[range.upperBound - 1]
              .upperBound))
      case .text(let range):
        var piece = text
        if range.count < text.bytes.count {
          piece.bytes = Array(text.bytes[range])
          piece.origin = Array(text.origin[range])
        }
        var cuts = [0..<piece.bytes.count]
        for step in preTokenizers { cuts = step.apply(&piece, cuts, isFirst: first) }
        for cut in cuts where !cut.isEmpty { append(piece, cut, cache: &cache, into: &out) }
      }
      first = false
    }
  }

  private func append(
    _ text: NormalizedText, _ cut: Range<Int>,
    cache: inout [ArraySlice<UInt8>: [BytePairModel.Token]], into out: inout [Piece]
  ) {
    let word = text.bytes[cut]
    let tokens: [BytePairModel.Token]
    if let known = cache[word] {
      tokens = known
    } else {
      // Kept from 0 on, so that the same word elsewhere can use it.
      tokens = model.encode(Array(word)[...])
      if word.count <= 64 { cache[Array(word)[...]] = tokens }
    }
    for token in tokens {
      let first = text.origin[cut.lowerBound + token.bytes.lowerBound]
      let last = text.origin[cut.lowerBound + token.bytes.upperBound - 1]
      out.append(
        Piece(id: token.id, bytes: first.lowerBound..<max(last.upperBound, first.lowerBound)))
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

  public func decode(_ ids: [Int], skipSpecial: Bool = false) throws(TokenizerError) -> String {
    String(decoding: try decodeBytes(ids, skipSpecial: skipSpecial), as: UTF8.self)
  }

  public func decodeBytes(_ ids: [Int], skipSpecial: Bool = false) throws(TokenizerError)
    -> [UInt8]
  {
    let special = skipSpecial ? Set(added.filter(\.special).map(\.id)) : []
    var pieces: [[UInt8]] = []
    for id in ids where !special.contains(id) {
      guard let piece = model.vocabulary.piece(id) else {
        throw .unknownID(id, vocabulary: vocabularyCount)
      }
      pieces.append(piece)
    }
    for step in decoder { pieces = step.apply(pieces) }
    return pieces.flatMap { $0 }
  }

  /// Text of a growing list of ids, told in whole characters.
  public struct Streamer {
    let tokenizer: Tokenizer
    private var ids: [Int] = []
    private var told = 0

    public init(_ tokenizer: Tokenizer, after prompt: [Int] = []) {
      self.tokenizer = tokenizer
      ids = prompt
      told = text.count
    }

    private var text: [UInt8] {
      (try? tokenizer.decodeBytes(ids, skipSpecial: true)) ?? []
    }

    /// What is new and complete; a character still in the making is held back.
    public mutating func append(_ id: Int) -> String {
      ids.append(id)
      var all = text
      while all.count > told, all.suffix(3) == [0xEF, 0xBF, 0xBD] { all.removeLast(3) }
      return tell(all)
    }

    public mutating func finish() -> String { tell(text) }

    private mutating func tell(_ all: [UInt8]) -> String {
      guard all.count > told else { return "" }
      defer { told = all.count }
      return String(decoding: all[told...], as: UTF8.self)
    }
  }
}
