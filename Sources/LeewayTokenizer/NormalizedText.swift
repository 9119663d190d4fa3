import Foundation

/// A text on its way to tokens, with the bytes of the original that each of its bytes came from.
struct NormalizedText {
  private(set) var bytes: [UInt8]
  /// Nil as long as byte `i` is byte `base + i` of the original.
  private var origin: [Range<Int>]?
  private let base: Int

  init(_ text: ArraySlice<UInt8>) {
    bytes = Array(text)
    base = text.startIndex
  }

  private init(bytes: [UInt8], origin: [Range<Int>]?, base: Int) {
    (self.bytes, self.origin, self.base) = (bytes, origin, base)
  }

  /// Where a byte came from; empty for what a tokenizer puts in.
  func source(_ index: Int) -> Range<Int> { origin?[index] ?? base + index..<base + index + 1 }

  subscript(_ range: Range<Int>) -> NormalizedText {
    if range.count == bytes.count { return self }
    return NormalizedText(
      bytes: Array(bytes[range]), origin: origin.map { Array($0[range]) },
      base: base + range.lowerBound)
  }

  // MARK: Changes

  /// Collects a changed text byte by byte.
  private struct Builder {
    var bytes: [UInt8] = []
    var origin: [Range<Int>] = []

    mutating func append(_ new: some Collection<UInt8>, from source: Range<Int>) {
      bytes += new
      origin += repeatElement(source, count: new.count)
    }

    mutating func append(_ other: Builder) {
      bytes += other.bytes
      origin += other.origin
    }

    mutating func copy(_ text: NormalizedText, _ range: Range<Int>) {
      bytes += text.bytes[range]
      if let origin = text.origin {
        self.origin += origin[range]
      } else {
        origin += range.lazy.map(text.source)
      }
    }
  }

  private mutating func become(_ builder: Builder) {
    bytes = builder.bytes
    origin = builder.origin
  }

  /// Puts bytes in front; they come from nowhere.
  mutating func prepend(_ new: [UInt8]) {
    guard !bytes.isEmpty, !new.isEmpty else { return }
    var builder = Builder()
    let start = source(0).lowerBound
    builder.append(new, from: start..<start)
    builder.copy(self, bytes.indices)
    become(builder)
  }

  mutating func replace(_ pattern: [UInt8], with content: [UInt8]) {
    guard let first = pattern.first, bytes.contains(first) else { return }
    replace(with: content) { bytes, at in
      guard bytes[at] == first, at + pattern.count <= bytes.count else { return nil }
      return bytes[at..<at + pattern.count].elementsEqual(pattern) ? at + pattern.count : nil
    }
  }

  /// - Parameter match: where the match that begins at a byte ends, which is beyond it.
  mutating func replace(with content: [UInt8], _ match: ([UInt8], Int) -> Int?) {
    var builder = Builder()
    var at = 0
    var start = 0
    while at < bytes.count {
      guard let end = match(bytes, at) else {
        at = UTF8Step.scalar(bytes, at, limit: bytes.count).end
        continue
      }
      builder.copy(self, start..<at)
      builder.append(content, from: source(at).lowerBound..<source(end - 1).upperBound)
      (at, start) = (end, end)
    }
    guard start > 0 else { return }
    builder.copy(self, start..<bytes.count)
    become(builder)
  }

  /// A Unicode normalization. No character of ASCII changes or joins what stands before it, so each
  /// run from one ASCII character to the next changes alone and keeps its place.
  mutating func transform(_ change: (String) -> String) {
    guard bytes.contains(where: { $0 >= 0x80 }) else { return }
    var builder = Builder()
    var at = 0
    while at < bytes.count {
      // The last ASCII character before others may carry the marks that follow.
      let ascii = bytes[at...].firstIndex { $0 >= 0x80 } ?? bytes.count
      let start = ascii < bytes.count ? max(ascii - 1, at) : ascii
      builder.copy(self, at..<start)
      guard start < bytes.count else { break }
      at = bytes[ascii...].firstIndex { $0 < 0x80 } ?? bytes.count
      transform(start..<at, change, into: &builder)
    }
    if builder.bytes != bytes { become(builder) }
  }

  private func transform(
    _ run: Range<Int>, _ change: (String) -> String, into builder: inout Builder
  ) {
    func changed(_ range: Range<Int>) -> [UInt8] {
      Array(change(String(decoding: bytes[range], as: UTF8.self)).utf8)
    }
    let whole = changed(run)
    if bytes[run].elementsEqual(whole) { return builder.copy(self, run) }
    // Character by character with its marks, so that the others keep their places.
    var parts = Builder()
    var start = run.lowerBound
    while start < run.upperBound {
      var end = UTF8Step.scalar(bytes, start, limit: run.upperBound).end
      while end < run.upperBound {
        let next = UTF8Step.scalar(bytes, end, limit: run.upperBound)
        if ScalarKind.startsAlone(next.scalar) { break }
        end = next.end
      }
      let new = changed(start..<end)
      if bytes[start..<end].elementsEqual(new) {
        parts.copy(self, start..<end)
      } else {
        parts.append(new, from: source(start).lowerBound..<source(end - 1).upperBound)
      }
      start = end
    }
    if parts.bytes == whole {
      builder.append(parts)
    } else {
      // Something joined after all: then the run has one place.
      let place = source(run.lowerBound).lowerBound..<source(run.upperBound - 1).upperBound
      builder.append(whole, from: place)
    }
  }

  /// Changes each character alone; nil keeps it.
  mutating func map(_ change: (Unicode.Scalar) -> [UInt8]?) {
    var builder = Builder()
    var at = 0
    while at < bytes.count {
      let (scalar, end) = UTF8Step.scalar(bytes, at, limit: bytes.count)
      if let new = change(scalar) {
        builder.append(new, from: source(at).lowerBound..<source(end - 1).upperBound)
      } else {
        builder.copy(self, at..<end)
      }
      at = end
    }
    if builder.bytes != bytes { become(builder) }
  }

  mutating func strip(left: Bool, right: Bool) {
    var (start, end) = (0, bytes.count)
    while left, start < end {
      let next = UTF8Step.scalar(bytes, start, limit: end)
      guard ScalarKind.isSpace(next.scalar) else { break }
      start = next.end
    }
    while right, start < end, let last = UTF8Step.scalar(bytes, before: end),
      ScalarKind.isSpace(last.scalar)
    {
      end = max(last.start, start)
    }
    self = self[start..<end]
  }

  /// Changes each piece alone, and says where the pieces are now.
  mutating func rebuild(
    _ pieces: [Range<Int>], _ change: (inout NormalizedText) -> Void
  ) -> [Range<Int>] {
    if pieces.count == 1, pieces[0] == bytes.indices {
      change(&self)
      return bytes.isEmpty ? [] : [bytes.indices]
    }
    var builder = Builder()
    var places: [Range<Int>] = []
    for piece in pieces {
      var part = self[piece]
      change(&part)
      let start = builder.bytes.count
      builder.copy(part, part.bytes.indices)
      if builder.bytes.count > start { places.append(start..<builder.bytes.count) }
    }
    become(builder)
    return places
  }
}
