import Foundation
import LeewayBase
import Testing

/// Blocks and metadata that the reference's own library wrote; see Tools/gguf_golden.py.
@Suite("GGUF") struct GGUFTests {
  static let golden =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Golden/blocks.gguf"
  static let quantised = DType.allCases.filter { !$0.isPlain }

  @Test(arguments: quantised) func blocksMeanWhatTheReferenceReads(type: DType) throws {
    let file = try GGUF(path: Self.golden)
    let blocks = try #require(file.tensors.first { $0.name == "blocks.\(type.rawValue)" })
    let expected = try #require(file.tensors.first { $0.name == "expected.\(type.rawValue)" })
    #expect(blocks.dtype == type && blocks.shape == [3, 512] && blocks.count == 1536)
    let (found, wanted) = (blocks.floats(), expected.floats())
    #expect(found == wanted)
    #expect(Set(found.map(\.bitPattern)).count > 100)
    // Rows are whole blocks, so any of them reads alone.
    let row = blocks.withBytes { bytes in
      [Float](unsafeUninitializedCapacity: 512) { out, count in
        type.widen(bytes, first: 512, into: UnsafeMutableBufferPointer(rebasing: out[..<512]))
        count = 512
      }
    }
    #expect(row == Array(wanted[512..<1024]))
    #expect(blocks.slice(1, name: "row")?.floats() == row)
    #expect(blocks.slice(3, name: "none") == nil)
  }

  @Test func everyTypeOfMetadataIsRead() throws {
    let file = try GGUF(path: Self.golden)
    #expect(file.version == 3 && file.alignment == 32)
    #expect(file["general.architecture"]?.text == "none")
    let ints = [
      "u8": 200, "i8": -100, "u16": 60000, "i16": -30000, "u32": 4_000_000_000,
      "i32": -2_000_000_000, "i64": -(1 << 62),
    ]
    for (key, value) in ints { #expect(file["test.\(key)"]?.int == value, "\(key)") }
    guard case .u64(let large) = file["test.u64"] else { return #expect(Bool(false), "u64") }
    #expect(large == 1 << 63 && file["test.u64"]?.int == nil)
    #expect(file["test.f32"]?.double == Double(Float(0.1)))
    #expect(file["test.f64"]?.double == 0.1)
    #expect(file["test.bool"]?.bool == true)
    #expect(file["test.string"]?.text == "caracara ✓")
    #expect(
      file["test.strings"]?.array?.strings == ["owl", "", "falcon ✓"].map { Array($0.utf8) })
    #expect(file["test.ints"]?.array?.ints == [3, -4, 5])
    #expect(file["test.floats"]?.array?.floats == [0.5, -2])
    #expect(file["test.floats"]?.array?.strings == nil)
    #expect(file["none"] == nil)
  }

  @Test func whatIsWrittenReadsBack() throws {
    try withFolder { folder in
      let path = folder + "/x.gguf"
      try GGUF.write(
        [
          .init(name: "a", shape: [2, 3], values: [1, 2, 3, 4, 5, 6]),
          .init(name: "b", shape: [3], dtype: .bf16, bytes: DType.bf16.narrow([1, 2, 3])),
          .init(name: "c", shape: [1, 32], dtype: .q80, bytes: [0, 0x3c] + Array(1...32)),
        ],
        metadata: [
          ("k", .string("v")), ("n", .u32(7)), ("f", .f32(0.25)), ("t", .bool(true)),
          ("l", .strings(["x", "yy"])), ("d", .floats([1, 2])), ("i", .ints([-1, 1])),
        ], to: path)
      let file = try GGUF(path: path)
      #expect(file.keys == ["k", "n", "f", "t", "l", "d", "i"])
      #expect(file["n"]?.int == 7 && file["f"]?.double == 0.25 && file["t"]?.bool == true)
      #expect(file["l"]?.array?.strings?.count == 2 && file["i"]?.array?.ints == [-1, 1])
      #expect(file.tensors.map(\.name) == ["a", "b", "c"])
      #expect(file.tensors.map(\.shape) == [[2, 3], [3], [1, 32]])
      #expect(file.tensors[0].floats() == [1, 2, 3, 4, 5, 6])
      #expect(file.tensors[1].floats() == [1, 2, 3])
      #expect(file.tensors[2].floats() == (1...32).map { Float($0) })
      #expect(file.tensors.allSatisfy { $0.firstNotFinite == nil })
    }
  }

  @Test(arguments: quantised) func aScaleThatIsNoNumberIsFound(type: DType) throws {
    try withFolder { folder in
      let path = folder + "/x.gguf"
      #expect(!type.halves.isEmpty)
      for half in type.halves {
        var bytes = [UInt8](repeating: 0, count: 3 * type.blockBytes)
        bytes[2 * type.blockBytes + half + 1] = 0x7c
        try GGUF.write(
          [.init(name: "w", shape: [3, type.blockNumbers], dtype: type, bytes: bytes)],
          metadata: [], to: path)
        #expect(try GGUF(path: path).tensors[0].firstNotFinite == 2 * type.blockNumbers)
      }
    }
  }

  /// The search goes in stretches: the first is found wherever it lies, and only where one looks.
  @Test(arguments: [DType.f32, .bf16, .f16])
  func theFirstThatIsNoNumberIsFound(type: DType) throws {
    let size = type.blockBytes
    for place in [0, 1, 4095, 4096, 9000, 9999] {
      try withFolder { folder in
        let path = folder + "/x.gguf"
        var bytes = [UInt8](repeating: 0x11, count: 10_000 * size)
        for index in [place, 9999] {
          // Little-endian: the exponent is in the last byte, and one bit of bf16's and f32's before.
          bytes[index * size + size - 1] = 0x7f
          bytes[index * size + size - 2] = 0x80
        }
        try GGUF.write(
          [.init(name: "w", shape: [10_000], dtype: type, bytes: bytes)], metadata: [], to: path)
        let tensor = try GGUF(path: path).tensors[0]
        #expect(tensor.firstNotFinite == place)
        #expect(tensor.firstNotFinite(in: place..<10_000) == place)
        #expect(tensor.firstNotFinite(in: 0..<place) == nil)
        #expect(tensor.firstNotFinite(in: min(place + 1, 9999)..<10_000) == 9999)
      }
    }
  }

  // MARK: Refusals

  /// A header in parts, so that one of them can be wrong.
  struct Parts {
    var magic = Array("GGUF".utf8)
    var version: UInt32 = 3
    var tensors: UInt64 = 1
    var pairs: UInt64 = 1
    var key = Self.text("k") + Self.le(UInt32(4)) + Self.le(UInt32(7))
    var name = Self.text("w")
    var sizes: [UInt64] = [32, 2]
    var type: UInt32 = 8
    var offset: UInt64 = 0
    var data = 68

    static func le<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    static func text(_ text: String) -> [UInt8] { le(UInt64(text.utf8.count)) + Array(text.utf8) }

    var bytes: [UInt8] {
      var out = magic + Self.le(version) + Self.le(tensors) + Self.le(pairs) + key + name
      out += Self.le(UInt32(sizes.count)) + sizes.flatMap(Self.le) + Self.le(type)
      out += Self.le(offset)
      while out.count % 32 != 0 { out.append(0) }
      return out + [UInt8](repeating: 0, count: data)
    }
  }

  private func refusal(_ change: (inout Parts) -> Void) throws -> GGUFError? {
    var parts = Parts()
    change(&parts)
    return try withFolder { folder in
      let path = folder + "/x.gguf"
      try save(parts.bytes, path)
      do { _ = try GGUF(path: path) } catch let error as GGUFError { return error }
      return nil
    }
  }

  @Test func theUnchangedHeaderIsRead() throws { #expect(try refusal { _ in } == nil) }

  @Test func refusalsSayWhatAndWhere() throws {
    func expect(
      _ found: GGUFError?, place: SourceLocation = #_sourceLocation, is: (GGUFError) -> Bool
    ) {
      #expect(found.map(`is`) == true, "\(String(describing: found))", sourceLocation: place)
    }
    expect(try refusal { $0.magic = Array("GGML".utf8) }) {
      if case .notGGUF = $0 { true } else { false }
    }
    for version: UInt32 in [0, 1, 4, UInt32(3).byteSwapped] {
      expect(try refusal { $0.version = version }) {
        if case .unsupportedVersion(_, version) = $0 { true } else { false }
      }
    }
    for count: UInt64 in [1 << 40, .max, .max / 24 + 1] {
      expect(try refusal { $0.tensors = count }) {
        if case .cutShort(_, "tensor_count", _, _) = $0 { true } else { false }
      }
      expect(try refusal { $0.pairs = count }) {
        if case .cutShort(_, "metadata_kv_count", _, _) = $0 { true } else { false }
      }
      // A list of texts that the file cannot hold.
      expect(
        try refusal {
          $0.key = Parts.text("k") + Parts.le(UInt32(9)) + Parts.le(UInt32(8)) + Parts.le(count)
        }
      ) { if case .cutShort(_, "k", _, _) = $0 { true } else { false } }
      expect(try refusal { $0.key = Parts.text("k") + Parts.le(UInt32(8)) + Parts.le(count) }) {
        if case .cutShort(_, "k", count, _) = $0 { true } else { false }
      }
      expect(try refusal { $0.sizes = [count, 2] }) {
        if case .wrongValue(_, "tensor w", _, "\(count)") = $0 { true } else { false }
      }
    }
    expect(try refusal { $0.key = Parts.text("k") + Parts.le(UInt32(13)) + [0, 0, 0, 0] }) {
      if case .wrongValue(_, "k", _, "13") = $0 { true } else { false }
    }
    expect(
      try refusal {
        $0.pairs = 2
        $0.key += $0.key
      }
    ) {
      if case .duplicate(_, "k") = $0 { true } else { false }
    }
    expect(
      try refusal {
        $0.key = Parts.text("general.alignment") + Parts.le(UInt32(4)) + Parts.le(UInt32(24))
      }
    ) { if case .wrongValue(_, "general.alignment", _, "24") = $0 { true } else { false } }
    // Lists in lists without end.
    expect(
      try refusal {
        $0.key = Parts.text("k") + Parts.le(UInt32(9))
        for _ in 0..<9 { $0.key += Parts.le(UInt32(9)) + Parts.le(UInt64(1)) }
      }
    ) { if case .wrongValue(_, "k", _, _) = $0 { true } else { false } }
    expect(try refusal { $0.name = Parts.text("") }) {
      if case .wrongValue(_, "tensor 0", _, _) = $0 { true } else { false }
    }
    expect(try refusal { $0.name = Parts.le(UInt64(1)) + [0xFF] }) {
      if case .wrongValue(_, "tensor 0", _, _) = $0 { true } else { false }
    }
    expect(try refusal { $0.sizes = [31, 2] }) {
      if case .wrongValue(_, "tensor w", _, "31") = $0 { true } else { false }
    }
    expect(try refusal { $0.sizes = [32, 1, 1, 1, 1] }) {
      if case .wrongValue(_, "tensor w", _, "5") = $0 { true } else { false }
    }
    for type: UInt32 in [4, 5, 99] {
      expect(try refusal { $0.type = type }) {
        if case .wrongValue(_, "tensor w", _, "\(type)") = $0 { true } else { false }
      }
    }
    expect(try refusal { $0.offset = 32 }) {
      if case .misplaced(_, "w", 0, 32) = $0 { true } else { false }
    }
    expect(try refusal { $0.data = 67 }) {
      if case .outOfRange(_, "w", 0, 68, 67) = $0 { true } else { false }
    }
    expect(try refusal { $0.data = 132 }) {
      if case .trailing(_, _, 64) = $0 { true } else { false }
    }
    #expect(throws: GGUFError.file(.notFound(path: "/none"))) { try GGUF(path: "/none") }
  }

  /// Every shorter file is refused, and nothing reads past its end.
  @Test func cutFilesAreRefused() throws {
    let whole = Parts().bytes
    try withFolder { folder in
      let path = folder + "/x.gguf"
      for count in 0..<whole.count {
        try save(Array(whole[..<count]), path)
        #expect(throws: GGUFError.self, "\(count) bytes") { try GGUF(path: path) }
      }
    }
  }
}
