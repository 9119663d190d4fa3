/// RFC 8259, strictly, plus: a byte-order mark is skipped, a lone surrogate escape is kept as its
/// three WTF-8 bytes, equal keys in one object are refused, strings must be UTF-8.
struct JSONParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let path: String
  private var at = 0
  private static let depthLimit = 256

  init(bytes: UnsafeBufferPointer<UInt8>, path: String) {
    self.bytes = bytes
    self.path = path
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { at = 3 }
  }

  mutating func document() throws(JSONError) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard at == bytes.count else { throw fault("the end of the file") }
    return value
  }

  // MARK: Values

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < Self.depthLimit else {
      let (line, column) = place
      throw .tooDeep(path: path, line: line, column: column, limit: Self.depthLimit)
    }
    skipSpace()
    guard let byte = peek else { throw fault("a value") }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw fault("a value")
    }
  }

  private mutating func object(_ depth: Int) throws(JSONError) -> JSONValue {
    at += 1
    var members: [JSONMember] = []
    var seen: Set<[UInt8]> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object([]) }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw fault("a key in quotes") }
      let start = at
      let key = try string()
      guard seen.insert(key).inserted else {
        at = start
        let (line, column) = place
        throw .duplicateKey(
          path: path, line: line, column: column, key: String(decoding: key, as: UTF8.self))
      }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw fault("':'") }
      members.append(JSONMember(key: key, value: try value(depth: depth + 1)))
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "}")) else { throw fault("',' or '}'") }
      return .object(members)
    }
  }

  private mutating func array(_ depth: Int) throws(JSONError) -> JSONValue {
    at += 1
    var values: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array([]) }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "]")) else { throw fault("',' or ']'") }
      return .array(values)
    }
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for byte in text.utf8 where !take(byte) { throw fault(text) }
    return value
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = at
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    var whole = true
    if take(UInt8(ascii: ".")) {
      whole = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      whole = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if whole, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      at = start
      throw fault("a number that 64 bits hold")
    }
    return .real(value)
  }

  private mutating func digits() throws(JSONError) {
    let start = at
    while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { at += 1 }
    if at == start { throw fault("a digit") }
  }

  // MARK: Strings

  private mutating func string() throws(JSONError) -> [UInt8] {
    at += 1
    var out: [UInt8] = []
    var run = at
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        out += bytes[run..<at]
        at += 1
        return out
      case UInt8(ascii: "\\"):
        out += bytes[run..<at]
        at += 1
        try escape(into: &out)
        run = at
      case 0..<0x20: throw fault("no control character inside a string")
      case 0x80...: try character()
      default: at += 1
      }
    }
    throw fault("'\"'")
  }

  /// Steps over a character of several bytes.
  private mutating func character() throws(JSONError) {
    let length = bytes[at] >= 0xF0 ? 4 : bytes[at] >= 0xE0 ? 3 : 2
    let end = min(at + length, bytes.count)
    guard String(validating: bytes[at..<end], as: UTF8.self) != nil else { throw fault("UTF-8") }
    at = end
  }

  private mutating func escape(into out: inout [UInt8]) throws(JSONError) {
    guard let byte = peek else { throw fault("an escape") }
    at += 1
    switch byte {
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if code >> 10 == 0x36, peek == UInt8(ascii: "\\"), at + 1 < bytes.count,
        bytes[at + 1] == UInt8(ascii: "u")
      {
        let back = at
        at += 2
        let low = try hexadecimal()
        if low >> 10 == 0x37 {
          code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
        } else {
          at = back
        }
      }
      append(code, to: &out)
    default:
      at -= 1
      throw fault("one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
    }
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
        throw fault("four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      at += 1
    }
    return code
  }

  private func append(_ code: UInt32, to out: inout [UInt8]) {
    switch code {
    case 0..<0x80: out.append(UInt8(code))
    case 0x80..<0x800: out += [UInt8(0xC0 | code >> 6), UInt8(0x80 | code & 0x3F)]
    case 0x800..<0x10000:
      out += [
        UInt8(0xE0 | code >> 12), UInt8(0x80 | code >> 6 & 0x3F), UInt8(0x80 | code & 0x3F),
      ]
    default:
      out += [
        UInt8(0xF0 | code >> 18), UInt8(0x80 | code >> 12 & 0x3F), UInt8(0x80 | code >> 6 & 0x3F),
        UInt8(0x80 | code & 0x3F),
      ]
    }
  }

  // MARK: Places

  private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    at += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  private var place: (line: Int, column: Int) {
    let before = bytes[..<min(at, bytes.count)]
    let lines = before.count { $0 == 0x0A }
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return (lines + 1, at - start + 1)
  }

  private func fault(_ expected: String) -> JSONError {
    let (line, column) = place
    return .syntax(path: path, line: line, column: column, expected: expected)
  }
}
