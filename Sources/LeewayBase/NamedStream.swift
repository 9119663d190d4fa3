#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Random numbers known by a name: the only source of chance in Leeway.
///
/// xoshiro256** (Blackman and Vigna 2018), seeded by SHA-256 of the names.
public struct NamedStream: RandomNumberGenerator, Sendable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  public init(_ names: String...) { self.init(names: names) }

  public init(names: [String]) {
    var bytes: [UInt8] = []
    for name in names {
      let text = Array(name.utf8)
      withUnsafeBytes(of: UInt64(text.count).littleEndian) { bytes += $0 }
      bytes += text
    }
    let digest = ContentHash.digest(bytes)
    func word(_ index: Int) -> UInt64 {
      digest[index * 8..<index * 8 + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    (s0, s1, s2, s3) = (word(0), word(1), word(2), word(3))
  }

  public mutating func next() -> UInt64 {
    func rotate(_ x: UInt64, _ by: UInt64) -> UInt64 { x << by | x >> (64 - by) }
    let result = rotate(s1 &* 5, 7) &* 9
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = rotate(s3, 45)
    return result
  }

  /// In [0, 1), 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Standard normal.
  public mutating func normal() -> Double { normalPair().0 }

  /// Two standard normal numbers at the price of one (Marsaglia's polar method).
  public mutating func normalPair() -> (Double, Double) {
    while true {
      let x = 2 * uniform() - 1
      let y = 2 * uniform() - 1
      let s = x * x + y * y
      if s > 0, s < 1 {
        let scale = (-2 * log(s) / s).squareRoot()
        return (x * scale, y * scale)
      }
    }
  }

  /// In 0..<count, without bias (Lemire 2019).
  public mutating func below(_ count: Int) -> Int {
    let bound = UInt64(count)
    let threshold = (0 &- bound) % bound
    while true {
      let product = next().multipliedFullWidth(by: bound)
      if product.low >= threshold { return Int(product.high) }
    }
  }

  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    for index in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(index, below(index + 1))
    }
  }
}
