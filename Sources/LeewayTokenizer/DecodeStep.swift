/// One step from pieces, as the file spells them, back to text.
enum DecodeStep: Sendable {
  case replace([UInt8], [UInt8])
  case byteFallback
  case fuse
  case strip([UInt8], start: Int, stop: Int)
  case metaspace(mark: [UInt8], prepended: Bool)
  case byteLevel

  func apply(_ pieces: [[UInt8]]) -> [[UInt8]] {
    switch self {
    case .replace(let pattern, let content):
      return pieces.map { Self.replace($0, pattern, content) }
    case .byteFallback: return Self.joinBytes(pieces)
    case .fuse: return pieces.isEmpty ? [] : [pieces.flatMap { $0 }]
    case .strip(let character, let start, let stop):
      return pieces.map { Self.strip($0, character, start: start, stop: stop) }
    case .metaspace(let mark, let prepended):
      // As the reference does, the first piece loses every mark, not only the one put before it.
      return pieces.enumerated().map { index, piece in
        Self.replace(piece, mark, index == 0 && prepended ? [] : [0x20])
      }
    case .byteLevel: return [Self.text(pieces.flatMap { ByteAlphabet.read($0) ?? $0 })]
    }
  }

  /// Bytes that make no character become U+FFFD.
  static func text(_ bytes: [UInt8]) -> [UInt8] {
    Array(String(decoding: bytes, as: UTF8.self).utf8)
  }

  private static func replace(_ piece: [UInt8], _ pattern: [UInt8], _ content: [UInt8])
    -> [UInt8]
  {
    var text = NormalizedText(piece[...])
    text.replace(pattern, with: content)
    return text.bytes
  }

  private static func strip(_ piece: [UInt8], _ character: [UInt8], start: Int, stop: Int)
    -> [UInt8]
  {
    var rest = piece[...]
    for _ in 0..<min(start, piece.count) {
      guard rest.starts(with: character) else { break }
      rest = rest.dropFirst(character.count)
    }
    for _ in 0..<min(stop, piece.count) {
      guard rest.count >= character.count, rest.suffix(character.count).elementsEqual(character)
      else { break }
      rest = rest.dropLast(character.count)
    }
    return Array(rest)
  }

  /// Runs of `<0xAB>` become their bytes; a run that is not UTF-8 becomes one U+FFFD a byte.
  private static func joinBytes(_ pieces: [[UInt8]]) -> [[UInt8]] {
    var out: [[UInt8]] = []
    var run: [UInt8] = []
    func flush() {
      guard !run.isEmpty else { return }
      let valid = String(validating: run, as: UTF8.self) != nil
      out.append(valid ? run : run.flatMap { _ in [0xEF, 0xBF, 0xBD] })
      run = []
    }
    for piece in pieces {
      if let byte = byteValue(piece) {
        run.append(byte)
      } else {
        flush()
        out.append(piece)
      }
    }
    flush()
    return out
  }

  static func byteValue(_ piece: [UInt8]) -> UInt8? {
    guard piece.count == 6, piece.starts(with: [0x3C, 0x30, 0x78]), piece[5] == 0x3E else {
      return nil
    }
    return UInt8(String(decoding: piece[3..<5], as: UTF8.self), radix: 16)
  }
}
