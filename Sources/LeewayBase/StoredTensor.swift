/// A tensor where it lies in a mapped file.
public struct StoredTensor: Sendable {
  public let name: String
  public let dtype: DType
  public let shape: [Int]
  private let file: MappedFile
  private let range: Range<Int>

  init(name: String, dtype: DType, shape: [Int], file: MappedFile, range: Range<Int>) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.file = file
    self.range = range
  }

  /// Number of elements.
  public var count: Int { range.count / dtype.blockBytes * dtype.blockNumbers }

  /// The bytes, row-major, little-endian; they may lie at any alignment.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withExtendedLifetime(file) {
      try body(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    }
  }

  /// Whether another holds the same numbers in the same form, whatever its name.
  public func holdsSame(as other: StoredTensor) -> Bool {
    dtype == other.dtype && shape == other.shape
      && withBytes { own in other.withBytes { own.elementsEqual($0) } }
  }

  /// The same numbers under another name.
  package func renamed(_ name: String) -> StoredTensor {
    StoredTensor(name: name, dtype: dtype, shape: shape, file: file, range: range)
  }

  /// Entry `index` of the first dimension, without that dimension; nil past its end.
  package func slice(_ index: Int, name: String) -> StoredTensor? {
    guard let parts = shape.first, (0..<parts).contains(index), range.count % parts == 0 else {
      return nil
    }
    let size = range.count / parts
    guard size % dtype.blockBytes == 0 else { return nil }
    let start = range.lowerBound + index * size
    return StoredTensor(
      name: name, dtype: dtype, shape: Array(shape.dropFirst()), file: file,
      range: start..<start + size)
  }

  /// One of `parts` equal stretches of the first dimension; nil where they are not equal.
  package func part(_ index: Int, of parts: Int, name: String) -> StoredTensor? {
    guard let first = shape.first, parts > 0, first.isMultiple(of: parts),
      (0..<parts).contains(index)
    else { return nil }
    let size = range.count / parts
    guard size.isMultiple(of: dtype.blockBytes) else { return nil }
    let start = range.lowerBound + index * size
    return StoredTensor(
      name: name, dtype: dtype, shape: [first / parts] + shape.dropFirst(), file: file,
      range: start..<start + size)
  }

  /// All elements, widened to 32 bits.
  public func floats() -> [Float] {
    let count = count
    return withBytes { bytes in
      [Float](unsafeUninitializedCapacity: count) { out, filled in
        dtype.widen(bytes, first: 0, into: UnsafeMutableBufferPointer(rebasing: out[..<count]))
        filled = count
      }
    }
  }

  /// Index of a number that is infinite or none; for quantised formats, of the first number of such
  /// a block. One pass over the bytes: such a weight poisons everything downstream.
  package var firstNotFinite: Int? { firstNotFinite(in: 0..<count) }

  /// The same among some numbers: whole blocks of a quantised format.
  package func firstNotFinite(in numbers: Range<Int>) -> Int? {
    withBytes { bytes in
      switch dtype {
      case .f32: Self.first(in: numbers, bytes, every: 4, of: UInt32.self, full: 0x7f80_0000)
      case .bf16: Self.first(in: numbers, bytes, every: 2, of: UInt16.self, full: 0x7f80)
      case .f16: Self.first(in: numbers, bytes, every: 2, of: UInt16.self, full: 0x7c00)
      default: firstScale(in: numbers, bytes, at: dtype.halves)
      }
    }
  }

  /// The first number whose exponent is `full`. A stretch is looked through without a branch, which
  /// the compiler does in vectors, and only where something was found once more.
  private static func first<Bits: FixedWidthInteger>(
    in numbers: Range<Int>, _ bytes: UnsafeRawBufferPointer, every size: Int, of: Bits.Type,
    full: Bits
  ) -> Int? {
    for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 4096) {
      let stretch = start..<min(start + 4096, numbers.upperBound)
      var found: Bits = 0
      for index in stretch {
        let bits = bytes.loadUnaligned(fromByteOffset: size &* index, as: Bits.self)
        found |= bits & full == full ? 1 : 0
      }
      guard found != 0 else { continue }
      return stretch.first {
        bytes.loadUnaligned(fromByteOffset: size * $0, as: Bits.self) & full == full
      }
    }
    return nil
  }

  /// Of a quantised format: the first number of the first block with such a scale, which stand at
  /// `offsets` of each block.
  private func firstScale(
    in numbers: Range<Int>, _ bytes: UnsafeRawBufferPointer, at offsets: [Int]
  ) -> Int? {
    for block in numbers.lowerBound / dtype.blockNumbers..<numbers.upperBound / dtype.blockNumbers {
      for offset in offsets {
        let half = bytes.loadUnaligned(
          fromByteOffset: block * dtype.blockBytes + offset, as: UInt16.self)
        if half & 0x7c00 == 0x7c00 { return block * dtype.blockNumbers }
      }
    }
    return nil
  }
}

extension DType {
  /// Element `index` of packed little-endian numbers of a plain format.
  @inlinable
  public func widen(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Float {
    switch self {
    case .f32: return bytes.loadUnaligned(fromByteOffset: index * 4, as: Float.self)
    case .f16:
      return Float(bytes.loadUnaligned(fromByteOffset: index * 2, as: Float16.self))
    default:
      precondition(self == .bf16, "numbers of a block are widened together")
      let half = bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
      return Float(bitPattern: UInt32(half) << 16)
    }
  }
}

extension DType {
  /// Numbers in this plain format, rounded to the nearest (to even on a tie), little-endian.
  public func narrow(_ values: some Sequence<Float>) -> [UInt8] {
    switch self {
    case .f32: return values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Array($0) }
    case .f16:
      return values.map { Float16($0).bitPattern.littleEndian }.withUnsafeBytes { Array($0) }
    default:
      precondition(self == .bf16, "Leeway writes no quantised numbers")
      return values.map { Self.brief($0).littleEndian }.withUnsafeBytes { Array($0) }
    }
  }

  private static func brief(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    // A NaN stays one: rounding might carry its last bit into the sign.
    if value.isNaN { return UInt16(bits >> 16) | 0x40 }
    return UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
  }
}
