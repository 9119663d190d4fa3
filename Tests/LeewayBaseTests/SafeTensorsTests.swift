import LeewayBase
import Testing

@Suite("Safetensors files")
struct SafeTensorsTests {
  @Test("What is written is read, whatever the shapes")
  func roundTrip() throws {
    try withFolder { folder in
      let path = folder + "/a.safetensors"
      let values: [Float] = [
        0, -0.0, 1.5, .infinity, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
      ]
      try SafeTensors.write(
        [("b", [2, 3], values), ("a \"é\"\n", [], [7]), ("empty", [0, 4], [])],
        metadata: ["format": "pt", "note": "\u{1F600}\0"], to: path)
      let file = try SafeTensors(path: path)
      #expect(file.metadata == ["format": "pt", "note": "\u{1F600}\0"])
      #expect(file.otherTensors.isEmpty)
      let tensors = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0) })
      #expect(tensors.keys.sorted() == ["a \"é\"\n", "b", "empty"])
      let b = try #require(tensors["b"])
      #expect(b.shape == [2, 3] && b.dtype == .f32 && b.count == 6)
      #expect(b.floats().map(\.bitPattern) == values.map(\.bitPattern))
      #expect(tensors["a \"é\"\n"]?.shape == [] && tensors["a \"é\"\n"]?.floats() == [7])
      #expect(tensors["empty"]?.shape == [0, 4] && tensors["empty"]?.floats() == [])
      // The same numbers give the same bytes.
      let first = try load(path)
      #expect((first.count - 7 * 4) % 8 == 0)
      try SafeTensors.write(
        [("b", [2, 3], values), ("a \"é\"\n", [], [7]), ("empty", [0, 4], [])],
        metadata: ["note": "\u{1F600}\0", "format": "pt"], to: path)
      #expect(try load(path) == first)
    }
  }

  @Test("Sixteen-bit numbers are widened exactly, at odd addresses too")
  func widening() throws {
    try withFolder { folder in
      let path = folder + "/odd.safetensors"
      // One byte first, so that what follows lies at an odd offset; a header of odd length too.
      var bytes = safetensors(
        #"{"m":\#(entry("BOOL", [1], 0, 1)),"h":\#(entry("F16", [3], 1, 7)),"#
          + #""b":\#(entry("BF16", [2], 7, 11)),"f":\#(entry("F32", [1], 11, 15))}"#)
      bytes += [1, 0x00, 0x3C, 0x01, 0x00, 0x00, 0xFC, 0x80, 0x3F, 0xC1, 0xFF, 0, 0, 0x40, 0x40]
      try save(bytes, path)
      let file = try SafeTensors(path: path)
      #expect(file.tensors.map(\.name) == ["h", "b", "f"])
      #expect(file.tensors[0].floats() == [1, 0x1p-24, -.infinity])
      #expect(file.tensors[1].floats()[0] == 1)
      #expect(file.tensors[1].floats()[1].isNaN)
      #expect(file.tensors[2].floats() == [3])
      #expect(file.otherTensors.map(\.name) == ["m"])
      #expect(file.otherTensors.map(\.dtype) == ["BOOL"])
    }
  }

  @Test("Every half becomes the float of the same value")
  func allHalves() throws {
    let bits = (0...UInt16.max).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    bits.withUnsafeBytes { bytes in
      for code in 0..<65536 {
        let wide = DType.bf16.widen(bytes, at: code)
        #expect(wide.bitPattern == UInt32(code) << 16)
        let half = DType.f16.widen(bytes, at: code)
        let (sign, exponent, fraction) = (code >> 15, code >> 10 & 31, code & 1023)
        let size: Double =
          exponent == 0
          ? Double(fraction) * 0x1p-24
          : Double(1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
        if exponent < 31 {
          #expect(Double(half) == (sign == 1 ? -size : size))
        } else {
          #expect(fraction == 0 ? half.isInfinite : half.isNaN)
        }
      }
    }
  }

  @Test("Smallest files")
  func smallest() throws {
    try withFolder { folder in
      let path = folder + "/x"
      try save(safetensors("{}"), path)
      #expect(try SafeTensors(path: path).tensors.isEmpty)
      try save(safetensors(#"{"a":\#(entry("F32", [0], 0, 0))}"#), path)
      #expect(try SafeTensors(path: path).tensors.map(\.count) == [0])
      try save(safetensors(#"{"__metadata__":{}}      "#), path)
      #expect(try SafeTensors(path: path).metadata == [:])
    }
  }

  struct Mistake: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var error: @Sendable (String) -> SafeTensorsError

    init(
      _ name: String, _ bytes: [UInt8], _ error: @escaping @Sendable (String) -> SafeTensorsError
    ) {
      (testDescription, self.bytes, self.error) = (name, bytes, error)
    }
  }

  private static let f32 = entry("F32", [1], 0, 4)
  private static let dtypes =
    "one of BF16, BOOL, C64, F16, F32, F64, F8_E4M3, F8_E5M2, F8_E8M0, I16, I32, I64, I8, U16,"
    + " U32, U64, U8"

  private static func bad(
    _ name: String, _ text: String, _ key: String, _ expected: String, data: Int = 4
  ) -> Mistake {
    Mistake(name, safetensors(#"{"a":\#(text)}"#, data: data)) {
      .badEntry(path: $0, tensor: "a", key: key, expected: expected)
    }
  }

  static let mistakes: [Mistake] = [
    Mistake("empty file", []) { .badHeaderLength(path: $0, length: .max, fileBytes: 0) },
    Mistake("seven bytes", [2, 0, 0, 0, 0, 0, 0]) {
      .badHeaderLength(path: $0, length: .max, fileBytes: 7)
    },
    Mistake("no header", [UInt8](repeating: 0, count: 8)) {
      .badHeaderLength(path: $0, length: 0, fileBytes: 8)
    },
    Mistake("a header longer than the file", [3, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8)) {
      .badHeaderLength(path: $0, length: 3, fileBytes: 10)
    },
    Mistake("a length of all ones", [UInt8](repeating: 255, count: 8) + Array("{}".utf8)) {
      .badHeaderLength(path: $0, length: .max, fileBytes: 10)
    },
    Mistake("a length beyond Int", [0, 0, 0, 0, 0, 0, 0, 128] + Array("{}".utf8)) {
      .badHeaderLength(path: $0, length: 1 << 63, fileBytes: 10)
    },
    Mistake("a header that is not JSON", safetensors("{x}")) {
      .json(.syntax(path: $0, line: 1, column: 2, expected: "a key in quotes"))
    },
    Mistake("a header that is a list", safetensors("[]")) {
      .badEntry(path: $0, tensor: "", key: "header", expected: "an object")
    },
    Mistake("a header with something behind it", safetensors("{} {}")) {
      .json(.syntax(path: $0, line: 1, column: 4, expected: "the end of the file"))
    },
    Mistake("a tensor twice", safetensors(#"{"a":\#(f32),"a":\#(f32)}"#, data: 4)) {
      .json(.duplicateKey(path: $0, line: 1, column: 55, key: "a"))
    },
    Mistake("metadata that is a number", safetensors(#"{"__metadata__":3}"#)) {
      .badEntry(path: $0, tensor: "__metadata__", key: "", expected: "an object of strings")
    },
    Mistake("metadata that holds a number", safetensors(#"{"__metadata__":{"k":3}}"#)) {
      .badEntry(path: $0, tensor: "__metadata__", key: "k", expected: "a string")
    },
    bad("an entry that is a list", "[]", "dtype", "a string"),
    bad("no dtype", #"{"shape":[1],"data_offsets":[0,4]}"#, "dtype", "a string"),
    bad("an unknown dtype", entry("F12", [1], 0, 4), "dtype", dtypes),
    bad("a dtype in small letters", entry("f32", [1], 0, 4), "dtype", dtypes),
    bad("no shape", #"{"dtype":"F32","data_offsets":[0,4]}"#, "shape", "a list of sizes"),
    bad("a negative size", entry("F32", [-1], 0, 4), "shape", "whole numbers from 0"),
    bad(
      "a size that is no whole number", #"{"dtype":"F32","shape":[0.5],"data_offsets":[0,4]}"#,
      "shape", "whole numbers from 0"),
    bad(
      "a size beyond Int", #"{"dtype":"F32","shape":[1e300],"data_offsets":[0,4]}"#, "shape",
      "whole numbers from 0"),
    bad(
      "sizes whose product overflows", entry("F32", [1 << 40, 1 << 40], 0, 4), "shape",
      "a size that memory can hold"),
    bad(
      "an empty tensor whose other sizes overflow", entry("F32", [0, 1 << 40, 1 << 40], 0, 0),
      "shape", "a size that memory can hold", data: 0),
    bad(
      "one offset", #"{"dtype":"F32","shape":[1],"data_offsets":[0]}"#, "data_offsets",
      "two whole numbers"),
    bad(
      "offsets that are strings", #"{"dtype":"F32","shape":[1],"data_offsets":["0","4"]}"#,
      "data_offsets", "two whole numbers"),
    Mistake("data that is cut", safetensors(#"{"a":\#(f32)}"#, data: 3)) {
      .outOfRange(path: $0, tensor: "a", begin: 0, end: 4, dataBytes: 3)
    },
    Mistake("a negative offset", safetensors(#"{"a":\#(entry("F32", [1], -4, 0))}"#, data: 4)) {
      .outOfRange(path: $0, tensor: "a", begin: -4, end: 0, dataBytes: 4)
    },
    Mistake("offsets turned round", safetensors(#"{"a":\#(entry("F32", [1], 4, 0))}"#, data: 4)) {
      .outOfRange(path: $0, tensor: "a", begin: 4, end: 0, dataBytes: 4)
    },
    Mistake(
      "an offset of 2^63 - 1", safetensors(#"{"a":\#(entry("F32", [1], 0, .max))}"#, data: 4)
    ) { .outOfRange(path: $0, tensor: "a", begin: 0, end: .max, dataBytes: 4) },
    Mistake("too few bytes", safetensors(#"{"a":\#(entry("F32", [2], 0, 4))}"#, data: 4)) {
      .wrongSize(path: $0, tensor: "a", expected: 8, found: 4)
    },
    Mistake(
      "tensors that overlap",
      safetensors(#"{"a":\#(entry("F32", [2], 0, 8)),"b":\#(entry("F32", [2], 4, 12))}"#, data: 12)
    ) { .overlap(path: $0, tensor: "b", other: "a") },
    Mistake(
      "the same bytes twice",
      safetensors(#"{"a":\#(f32),"b":\#(f32)}"#, data: 4)
    ) { .overlap(path: $0, tensor: "b", other: "a") },
    Mistake(
      "a hole between tensors",
      safetensors(#"{"a":\#(f32),"b":\#(entry("F32", [1], 8, 12))}"#, data: 12)
    ) { .hole(path: $0, at: 4) },
    Mistake("a hole before", safetensors(#"{"a":\#(entry("F32", [1], 4, 8))}"#, data: 8)) {
      .hole(path: $0, at: 0)
    },
    Mistake("bytes left over", safetensors(#"{"a":\#(f32)}"#, data: 9)) { .hole(path: $0, at: 4) },
  ]

  @Test("Mistakes are told apart", arguments: mistakes)
  func refused(_ mistake: Mistake) throws {
    try withFolder { folder in
      let path = folder + "/x.safetensors"
      try save(mistake.bytes, path)
      #expect(throws: mistake.error(path)) { try SafeTensors(path: path) }
    }
  }

  @Test("What is no file")
  func noFile() throws {
    try withFolder { folder in
      #expect(throws: SafeTensorsError.file(.notFound(path: folder + "/none"))) {
        try SafeTensors(path: folder + "/none")
      }
      #expect(throws: SafeTensorsError.file(.notAFile(path: folder))) {
        try SafeTensors(path: folder)
      }
    }
  }
}
