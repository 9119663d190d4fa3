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
      builder.append(content, from: source(at..<end))
      (at, start) = (end, end)
    }
    guard start > 0 else { return }
    builder.copy(self, start..<bytes.count)
    become(builder)
  }

  /// - Parameter expression: one that matches something.
  mutating func replace(_ expression: Expression, with content: [UInt8]) {
    var ends: [Int: Int] = [:]
    bytes.withUnsafeBufferPointer { bytes in
      let text = ExpressionText(bytes: bytes, start: 0, end: bytes.count)
      expression.matches(text) { ends[$0.lowerBound] = $0.upperBound }
    }
    if !ends.isEmpty { replace(with: content) { ends[$1] } }
  }

  /// A Unicode normalization. No character of ASCII changes or joins what stands before it, so each
  /// run from one ASCII character to the next changes alone and keeps its place.
  /// - Parameter stays: characters beyond ASCII that neither change nor join one another.
  mutating func transform(
    stays: (Unicode.Scalar) -> Bool = { _ in false }, _ change: (String) -> String
  ) {
    // As a rule nothing changes, and then there is nothing to build.
    let runs = runs(without: stays).filter { run in
      let text = bytes[run]
      return !text.elementsEqual(change(String(decoding: text, as: UTF8.self)).utf8)
    }
    guard !runs.isEmpty else { return }
    var builder = Builder()
    var at = 0
    for run in runs {
      builder.copy(self, at..<run.lowerBound)
      transform(run, change, into: &builder)
      at = run.upperBound
    }
    builder.copy(self, at..<bytes.count)
    become(builder)
  }

  /// Characters beyond ASCII that stand together, with the one before, which may carry their marks.
  /// Long ones are cut before a character that joins nothing: the library slows down in them.
  private func runs(without stays: (Unicode.Scalar) -> Bool) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var at = 0
    while let first = bytes[at...].firstIndex(where: { $0 >= 0x80 }) {
      var start = max(first - 1, at)
      var isFixed = true
      at = first
      while at < bytes.count, bytes[at] >= 0x80 {
        let next = UTF8Step.scalar(bytes, at, limit: bytes.count)
        if at - start >= Self.runLimit, ScalarKind.startsAlone(next.scalar) {
          if !isFixed { runs.append(start..<at) }
          (start, isFixed) = (at, true)
        }
        if isFixed, !stays(next.scalar) { isFixed = false }
        at = next.end
      }
      if !isFixed { runs.append(start..<at) }
    }
    return runs
  }

  private static let runLimit = 1024

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
        place(new, start..<end, into: &parts)
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

  /// What a character with its marks became: as many come from one each, others from all of them.
  private func place(_ new: [UInt8], _ old: Range<Int>, into builder: inout Builder) {
    func scalars(_ bytes: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
      var (at, found) = (range.lowerBound, [Range<Int>]())
      while at < range.upperBound {
        found.append(at..<UTF8Step.scalar(bytes, at, limit: range.upperBound).end)
        at = found[found.count - 1].upperBound
      }
      return found
    }
    let (before, after) = (scalars(bytes, old), scalars(new, new.indices))
    guard before.count == after.count else { return builder.append(new, from: source(old)) }
    for (from, to) in zip(before, after) { builder.append(new[to], from: source(from)) }
  }

  /// Changes each character alone; nil keeps it.
  mutating func map(_ change: (Unicode.Scalar) -> [UInt8]?) {
    var builder = Builder()
    var at = 0
    while at < bytes.count {
      let (scalar, end) = UTF8Step.scalar(bytes, at, limit: bytes.count)
      if let new = change(scalar) {
        builder.append(new, from: source(at..<end))
      } else {
        builder.copy(self, at..<end)
      }
      at = end
    }
    if builder.bytes != bytes { become(builder) }
  }

  /// Changes each byte alone.
  mutating func mapBytes(_ table: [[UInt8]]) {
    var builder = Builder()
    for (index, byte) in bytes.enumerated() {
      builder.append(table[Int(byte)], from: source(index))
    }
    become(builder)
  }

  /// Changes whole characters (grapheme clusters) of fewer than six bytes, and code points of those
  /// that the map does not know whole, as the reference does.
  mutating func replace(_ map: Charsmap) {
    var builder = Builder()
    for character in characters() {
      if character.count < 6, let new = map.replacement(bytes, character) {
        builder.append(new, from: source(character))
        continue
      }
      var at = character.lowerBound
      while at < character.upperBound {
        let end = UTF8Step.scalar(bytes, at, limit: character.upperBound).end
        if let new = map.replacement(bytes, at..<end) {
          builder.append(new, from: source(at..<end))
        } else {
          builder.copy(self, at..<end)
        }
        at = end
      }
    }
    if builder.bytes != bytes { become(builder) }
  }

  /// The ranges of the grapheme clusters.
  private func characters() -> [Range<Int>] {
    let text = String(decoding: bytes, as: UTF8.self)
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(bytes.count)
    var start = 0
    var index = text.startIndex
    while index < text.endIndex {
      let next = text.index(after: index)
      let end = start + text.utf8.distance(from: index, to: next)
      ranges.append(start..<end)
      (start, index) = (end, next)
    }
    // Bytes that are no text (JSON can spell them) are longer when they are decoded.
    return start == bytes.count ? ranges : [bytes.indices]
  }

  private func source(_ range: Range<Int>) -> Range<Int> {
    source(range.lowerBound).lowerBound..<source(range.upperBound - 1).upperBound
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
