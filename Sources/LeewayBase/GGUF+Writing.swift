extension GGUF {
  /// A value to be written.
  public enum Written: Sendable {
    case u32(UInt32)
    case f32(Float)
    case f64(Double)
    case bool(Bool)
    case string(String)
    case strings([String])
    case floats([Float])
    case ints([Int32])
  }

  /// A tensor to be written: bytes in the format of `dtype`, shape row-major.
  public struct Tensor: Sendable {
    public var name: String
    public var shape: [Int]
    public var dtype: DType
    public var bytes: [UInt8]

    public init(name: String, shape: [Int], dtype: DType, bytes: [UInt8]) {
      self.name = name
      self.shape = shape
      self.dtype = dtype
      self.bytes = bytes
    }

    public init(name: String, shape: [Int], values: [Float]) {
      self.init(name: name, shape: shape, dtype: .f32, bytes: DType.f32.narrow(values))
    }
  }

  /// Writes version 3 with an alignment of 32.
  public static func write(
    _ tensors: [Tensor], metadata: [(key: String, value: Written)], to path: String
  ) throws(FileError) {
    var out = Array("GGUF".utf8)
    put(UInt32(3), &out)
    put(UInt64(tensors.count), &out)
    put(UInt64(metadata.count), &out)
    for (key, value) in metadata {
      put(key, &out)
      put(value, &out)
    }
    var offset = 0
    for tensor in tensors {
      put(tensor.name, &out)
      put(UInt32(tensor.shape.count), &out)
      for size in tensor.shape.reversed() { put(UInt64(size), &out) }
      put(DType.codes[tensor.dtype] ?? 0, &out)
      put(UInt64(offset), &out)
      offset = (offset + tensor.bytes.count + 31) / 32 * 32
    }
    pad(&out)
    for tensor in tensors {
      out += tensor.bytes
      pad(&out)
    }
    try AtomicFile.write(to: path) { (put) throws(FileError) in try put(out[...]) }
  }

  private static func pad(_ out: inout [UInt8]) {
    while out.count % 32 != 0 { out.append(0) }
  }

  private static func put<T: FixedWidthInteger>(_ value: T, _ out: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { out += $0 }
  }

  private static func put(_ text: String, _ out: inout [UInt8]) {
    put(UInt64(text.utf8.count), &out)
    out += text.utf8
  }

  private static func put(_ value: Written, _ out: inout [UInt8]) {
    func list(_ type: GGUFType, _ count: Int) {
      put(GGUFType.array.rawValue, &out)
      put(type.rawValue, &out)
      put(UInt64(count), &out)
    }
    switch value {
    case .u32(let number):
      put(GGUFType.u32.rawValue, &out)
      put(number, &out)
    case .f32(let number):
      put(GGUFType.f32.rawValue, &out)
      put(number.bitPattern, &out)
    case .f64(let number):
      put(GGUFType.f64.rawValue, &out)
      put(number.bitPattern, &out)
    case .bool(let flag):
      put(GGUFType.bool.rawValue, &out)
      out.append(flag ? 1 : 0)
    case .string(let text):
      put(GGUFType.string.rawValue, &out)
      put(text, &out)
    case .strings(let texts):
      list(.string, texts.count)
      for text in texts { put(text, &out) }
    case .floats(let numbers):
      list(.f32, numbers.count)
      for number in numbers { put(number.bitPattern, &out) }
    case .ints(let numbers):
      list(.i32, numbers.count)
      for number in numbers { put(number, &out) }
    }
  }
}
