/// One value of a GGUF file's metadata, with the width that the file gives it: writers are told
/// apart by it.
public enum GGUFValue: Sendable {
  case u8(UInt8)
  case i8(Int8)
  case u16(UInt16)
  case i16(Int16)
  case u32(UInt32)
  case i32(Int32)
  case f32(Float)
  case bool(Bool)
  case string(String)
  case array(GGUFArray)
  case u64(UInt64)
  case i64(Int64)
  case f64(Double)

  /// A whole number of any width; nil for others and beyond 63 bits.
  public var int: Int? {
    switch self {
    case .u8(let value): Int(value)
    case .i8(let value): Int(value)
    case .u16(let value): Int(value)
    case .i16(let value): Int(value)
    case .u32(let value): Int(value)
    case .i32(let value): Int(value)
    case .u64(let value): Int(exactly: value)
    case .i64(let value): Int(value)
    default: nil
    }
  }

  public var double: Double? {
    switch self {
    case .f32(let value): Double(value)
    case .f64(let value): value
    default: int.map(Double.init)
    }
  }

  public var bool: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  public var text: String? {
    if case .string(let value) = self { return value }
    return nil
  }

  public var array: GGUFArray? {
    if case .array(let value) = self { return value }
    return nil
  }

  /// Short enough for an error's sentence.
  public var summary: String {
    switch self {
    case .bool(let value): "\(value)"
    case .string(let value): value.count > 60 ? "\"\(value.prefix(60))…\"" : "\"\(value)\""
    case .array(let value): "a list of \(value.count)"
    case .f32(let value): "\(value)"
    case .f64(let value): "\(value)"
    default: int.map { "\($0)" } ?? "a number beyond 63 bits"
    }
  }
}

/// A list in the metadata, read where it lies: vocabularies have hundreds of thousands of entries.
public struct GGUFArray: Sendable {
  /// The file's number for the type of its elements.
  public let type: UInt32
  public let count: Int
  private let file: MappedFile
  /// Where the elements lie; checked when the file was opened.
  private let range: Range<Int>

  init(type: UInt32, count: Int, file: MappedFile, range: Range<Int>) {
    self.type = type
    self.count = count
    self.file = file
    self.range = range
  }

  /// The elements as bytes of text; nil for other types.
  public var strings: [[UInt8]]? {
    guard type == GGUFType.string.rawValue else { return nil }
    return file.withBytes { bytes in
      var at = range.lowerBound
      return (0..<count).map { _ in
        let length = Int(bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        at += 8 + length
        return Array(bytes[at - length..<at])
      }
    }
  }

  /// The elements as values; nil when they are lists themselves.
  public var values: [GGUFValue]? {
    guard let type = GGUFType(rawValue: type), type != .array else { return nil }
    if type == .string {
      return strings?.map { .string(String(decoding: $0, as: UTF8.self)) }
    }
    return file.withBytes { bytes in
      (0..<count).map { type.scalar(bytes, at: range.lowerBound + $0 * type.leastBytes) }
    }
  }

  public var ints: [Int]? { values.flatMap(Self.all(\.int)) }
  public var floats: [Float]? { values.flatMap(Self.all { $0.double.map { Float($0) } }) }

  private static func all<T>(_ read: @escaping (GGUFValue) -> T?) -> ([GGUFValue]) -> [T]? {
    { values in
      let found = values.compactMap(read)
      return found.count == values.count ? found : nil
    }
  }
}

/// The types of metadata by the file's numbers.
enum GGUFType: UInt32 {
  case u8, i8, u16, i16, u32, i32, f32, bool, string, array, u64, i64, f64

  /// Bytes of one value; the fewest for texts and lists.
  var leastBytes: Int {
    switch self {
    case .u8, .i8, .bool: 1
    case .u16, .i16: 2
    case .u32, .i32, .f32: 4
    case .u64, .i64, .f64, .string: 8
    case .array: 12
    }
  }

  /// A value of fixed size.
  func scalar(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> GGUFValue {
    func load<T: BitwiseCopyable>(_: T.Type) -> T {
      bytes.loadUnaligned(fromByteOffset: offset, as: T.self)
    }
    switch self {
    case .u8: return .u8(load(UInt8.self))
    case .i8: return .i8(load(Int8.self))
    case .u16: return .u16(load(UInt16.self))
    case .i16: return .i16(load(Int16.self))
    case .u32: return .u32(load(UInt32.self))
    case .i32: return .i32(load(Int32.self))
    case .f32: return .f32(load(Float.self))
    case .bool: return .bool(load(UInt8.self) != 0)
    case .u64: return .u64(load(UInt64.self))
    case .i64: return .i64(load(Int64.self))
    case .f64: return .f64(load(Double.self))
    case .string, .array: return .string("")
    }
  }
}
