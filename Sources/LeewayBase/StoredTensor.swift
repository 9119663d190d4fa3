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
  public var count: Int { range.count / dtype.width }

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

  /// All elements, widened to 32 bits (exact).
  public func floats() -> [Float] {
    withBytes { bytes in
      (0..<count).map { dtype.widen(bytes, at: $0) }
    }
  }
}

extension DType {
  /// Element `index` of packed little-endian numbers.
  @inlinable
  public func widen(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Float {
    switch self {
    case .f32: return bytes.loadUnaligned(fromByteOffset: index * 4, as: Float.self)
    case .f16:
      return Float(bytes.loadUnaligned(fromByteOffset: index * 2, as: Float16.self))
    case .bf16:
      let half = bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
      return Float(bitPattern: UInt32(half) << 16)
    }
  }
}

extension DType {
  /// Numbers in this format, rounded to the nearest (to even on a tie), little-endian.
  public func narrow(_ values: some Sequence<Float>) -> [UInt8] {
    switch self {
    case .f32: values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Array($0) }
    case .f16: values.map { Float16($0).bitPattern.littleEndian }.withUnsafeBytes { Array($0) }
    case .bf16: values.map { Self.brief($0).littleEndian }.withUnsafeBytes { Array($0) }
    }
  }

  private static func brief(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    // A NaN stays one: rounding might carry its last bit into the sign.
    if value.isNaN { return UInt16(bits >> 16) | 0x40 }
    return UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
  }
}
