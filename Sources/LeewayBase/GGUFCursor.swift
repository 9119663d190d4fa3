/// Reads a GGUF header from front to back; every step is checked against the bytes that are left.
struct GGUFCursor {
  let file: MappedFile
  var at = 0
  var path: String { file.path }
  private var left: Int { file.count - at }

  init(_ file: MappedFile) { self.file = file }

  private mutating func take(_ count: UInt64, _ key: String) throws(GGUFError) -> Int {
    guard count <= UInt64(left) else {
      throw .cutShort(path: path, key: key, expected: count, found: left)
    }
    defer { at += Int(count) }
    return at
  }

  mutating func number<T: FixedWidthInteger & BitwiseCopyable>(_ key: String, _: T.Type)
    throws(GGUFError) -> T
  {
    let place = try take(UInt64(T.bitWidth / 8), key)
    return file.withBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: T.self)) }
  }

  /// A count of things that take `each` bytes at least.
  mutating func count(_ key: String, each: Int) throws(GGUFError) -> Int {
    let count = try number(key, UInt64.self)
    guard count <= UInt64(left / each) else {
      let (bytes, overflow) = count.multipliedReportingOverflow(by: UInt64(each))
      throw .cutShort(path: path, key: key, expected: overflow ? .max : bytes, found: left)
    }
    return Int(count)
  }

  private mutating func text(_ key: String) throws(GGUFError) -> Range<Int> {
    let length = try number(key, UInt64.self)
    let start = try take(length, key)
    return start..<start + Int(length)
  }

  /// The name of a key or a tensor.
  mutating func name(_ key: String) throws(GGUFError) -> String {
    let range = try text(key)
    let name = file.withBytes { String(validating: $0[range], as: UTF8.self) }
    guard let name, !name.isEmpty, name.utf8.count < 1 << 16 else {
      throw .wrongValue(
        path: path, key: key, expected: "a name in UTF-8 of up to 65535 bytes",
        found: "\(range.count) bytes")
    }
    return name
  }

  mutating func value(_ key: String) throws(GGUFError) -> GGUFValue {
    let type = try type(key)
    switch type {
    case .string:
      let range = try text(key)
      return .string(file.withBytes { String(decoding: $0[range], as: UTF8.self) })
    case .array: return .array(try list(key, depth: 0))
    default:
      let place = try take(UInt64(type.leastBytes), key)
      return file.withBytes { type.scalar($0, at: place) }
    }
  }

  private mutating func type(_ key: String) throws(GGUFError) -> GGUFType {
    let code = try number(key, UInt32.self)
    guard let type = GGUFType(rawValue: code) else {
      throw .wrongValue(path: path, key: key, expected: "a type from 0 to 12", found: "\(code)")
    }
    return type
  }

  private mutating func list(_ key: String, depth: Int) throws(GGUFError) -> GGUFArray {
    guard depth < 4 else {
      throw .wrongValue(
        path: path, key: key, expected: "lists nested 4 deep at most", found: "more")
    }
    let type = try type(key)
    let count = try count(key, each: type.leastBytes)
    let start = at
    switch type {
    case .string: for _ in 0..<count { _ = try text(key) }
    case .array: for _ in 0..<count { _ = try list(key, depth: depth + 1) }
    default: _ = try take(UInt64(count * type.leastBytes), key)
    }
    return GGUFArray(type: type.rawValue, count: count, file: file, range: start..<at)
  }
}
