/// A safetensors file: eight bytes of header length, a JSON header, the numbers.
public struct SafeTensors: Sendable {
  /// A tensor whose number format Leeway does not compute with (masks, counters).
  public struct Other: Sendable, Equatable {
    public var name: String
    public var dtype: String
    public var shape: [Int]
  }

  public let path: String
  /// In the order of the data.
  public let tensors: [StoredTensor]
  public let otherTensors: [Other]
  public let metadata: [String: String]

  public init(path: String) throws(SafeTensorsError) {
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch { throw .file(error) }
    self.path = path
    let bytes = file.bytes
    let length: UInt64 =
      bytes.count < 8 ? .max : UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length >= 2, length <= UInt64(max(bytes.count - 8, 0)) else {
      throw .badHeaderLength(path: path, length: length, fileBytes: bytes.count)
    }
    let start = 8 + Int(length)
    let header: JSONValue
    do {
      header = try JSONValue.parse(UnsafeRawBufferPointer(rebasing: bytes[8..<start]), path: path)
    } catch { throw .json(error) }
    guard let members = header.members else {
      throw .badEntry(path: path, tensor: "", key: "header", expected: "an object")
    }
    var entries: [Entry] = []
    var metadata: [String: String] = [:]
    for member in members {
      let name = String(decoding: member.key, as: UTF8.self)
      if name == "__metadata__" {
        guard let pairs = member.value.members else {
          throw .badEntry(path: path, tensor: name, key: "", expected: "an object of strings")
        }
        for pair in pairs {
          guard let text = pair.value.text else {
            throw .badEntry(
              path: path, tensor: name, key: String(decoding: pair.key, as: UTF8.self),
              expected: "a string")
          }
          metadata[String(decoding: pair.key, as: UTF8.self)] = text
        }
      } else {
        entries.append(
          try Entry(member.value, name: name, path: path, dataBytes: bytes.count - start))
      }
    }
    try Entry.checkTiling(&entries, path: path, dataBytes: bytes.count - start)
    tensors = entries.compactMap { entry in
      entry.format.map {
        StoredTensor(
          name: entry.name, dtype: $0, shape: entry.shape, file: file,
          range: start + entry.begin..<start + entry.end)
      }
    }
    otherTensors = entries.filter { $0.format == nil }.map {
      Other(name: $0.name, dtype: $0.dtype, shape: $0.shape)
    }
    self.metadata = metadata
  }

  /// Writes F32 tensors in the order given, metadata sorted by key.
  public static func write(
    _ tensors: [(name: String, shape: [Int], values: [Float])], metadata: [String: String] = [:],
    to path: String
  ) throws(FileError) {
    let stored = tensors.map { tensor in
      (
        name: tensor.name, shape: tensor.shape, dtype: DType.f32,
        bytes: { tensor.values.withUnsafeBytes { Array($0) } }
      )
    }
    try write(stored, metadata: metadata, to: path)
  }

  /// Writes tensors of any format in the order given; each one's bytes are asked for when they are
  /// written, so that no second copy of a model is needed.
  public static func write(
    _ tensors: [(name: String, shape: [Int], dtype: DType, bytes: () -> [UInt8])],
    metadata: [String: String] = [:], to path: String
  ) throws(FileError) {
    var members: [JSONMember] = []
    if !metadata.isEmpty {
      members.append(
        JSONMember(
          key: Array("__metadata__".utf8),
          value: .object(
            metadata.sorted { $0.key < $1.key }.map {
              JSONMember(key: Array($0.key.utf8), value: JSONValue($0.value))
            })))
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.shape.reduce(1, *) * tensor.dtype.width
      members.append(
        JSONMember(
          key: Array(tensor.name.utf8),
          value: [
            "dtype": JSONValue(tensor.dtype.rawValue),
            "shape": .array(tensor.shape.map { .integer($0) }),
            "data_offsets": .array([.integer(offset), .integer(end)]),
          ]))
      offset = end
    }
    var header = JSONValue.object(members).canonicalBytes
    while header.count % 8 != 0 { header.append(0x20) }
    try AtomicFile.write(to: path) { (put) throws(FileError) in
      try put(withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }[...])
      try put(header[...])
      for tensor in tensors { try put(tensor.bytes()[...]) }
    }
  }
}

/// One entry of a header, checked.
private struct Entry {
  var name: String
  var dtype: String
  var shape: [Int]
  var begin: Int
  var end: Int

  /// Nil for numbers that Leeway does not compute with.
  var format: DType? { DType.plain.first { $0.rawValue == dtype } }

  private static let widths = [
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8,
    "U32": 4, "U16": 2, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1, "C64": 8,
  ]

  init(_ value: JSONValue, name: String, path: String, dataBytes: Int) throws(SafeTensorsError) {
    func bad(_ key: String, _ expected: String) -> SafeTensorsError {
      .badEntry(path: path, tensor: name, key: key, expected: expected)
    }
    self.name = name
    guard let dtype = value["dtype"]?.text else { throw bad("dtype", "a string") }
    self.dtype = dtype
    guard let width = Self.widths[dtype] else {
      throw bad("dtype", "one of \(Self.widths.keys.sorted().joined(separator: ", "))")
    }
    guard let sizes = value["shape"]?.array else { throw bad("shape", "a list of sizes") }
    var bytes = width
    var shape: [Int] = []
    for size in sizes {
      guard let size = size.int, size >= 0 else { throw bad("shape", "whole numbers from 0") }
      // An empty tensor's other sizes must multiply too, in any order.
      let (product, overflow) = bytes.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow else { throw bad("shape", "a size that memory can hold") }
      bytes = product
      shape.append(size)
    }
    if shape.contains(0) { bytes = 0 }
    self.shape = shape
    guard let offsets = value["data_offsets"]?.array, offsets.count == 2,
      let begin = offsets[0].int, let end = offsets[1].int
    else { throw bad("data_offsets", "two whole numbers") }
    guard begin >= 0, begin <= end, end <= dataBytes else {
      throw .outOfRange(path: path, tensor: name, begin: begin, end: end, dataBytes: dataBytes)
    }
    guard end - begin == bytes else {
      throw .wrongSize(path: path, tensor: name, expected: bytes, found: end - begin)
    }
    self.begin = begin
    self.end = end
  }

  /// The reference refuses overlaps and holes; so does this. Sorts by place.
  static func checkTiling(_ entries: inout [Entry], path: String, dataBytes: Int)
    throws(SafeTensorsError)
  {
    entries.sort { ($0.begin, $0.end, $0.name) < ($1.begin, $1.end, $1.name) }
    var at = 0
    var previous = ""
    for entry in entries {
      guard entry.begin >= at else {
        throw .overlap(path: path, tensor: entry.name, other: previous)
      }
      guard entry.begin == at else { throw .hole(path: path, at: at) }
      at = entry.end
      previous = entry.name
    }
    guard at == dataBytes else { throw .hole(path: path, at: at) }
  }
}
