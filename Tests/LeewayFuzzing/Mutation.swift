import LeewayBase

/// Changes of bytes and of JSON that readers tend to fall over.
public enum Mutation {
  /// One change of a text of bytes, or a few.
  public static func bytes(_ seed: [UInt8], others: [[UInt8]], _ stream: inout NamedStream)
    -> [UInt8]
  {
    var bytes = seed
    repeat { change(&bytes, others, &stream) } while stream.below(2) == 0
    return bytes
  }

  private static func change(
    _ bytes: inout [UInt8], _ others: [[UInt8]], _ stream: inout NamedStream
  ) {
    let at = stream.below(bytes.count + 1)
    let length = min(stream.below(1 << stream.below(8)) + 1, bytes.count - at)
    switch stream.below(9) {
    case 0: if at < bytes.count { bytes[at] ^= 1 << UInt8(stream.below(8)) }
    case 1: if at < bytes.count { bytes[at] = UInt8(stream.below(256)) }
    case 2: bytes.removeSubrange(at..<at + length)
    case 3: bytes.insert(contentsOf: bytes[at..<at + length], at: stream.below(bytes.count + 1))
    case 4: bytes.removeLast(bytes.count - at)
    case 5:
      // The head of one and the tail of another.
      let other = others.isEmpty ? [] : others[stream.below(others.count)]
      bytes = Array(bytes[..<at] + other[stream.below(other.count + 1)...])
    case 6: bytes.insert(contentsOf: pick(tokens, &stream), at: at)
    case 7: number(&bytes, at, &stream)
    default:
      let count = 1 << stream.below(10)
      bytes.insert(contentsOf: (0..<count).flatMap { _ in bytes[at..<at + length] }, at: at)
    }
    if bytes.count > 1 << 18 { bytes.removeLast(bytes.count - 1 << 18) }
  }

  /// Puts another number in the place of the first after `at`.
  private static func number(_ bytes: inout [UInt8], _ at: Int, _ stream: inout NamedStream) {
    guard let start = bytes[at...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: Array(pick(numbers, &stream).utf8))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  public static func pick<T>(_ values: [T], _ stream: inout NamedStream) -> T {
    values[stream.below(values.count)]
  }

  private static let numbers = [
    "0", "1", "-1", "2", "3", "7", "255", "256", "65536", "2147483647", "2147483648", "4294967295",
    "4294967296", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
    "18446744073709551615", "18446744073709551616", "1152921504606846976", "1e400", "1e308", "-0",
    "0.5", "1e-400", "1e18", "1e19",
  ]

  private static let tokens: [[UInt8]] =
    ([
      "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\udc00", "null", "true", "-",
      "e", "1e400", "\u{FEFF}", "\0", "\u{10FFFF}", "\r\n", "[[[[", "{\"a\":", "\"\":",
    ] + numbers).map { Array($0.utf8) } + [[0xFF], [0xED, 0xA0, 0x80], [0xC0, 0x80]]

  // MARK: JSON

  /// One change of a tree or a few, more often near its root.
  public static func json(
    _ seed: JSONValue, words: [String], _ stream: inout NamedStream
  ) -> JSONValue {
    var value = seed
    repeat { value = changed(value, words, &stream) } while stream.below(2) == 0
    return value
  }

  private static func changed(
    _ value: JSONValue, _ words: [String], _ stream: inout NamedStream
  ) -> JSONValue {
    // Mostly down into a branch, if there is one.
    if stream.below(8) > 0 {
      switch value {
      case .array(var items) where !items.isEmpty:
        let index = stream.below(items.count)
        items[index] = changed(items[index], words, &stream)
        return .array(items)
      case .object(var members) where !members.isEmpty:
        let index = stream.below(members.count)
        members[index].value = changed(members[index].value, words, &stream)
        return .object(members)
      default: break
      }
    }
    switch value {
    case .array(var items) where stream.below(2) == 0:
      rearrange(&items, &stream) { stream in leaf(words, &stream) }
      return .array(items)
    case .object(var members) where stream.below(3) > 0:
      rearrange(&members, &stream) { stream in
        JSONMember(key: Array(pick(words, &stream).utf8), value: leaf(words, &stream))
      }
      return .object(members)
    case .bool(let flag) where stream.below(2) == 0: return .bool(!flag)
    case .integer(let number) where stream.below(2) == 0:
      return .integer(number &+ pick([-1, 1, 2, 100, 1 << 33, .min], &stream))
    case .string(let text) where stream.below(2) == 0:
      return .string(bytes(text, others: words.map { Array($0.utf8) }, &stream))
    default: return leaf(words, &stream)
    }
  }

  private static func rearrange<Item>(
    _ items: inout [Item], _ stream: inout NamedStream, new: (inout NamedStream) -> Item
  ) {
    guard !items.isEmpty else { return items.append(new(&stream)) }
    let (a, b) = (stream.below(items.count), stream.below(items.count))
    switch stream.below(5) {
    case 0: items.remove(at: a)
    case 1: items.append(items[a])
    case 2: items.swapAt(a, b)
    case 3: items[a] = items[b]
    default: items.insert(new(&stream), at: a)
    }
  }

  private static func leaf(_ words: [String], _ stream: inout NamedStream) -> JSONValue {
    switch stream.below(9) {
    case 0: .null
    case 1: .bool(stream.below(2) == 0)
    case 2: .integer(pick(integers, &stream))
    case 3: .real(pick([0.5, -0.0, 1e18, 1e19, 1e300, -1e300, 0x1p63, 3], &stream))
    case 4: .array([])
    case 5: .object([])
    case 6: .array((0..<stream.below(4)).map { _ in .integer(pick(integers, &stream)) })
    case 7: .string(bytes(Array(pick(words, &stream).utf8), others: [], &stream))
    default: .string(Array(pick(words, &stream).utf8))
    }
  }

  private static let integers = [
    0, 1, -1, 2, 4, 255, 256, 1 << 20, 1 << 28, 1 << 31, (1 << 31) - 1, 1 << 32, 1 << 60,
    (1 << 62) + 1, .max, .min,
  ]
}
