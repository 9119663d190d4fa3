/// A GGUF file, version 2 or 3, little-endian: metadata, a table of tensors, the numbers.
///
/// Nothing is allocated that the file does not back: a list's length is checked against the bytes
/// that follow before anything is made of it.
public struct GGUF: Sendable {
  public let path: String
  public let version: UInt32
  /// Where tensors may begin.
  public let alignment: Int
  /// In the order of the file.
  public let keys: [String]
  private let values: [String: GGUFValue]
  /// In the order of the data; the shape is row-major, so reversed from what the file says.
  public let tensors: [StoredTensor]
  public let otherTensors: [SafeTensors.Other]

  public subscript(key: String) -> GGUFValue? { values[key] }

  /// Whether a path leads to a GGUF file: by its first bytes, whatever its name; a folder is none.
  package static func stands(at path: String) -> Bool {
    guard let file = try? MappedFile(path: path) else { return false }
    return file.withBytes { $0.starts(with: "GGUF".utf8) }
  }

  public init(path: String) throws(GGUFError) {
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch { throw .file(error) }
    var cursor = GGUFCursor(file)
    guard file.count >= 4, file.withBytes({ Array($0[..<4]) }) == Array("GGUF".utf8) else {
      throw .notGGUF(path: path)
    }
    cursor.at = 4
    version = try cursor.number("version", UInt32.self)
    guard version == 2 || version == 3 else {
      throw .unsupportedVersion(path: path, found: version)
    }
    // A tensor takes 24 bytes at least (name, dimensions, type, place), a pair 13.
    let tensorCount = try cursor.count("tensor_count", each: 24)
    let pairCount = try cursor.count("metadata_kv_count", each: 13)
    var values: [String: GGUFValue] = [:]
    var keys: [String] = []
    for index in 0..<pairCount {
      let key = try cursor.name("key \(index)")
      guard values.updateValue(try cursor.value(key), forKey: key) == nil else {
        throw .duplicate(path: path, name: key)
      }
      keys.append(key)
    }
    var alignment = 32
    if let found = values["general.alignment"] {
      guard let given = found.int, given > 0, given <= 1 << 20, given & (given - 1) == 0 else {
        throw .wrongValue(
          path: path, key: "general.alignment", expected: "a power of two up to \(1 << 20)",
          found: found.summary)
      }
      alignment = given
    }
    var entries: [Entry] = []
    for index in 0..<tensorCount { entries.append(try Entry(&cursor, index)) }
    let start = min((cursor.at + alignment - 1) / alignment * alignment, file.count)
    let end = try Self.checkTiling(entries, path, alignment, dataBytes: file.count - start)
    // Writers pad the last tensor or do not.
    guard file.count - start - end < alignment || entries.isEmpty else {
      throw .trailing(path: path, at: start + end, bytes: file.count - start - end)
    }
    self.path = path
    self.alignment = alignment
    self.keys = keys
    self.values = values
    tensors = entries.compactMap { entry in
      DType(rawValue: entry.type.name).map {
        StoredTensor(
          name: entry.name, dtype: $0, shape: entry.shape, file: file,
          range: start + Int(entry.offset)..<start + Int(entry.offset) + entry.bytes)
      }
    }
    otherTensors = entries.filter { DType(rawValue: $0.type.name) == nil }.map {
      .init(name: $0.name, dtype: $0.type.name, shape: $0.shape)
    }
  }

  /// Tensors follow one another, each padded to the alignment, as the reference demands.
  /// - Returns: where the last one ends.
  private static func checkTiling(
    _ entries: [Entry], _ path: String, _ alignment: Int, dataBytes: Int
  ) throws(GGUFError) -> Int {
    var names: Set<String> = []
    var at = 0
    var end = 0
    for entry in entries {
      guard names.insert(entry.name).inserted else {
        throw .duplicate(path: path, name: entry.name)
      }
      guard entry.offset == UInt64(at) else {
        throw .misplaced(path: path, tensor: entry.name, expected: at, found: entry.offset)
      }
      guard entry.bytes <= dataBytes - min(at, dataBytes) else {
        throw .outOfRange(
          path: path, tensor: entry.name, begin: at, end: at &+ entry.bytes, dataBytes: dataBytes)
      }
      end = at + entry.bytes
      at = (end + alignment - 1) / alignment * alignment
    }
    return end
  }
}

/// One line of the table of tensors, checked.
private struct Entry {
  var name: String
  var type: GGMLType
  var shape: [Int]
  var bytes: Int
  var offset: UInt64

  init(_ cursor: inout GGUFCursor, _ index: Int) throws(GGUFError) {
    name = try cursor.name("tensor \(index)")
    let path = cursor.path
    let key = "tensor \(name)"
    let rank = try cursor.number(key, UInt32.self)
    guard rank <= 4 else {
      throw .wrongValue(path: path, key: key, expected: "4 dimensions at most", found: "\(rank)")
    }
    var shape: [Int] = []
    var count = 1
    for _ in 0..<rank {
      let size = try cursor.number(key, UInt64.self)
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(clamping: size))
      guard size > 0, size < 1 << 40, !overflow, product < 1 << 60 else {
        throw .wrongValue(
          path: path, key: key, expected: "a size that memory can hold", found: "\(size)")
      }
      count = product
      shape.append(Int(size))
    }
    let code = try cursor.number(key, UInt32.self)
    guard let type = GGMLType.all[code] else {
      throw .wrongValue(path: path, key: key, expected: "a known type", found: "\(code)")
    }
    guard (shape.first ?? 1) % type.numbers == 0 else {
      throw .wrongValue(
        path: path, key: key, expected: "rows of whole blocks of \(type.numbers) in \(type.name)",
        found: "\(shape.first ?? 1)")
    }
    self.type = type
    self.shape = shape.reversed()
    bytes = count / type.numbers * type.bytes
    offset = try cursor.number(key, UInt64.self)
  }
}

/// The tensor types of the format: how many numbers a block has, and how many bytes.
struct GGMLType {
  var name: String
  var numbers: Int
  var bytes: Int

  static let all: [UInt32: GGMLType] = {
    let known: [(UInt32, String, Int, Int)] = [
      (16, "IQ2_XXS", 256, 66), (17, "IQ2_XS", 256, 74), (18, "IQ3_XXS", 256, 98),
      (19, "IQ1_S", 256, 50), (21, "IQ3_S", 256, 110),
      (22, "IQ2_S", 256, 82), (24, "I8", 1, 1), (25, "I16", 1, 2),
      (26, "I32", 1, 4), (27, "I64", 1, 8), (28, "F64", 1, 8), (29, "IQ1_M", 256, 56),
      (34, "TQ1_0", 256, 54), (35, "TQ2_0", 256, 66), (39, "MXFP4", 32, 17),
      (40, "NVFP4", 64, 36), (41, "Q1_0", 128, 18),
    ]
    var table = Dictionary(
      uniqueKeysWithValues: known.map { ($0.0, GGMLType(name: $0.1, numbers: $0.2, bytes: $0.3)) })
    for (type, code) in DType.codes {
      table[code] = GGMLType(
        name: type.rawValue, numbers: type.blockNumbers, bytes: type.blockBytes)
    }
    return table
  }()
}

extension DType {
  /// The format's number for each type that Leeway computes with.
  static let codes: [DType: UInt32] = [
    .f32: 0, .f16: 1, .q40: 2, .q41: 3, .q50: 6, .q51: 7, .q80: 8, .q2K: 10, .q3K: 11, .q4K: 12,
    .q5K: 13, .q6K: 14, .iq4NL: 20, .iq4XS: 23, .bf16: 30,
  ]
}
