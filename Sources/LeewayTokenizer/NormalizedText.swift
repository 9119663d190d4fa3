import Foundation

/// A text on its way to tokens, with the byte of the original that each of its bytes came from.
struct NormalizedText {
  var bytes: [UInt8]
  var origin: [Range<Int>]

  init(_ text: ArraySlice<UInt8>) {
    bytes = Array(text)
    origin = text.indices.map { $0..<$0 + 1 }
  }

  /// Puts bytes in front; they come from nowhere.
  mutating func prepend(_ new: [UInt8]) {
    guard !bytes.isEmpty else { return }
    let start = origin[0].lowerBound
    bytes.insert(contentsOf: new, at: 0)
    origin.insert(contentsOf: new.map { _ in start..<start }, at: 0)
  }

  mutating func replace(_ pattern: [UInt8], with content: [UInt8]) {
    guard !pattern.isEmpty, pattern.count <= bytes.count else { return }
    var out: [UInt8] = []
    var from: [Range<Int>] = []
    out.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      if at + pattern.count <= bytes.count,
        bytes[at..<at + pattern.count].elementsEqual(pattern)
      {
        let whole = origin[at].lowerBound..<origin[at + pattern.count - 1].upperBound
        out += content
        from += content.map { _ in whole }
        at += pattern.count
      } else {
        out.append(bytes[at])
        from.append(origin[at])
        at += 1
      }
    }
    bytes = out
    origin = from
  }

  /// A change of the whole text by Foundation; where it changes anything, single origins are lost.
  mutating func transform(_ change: (String) -> String) {
    let new = Array(change(String(decoding: bytes, as: UTF8.self)).utf8)
    guard new != bytes, let first = origin.first, let last = origin.last else { return }
    bytes = new
    origin = Array(repeating: first.lowerBound..<last.upperBound, count: new.count)
  }

  mutating func strip(left: Bool, right: Bool) {
    let spaces: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D, 0x0B, 0x0C]
    let start = left ? bytes.firstIndex { !spaces.contains($0) } ?? bytes.count : 0
    let end = right ? (bytes.lastIndex { !spaces.contains($0) } ?? start - 1) + 1 : bytes.count
    let kept = min(start, max(end, start))..<max(end, start)
    bytes = Array(bytes[kept])
    origin = Array(origin[kept])
  }
}

enum Normalizer: Sendable {
  case prepend([UInt8])
  case replace([UInt8], [UInt8])
  case nfc, nfd, nfkc, nfkd, lowercase
  case strip(left: Bool, right: Bool)

  func apply(_ text: inout NormalizedText) {
    switch self {
    case .prepend(let bytes): text.prepend(bytes)
    case .replace(let pattern, let content): text.replace(pattern, with: content)
    case .nfc: text.transform { $0.precomposedStringWithCanonicalMapping }
    case .nfd: text.transform { $0.decomposedStringWithCanonicalMapping }
    case .nfkc: text.transform { $0.precomposedStringWithCompatibilityMapping }
    case .nfkd: text.transform { $0.decomposedStringWithCompatibilityMapping }
    case .lowercase: text.transform { $0.lowercased() }
    case .strip(let left, let right): text.strip(left: left, right: right)
    }
  }
}

enum PreTokenizer: Sendable {
  case split(SplitPattern)
  case prefixSpace
  case metaspace(mark: [UInt8], prepend: Prepend, split: Bool)
  case whitespace
  case digits(individual: Bool)

  enum Prepend: Sendable { case always, first, never }

  /// Cuts pieces further; a piece is a range of the text's bytes.
  func apply(_ text: inout NormalizedText, _ pieces: [Range<Int>], isFirst: Bool) -> [Range<Int>] {
    switch self {
    case .prefixSpace:
      if let first = text.bytes.first, first != 0x20 { text.prepend([0x20]) }
      return text.bytes.isEmpty ? [] : [0..<text.bytes.count]
    case .split(let pattern):
      return pieces.flatMap { pattern.split(text.bytes[$0]) }
    case .metaspace(let mark, let prepend, let split):
      text.replace([0x20], with: mark)
      let wanted = prepend == .always || prepend == .first && isFirst
      if wanted, !text.bytes.starts(with: mark) { text.prepend(mark) }
      let whole = text.bytes.isEmpty ? [] : [0..<text.bytes.count]
      return split ? whole.flatMap { cut(text.bytes, $0, before: mark) } : whole
    case .whitespace:
      return pieces.flatMap { piece in
        text.bytes[piece].split { $0 == 0x20 || (0x09...0x0D).contains($0) }
          .map { $0.startIndex..<$0.endIndex }
      }
    case .digits(let individual):
      return pieces.flatMap { piece in
        var cuts: [Range<Int>] = []
        var start = piece.lowerBound
        func isDigit(_ index: Int) -> Bool { (0x30...0x39).contains(text.bytes[index]) }
        for index in piece where index > start {
          let boundary = isDigit(index) != isDigit(index - 1)
          if boundary || (individual && isDigit(index)) {
            cuts.append(start..<index)
            start = index
          }
        }
        return cuts + [start..<piece.upperBound]
      }
    }
  }

  private func cut(_ bytes: [UInt8], _ piece: Range<Int>, before mark: [UInt8]) -> [Range<Int>] {
    var cuts: [Range<Int>] = []
    var start = piece.lowerBound
    var at = piece.lowerBound + 1
    while at + mark.count <= piece.upperBound {
      if bytes[at..<at + mark.count].elementsEqual(mark) {
        cuts.append(start..<at)
        start = at
        at += mark.count
      } else {
        at += 1
      }
    }
    cuts.append(start..<piece.upperBound)
    return cuts
  }
}

/// One step from pieces back to text.
enum DecodeStep: Sendable {
  case replace([UInt8], [UInt8])
  case byteFallback
  case fuse
  case strip(UInt8, start: Int, stop: Int)
  case metaspace(mark: [UInt8], prepended: Bool)
  case byteLevel

  func apply(_ pieces: [[UInt8]]) -> [[UInt8]] {
    switch self {
    case .replace(let pattern, let content):
      return pieces.map { piece in
        var text = NormalizedText(piece[...])
        text.replace(pattern, with: content)
        return text.bytes
      }
    case .byteFallback: return Self.joinBytes(pieces)
    case .fuse: return [pieces.flatMap { $0 }]
    case .strip(let byte, let start, let stop):
      return pieces.map { piece in
        let left = piece.prefix { $0 == byte }.count
        let right = piece.reversed().prefix { $0 == byte }.count
        let from = min(left, start)
        return Array(piece[from..<max(from, piece.count - min(right, stop))])
      }
    case .metaspace(let mark, let prepended):
      return pieces.enumerated().map { index, piece in
        var text = NormalizedText(piece[...])
        text.replace(mark, with: [0x20])
        return index == 0 && prepended && text.bytes.first == 0x20
          ? Array(text.bytes.dropFirst()) : text.bytes
      }
    case .byteLevel:
      return [Array(String(decoding: pieces.flatMap { $0 }, as: UTF8.self).utf8)]
    }
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
    guard piece.count == 6, piece.starts(with: Array("<0x".utf8)), piece[5] == 0x3E else {
      return nil
    }
    return UInt8(String(decoding: piece[3..<5], as: UTF8.self), radix: 16)
  }
}
