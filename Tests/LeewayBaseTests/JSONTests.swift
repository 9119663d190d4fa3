import LeewayBase
import Testing

@Suite("JSON")
struct JSONTests {
  private func parse(_ text: String) throws -> JSONValue { try parse(Array(text.utf8)) }
  private func parse(_ bytes: [UInt8]) throws -> JSONValue {
    try JSONValue.parse(bytes, path: "j")
  }

  private func fails(
    _ text: String, _ line: Int, _ column: Int, _ expected: String,
    at place: SourceLocation = #_sourceLocation
  ) {
    fails(Array(text.utf8), line, column, expected, at: place)
  }

  private func fails(
    _ bytes: [UInt8], _ line: Int, _ column: Int, _ expected: String,
    at place: SourceLocation = #_sourceLocation
  ) {
    #expect(
      throws: JSONError.syntax(path: "j", line: line, column: column, expected: expected),
      sourceLocation: place
    ) { try parse(bytes) }
  }

  @Test("Values")
  func values() throws {
    #expect(try parse(" \t\r\n null ") == .null)
    #expect(try parse("true") == .bool(true))
    #expect(try parse("[]") == .array([]))
    #expect(try parse("{ }") == .object([]))
    #expect(try parse("\u{FEFF}[1]") == [1])
    #expect(
      try parse(#"{"b":[1,2.5,{}],"a":null}"#)
        == .object([
          JSONMember(key: Array("b".utf8), value: [1, 2.5, .object([])]),
          JSONMember(key: Array("a".utf8), value: .null),
        ]))
  }

  @Test("Numbers")
  func numbers() throws {
    #expect(try parse("0") == .integer(0))
    #expect(try parse("-0") == .integer(0))
    #expect(try parse("9223372036854775807") == .integer(.max))
    #expect(try parse("-9223372036854775808") == .integer(.min))
    #expect(try parse("9223372036854775808") == .real(0x1p63))
    #expect(try parse("18446744073709551616") == .real(0x1p64))
    #expect(try parse("18446744073709551616").int == nil)
    #expect(try parse("1e3").int == 1000)
    #expect(try parse("1.5").int == nil)
    #expect(try parse("-9223372036854775808.0").int == .min)
    #expect(try parse("9223372036854775808").int == nil)
    #expect(try parse("5e-324").double == .leastNonzeroMagnitude)
    #expect(try parse("1e-400").double == 0)
    #expect(try parse("0.1e+1").double == 1)
    fails("1e400", 1, 1, "a number that 64 bits hold")
    fails("[-1e400]", 1, 2, "a number that 64 bits hold")
    fails("01", 1, 2, "the end of the file")
    fails("-", 1, 2, "a digit")
    fails("+1", 1, 1, "a value")
    fails("1.", 1, 3, "a digit")
    fails(".5", 1, 1, "a value")
    fails("1e", 1, 3, "a digit")
    fails("1e+", 1, 4, "a digit")
    fails("0x10", 1, 2, "the end of the file")
    fails("NaN", 1, 1, "a value")
    fails("Infinity", 1, 1, "a value")
  }

  @Test("Strings are bytes")
  func strings() throws {
    #expect(try parse(#""\"\\\/\b\f\n\r\t""#).bytes == Array("\"\\/\u{8}\u{c}\n\r\t".utf8))
    #expect(try parse(#""\u0000\u0041\u00e9\u20AC""#).text == "\0A\u{e9}\u{20ac}")
    #expect(try parse(#""\ud83d\ude00""#).text == "\u{1F600}")
    #expect(try parse(#""\uD83D\uDE00""#).text == "\u{1F600}")
    #expect(try parse("\"\u{1F600}\u{7f}\"").text == "\u{1F600}\u{7f}")
    // Composed and decomposed are two strings here.
    #expect(try parse("\"\u{e9}\"") != parse("\"e\u{301}\""))
    // Lone surrogates keep their three bytes, so that different spellings stay different.
    #expect(try parse(#""\ud800""#).bytes == [0xED, 0xA0, 0x80])
    #expect(try parse(#""\udfff\ud800""#).bytes == [0xED, 0xBF, 0xBF, 0xED, 0xA0, 0x80])
    #expect(try parse(#""\ud800\u0041""#).bytes == [0xED, 0xA0, 0x80, 0x41])
    #expect(
      try parse(#""\ud800\ud83d\ude00""#).bytes == [0xED, 0xA0, 0x80, 0xF0, 0x9F, 0x98, 0x80])
    fails("\"a", 1, 3, "'\"'")
    fails(#""\""#, 1, 4, "'\"'")
    fails(#""\x41""#, 1, 3, #"one of \" \\ \/ \b \f \n \r \t \u"#)
    fails(#""\u12""#, 1, 6, "four hexadecimal digits")
    fails(#""\u12G4""#, 1, 6, "four hexadecimal digits")
    fails(#""\ud800\u12""#, 1, 12, "four hexadecimal digits")
    fails("\"a\u{1}\"", 1, 3, "no control character inside a string")
    fails("\"a\nb\"", 1, 3, "no control character inside a string")
  }

  @Test(
    "Bytes that are not UTF-8 are refused",
    arguments: [
      [0x80], [0xC3], [0xC3, 0x28], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80],
      [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80], [0xFF],
    ] as [[UInt8]])
  func invalid(_ bytes: [UInt8]) {
    fails([0x22, 0x61] + bytes + [0x22], 1, 3, "UTF-8")
    fails(Array(#"{""#.utf8) + bytes + Array(#"":1}"#.utf8), 1, 3, "UTF-8")
    fails([0x22, 0x61] + bytes, 1, 3, "UTF-8")
    fails(bytes, 1, 1, "a value")
  }

  @Test("Structure")
  func structure() {
    fails("", 1, 1, "a value")
    fails("\u{FEFF}", 1, 4, "a value")
    fails("{} x", 1, 4, "the end of the file")
    fails("[1,]", 1, 4, "a value")
    fails("[1 2]", 1, 4, "',' or ']'")
    fails("[", 1, 2, "a value")
    fails("{1:2}", 1, 2, "a key in quotes")
    fails(#"{"a" 1}"#, 1, 6, "':'")
    fails(#"{"a":1,}"#, 1, 8, "a key in quotes")
    fails("[\n 1,\n  tru]", 3, 6, "true")
    fails("nul", 1, 4, "null")
    fails("[1]\0", 1, 4, "the end of the file")
    #expect(throws: JSONError.duplicateKey(path: "j", line: 2, column: 2, key: "a")) {
      try parse("{\"a\":1,\n \"\\u0061\":2}")
    }
  }

  @Test("Nesting is limited, not the stack's end")
  func depth() throws {
    let deep = String(repeating: "[", count: 256)
    #expect(try parse(deep + String(repeating: "]", count: 256)) != .null)
    #expect(throws: JSONError.tooDeep(path: "j", line: 1, column: 257, limit: 256)) {
      try parse(deep + "[" + String(repeating: "]", count: 257))
    }
    for text in ["[", "{\"a\":", "[{\"a\":["] {
      #expect(throws: JSONError.self) { try parse(String(repeating: text, count: 1_000_000)) }
    }
  }

  @Test("Numbers are asked for without a trap")
  func asking() {
    #expect(JSONValue.real(1e300).int == nil)
    #expect(JSONValue.real(-1e300).int == nil)
    #expect(JSONValue.real(.nan).int == nil)
    #expect(JSONValue.real(.infinity).int == nil)
    #expect(JSONValue.real(0x1p63).int == nil)
    #expect(JSONValue.integer(.max).double == 0x1p63)
    #expect(JSONValue.null["a"] == nil)
  }

  @Test("One spelling for each value")
  func canonical() throws {
    let value: JSONValue = [
      "b": [1, 2.5, 1e20, -0.0, .real(3), .null, true], "a": "q\"\\\n\u{1}\u{7f}é\u{1F600}",
      "B": .object([]),
    ]
    let text =
      #"{"B":{},"a":"q\"\\\n\u0001\#u{7f}é\#u{1F600}","b":[1,2.5,1e+20,0,3,null,true]}"#
    #expect(value.canonicalText == text)
    #expect(try parse(text).canonicalText == text)
    #expect(JSONValue.real(.nan).canonicalText == "null")
    #expect(JSONValue.real(-.infinity).canonicalText == "null")
  }

  @Test("What is written can be read, surrogates and broken bytes included")
  func roundTrip() throws {
    for text in [#""\ud800""#, #""a\udc00\ud7ff\ud800b""#, "\"\u{d55c}\u{ac00}\"", #""\ud800é""#] {
      let value = try parse(text)
      #expect(try parse(value.canonicalBytes) == value)
    }
    #expect(JSONValue.string([0xED, 0xA0, 0x80, 0x41]).canonicalText == #""\ud800A""#)
    #expect(JSONValue.string([0x41, 0xFF, 0x42]).canonicalText == "\"A\u{FFFD}B\"")
    #expect(JSONValue.string([0xED]).canonicalText == "\"\u{FFFD}\"")
    #expect(JSONValue.string([0xED, 0xA0]).canonicalText.unicodeScalars.contains("\u{FFFD}"))
    var stream = NamedStream("json", "numbers")
    for _ in 0..<2000 {
      let number = Double(bitPattern: stream.next())
      guard number.isFinite else { continue }
      #expect(try parse(JSONValue.real(number).canonicalBytes).double == number)
    }
  }
}
