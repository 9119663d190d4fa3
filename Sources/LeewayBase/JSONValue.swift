/// What can be wrong with JSON; positions count from 1.
public enum JSONError: Error, Equatable, Sendable {
  case syntax(path: String, line: Int, column: Int, expected: String)
  case duplicateKey(path: String, line: Int, column: Int, key: String)
  case tooDeep(path: String, line: Int, column: Int, limit: Int)
}

public struct JSONMember: Sendable, Equatable {
  public var key: [UInt8]
  public var value: JSONValue
  public init(key: [UInt8], value: JSONValue) {
    self.key = key
    self.value = value
  }
}

/// A JSON document. Strings are bytes: vocabularies hold strings that Swift's `String` would call
/// equal (it compares by canonical equivalence). Objects keep their order.
public indirect enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case real(Double)
  case string([UInt8])
  case array([JSONValue])
  case object([JSONMember])

  public static func parse(_ bytes: UnsafeRawBufferPointer, path: String) throws(JSONError)
    -> JSONValue
  {
    var parser = JSONParser(bytes: bytes.bindMemory(to: UInt8.self), path: path)
    return try parser.document()
  }

  public static func parse(_ bytes: [UInt8], path: String) throws(JSONError) -> JSONValue {
    let result: Result<JSONValue, JSONError> = bytes.withUnsafeBytes { buffer in
      do throws(JSONError) { return .success(try parse(buffer, path: path)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    let wanted = Array(key.utf8)
    return members.first { $0.key == wanted }?.value
  }

  public var int: Int? {
    switch self {
    case .integer(let value): value
    case .real(let value): Int(exactly: value)
    default: nil
    }
  }
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var bytes: [UInt8]? { if case .string(let value) = self { value } else { nil } }
  public var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
  public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  public var members: [JSONMember]? { if case .object(let value) = self { value } else { nil } }
}
