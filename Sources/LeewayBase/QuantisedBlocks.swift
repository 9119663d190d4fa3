/// What stands in the blocks of the quantised formats, as llama.cpp lays them out.
extension DType {
  /// Elements `first ..< first + out.count` of little-endian numbers, widened to 32 bits. In quantised
  /// formats both ends lie between blocks.
  public func widen(
    _ bytes: UnsafeRawBufferPointer, first: Int, into out: UnsafeMutableBufferPointer<Float>
  ) {
    if isPlain {
      for index in out.indices { out[index] = widen(bytes, at: first + index) }
      return
    }
    let numbers = blockNumbers
    precondition(first % numbers == 0 && out.count % numbers == 0, "whole blocks")
    for block in 0..<out.count / numbers {
      let at = (first / numbers + block) * blockBytes
      widenBlock(
        UnsafeRawBufferPointer(rebasing: bytes[at..<at + blockBytes]),
        into: UnsafeMutableBufferPointer(rebasing: out[block * numbers..<(block + 1) * numbers]))
    }
  }

  private func widenBlock(
    _ block: UnsafeRawBufferPointer, into out: UnsafeMutableBufferPointer<Float>
  ) {
    func half(_ offset: Int) -> Float {
      Float(block.loadUnaligned(fromByteOffset: offset, as: Float16.self))
    }
    /// Numbers `range` of the block from the whole numbers that `q` tells.
    func fill(_ range: Range<Int>, _ scale: Float, _ offset: Float, _ q: (Int) -> Int) {
      for index in range { out[index] = offset.addingProduct(scale, Float(q(index))) }
    }
    /// 16 bytes hold 32 numbers: low halves first.
    func nibble(_ offset: Int, _ index: Int) -> Int {
      let byte = Int(block[offset + index % 16])
      return index < 16 ? byte & 15 : byte >> 4
    }
    /// Bit `index` of 32.
    func bit(_ offset: Int, _ index: Int) -> Int {
      Int(block[offset + index / 8]) >> (index % 8) & 1
    }

    let whole = 0..<32
    switch self {
    case .q40: fill(whole, half(0), 0) { nibble(2, $0) - 8 }
    case .q41: fill(whole, half(0), half(2)) { nibble(4, $0) }
    case .q50: fill(whole, half(0), 0) { nibble(6, $0) + bit(2, $0) << 4 - 16 }
    case .q51: fill(whole, half(0), half(2)) { nibble(8, $0) + bit(4, $0) << 4 }
    case .q80: fill(whole, half(0), 0) { Int(Int8(bitPattern: block[2 + $0])) }
    case .iq4NL: fill(whole, half(0), 0) { Self.sixteen[nibble(2, $0)] }
    case .iq4XS:
      let scale = half(0)
      for part in 0..<8 {
        let low = Int(block[4 + part / 2]) >> (part % 2 * 4) & 15
        let high = Int(block[2 + part / 4]) >> (part % 4 * 2) & 3
        let share = Float(low + high << 4 - 32)
        fill(part * 32..<part * 32 + 32, scale * share, 0) { index in
          Self.sixteen[nibble(8 + 16 * part, index % 32)]
        }
      }
    case .q2K:
      let (scale, least) = (half(80), half(82))
      for part in 0..<16 {
        let shares = Int(block[part])
        fill(
          part * 16..<part * 16 + 16, scale * Float(shares & 15), -(least * Float(shares >> 4))
        ) { Self.quarter(block, from: 16, $0) }
      }
    case .q3K:
      let scale = half(108)
      for part in 0..<16 {
        let low = Int(block[96 + part % 8]) >> (part / 8 * 4) & 15
        let high = Int(block[104 + part % 4]) >> (part / 4 * 2) & 3
        fill(part * 16..<part * 16 + 16, scale * Float(low + high << 4 - 32), 0) { index in
          let third = Int(block[index % 32]) >> (index / 32) & 1
          return Self.quarter(block, from: 32, index) + third << 2 - 4
        }
      }
    case .q4K, .q5K:
      let five = self == .q5K
      let (scale, least) = (half(0), half(2))
      for part in 0..<8 {
        let (share, drop) = Self.shares(block, part)
        fill(part * 32..<part * 32 + 32, scale * Float(share), -(least * Float(drop))) { index in
          let byte = Int(block[(five ? 48 : 16) + part / 2 * 32 + index % 32])
          let low = part % 2 == 0 ? byte & 15 : byte >> 4
          return five ? low + (Int(block[16 + index % 32]) >> part & 1) << 4 : low
        }
      }
    case .q6K:
      let scale = half(208)
      for part in 0..<16 {
        let share = Float(Int8(bitPattern: block[192 + part]))
        fill(part * 16..<part * 16 + 16, scale * share, 0) { index in
          let (side, within) = (index / 128, index % 128)
          let byte = Int(block[side * 64 + within % 64])
          let low = within < 64 ? byte & 15 : byte >> 4
          let high = Int(block[128 + side * 32 + within % 32]) >> (within / 32 * 2) & 3
          return low + high << 4 - 32
        }
      }
    case .f32, .f16, .bf16: break
    }
  }

  /// The sixteen numbers of the IQ4 formats, denser around zero.
  private static let sixteen = [
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
  ]

  /// Two bits of each of 256 numbers: a byte holds those of four that lie 32 apart.
  private static func quarter(
    _ block: UnsafeRawBufferPointer, from offset: Int, _ index: Int
  ) -> Int {
    Int(block[offset + index / 128 * 32 + index % 32]) >> (index % 128 / 32 * 2) & 3
  }

  /// Six bits of scale and six of offset for each of eight parts, in twelve bytes from the fourth.
  private static func shares(_ block: UnsafeRawBufferPointer, _ part: Int) -> (Int, Int) {
    func byte(_ index: Int) -> Int { Int(block[4 + index]) }
    if part < 4 { return (byte(part) & 63, byte(part + 4) & 63) }
    return (
      byte(part + 4) & 15 | (byte(part - 4) >> 6) << 4,
      byte(part + 4) >> 4 | (byte(part) >> 6) << 4
    )
  }
}
