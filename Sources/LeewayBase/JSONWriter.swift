extension JSONValue {
  /// One spelling for each value: keys sorted by bytes, no spaces, shortest numbers. Hashes are
  /// made of this.
  public var canonicalBytes: [UInt8] {
    var out: [UInt8] = []
    write(into: &out)
    return out
  }

  /// The same with a point in every real number, for readers that tell 30.0 from 30.
  package var typedBytes: [UInt8] {
    var out: [UInt8] = []
    write(into: &out, typed: true)
    return out
  }

  public var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }

  /// The same, cut to what a sentence holds.
  package var excerpt: String {
    let text = canonicalText
    return text.utf8.count > 80 ? text.prefix(80) + "…" : text
  }

  private func write(into out: inout [UInt8], typed: Bool = false) {
    switch self {
    case .null: out += Array("null".utf8)
    case .bool(let value): out += Array((value ? "true" : "false").utf8)
    case .integer(let value): out += Array("\(value)".utf8)
    case .real(let value):
      // JSON has no infinities; what is not a number is not written as one.
      let whole = typed ? nil : Int(exactly: value).map { "\($0)" }
      out += Array((value.isFinite ? whole ?? "\(value)" : "null").utf8)
    case .string(let bytes): Self.quote(bytes, into: &out)
    case .array(let values):
      out.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        value.write(into: &out, typed: typed)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      let sorted = members.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      for (index, member) in sorted.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        Self.quote(member.key, into: &out)
        out.append(UInt8(ascii: ":"))
        member.value.write(into: &out, typed: typed)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  /// Lone surrogates are written as escapes, other bytes that are not UTF-8 as U+FFFD: what is
  /// written can be read.
  private static func quote(_ bytes: [UInt8], into out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    if String(validating: bytes, as: UTF8.self) == nil {
      quoteMalformed(bytes[...], into: &out)
    } else {
      quoteValid(bytes[...], into: &out)
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func quoteMalformed(_ bytes: ArraySlice<UInt8>, into out: inout [UInt8]) {
    var rest = bytes
    while let first = rest.first {
      let three = rest.prefix(3)
      if first == 0xED, three.count == 3, three.dropFirst().allSatisfy({ $0 & 0xC0 == 0x80 }),
        three[three.startIndex + 1] >= 0xA0
      {
        let code = 0xD000 | three.dropFirst().reduce(0) { $0 << 6 | UInt32($1 & 0x3F) }
        out += Array("\\u\(String(code, radix: 16))".utf8)
        rest = rest.dropFirst(3)
        continue
      }
      // Up to the next surrogate there may be, repaired.
      let end = rest.dropFirst().firstIndex(of: 0xED) ?? rest.endIndex
      let repaired = String(decoding: rest[..<end], as: UTF8.self)
      quoteValid(Array(repaired.utf8)[...], into: &out)
      rest = rest[end...]
    }
  }

  private static func quoteValid(_ bytes: ArraySlice<UInt8>, into out: inout [UInt8]) {
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
      case 0x0A: out += Array("\\n".utf8)
      case 0x0D: out += Array("\\r".utf8)
      case 0x09: out += Array("\\t".utf8)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        out += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: out.append(byte)
      }
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(Array(value.utf8)) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .real(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { JSONMember(key: Array($0.0.utf8), value: $0.1) })
  }
  public init(_ text: String) { self = .string(Array(text.utf8)) }
}
