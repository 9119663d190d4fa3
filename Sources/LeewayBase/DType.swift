/// The number formats that checkpoints store.
///
/// The quantised ones hold blocks of small whole numbers that share scales, laid out as in llama.cpp:
/// a number is `scale * q + offset` (in the IQ4 formats `q` is one of sixteen, by its index), and every
/// format here makes that one rounding at most.
public enum DType: String, Sendable, Hashable, Codable, CaseIterable {
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case q40 = "Q4_0"
  case q41 = "Q4_1"
  case q50 = "Q5_0"
  case q51 = "Q5_1"
  case q80 = "Q8_0"
  case iq4NL = "IQ4_NL"
  case q2K = "Q2_K"
  case q3K = "Q3_K"
  case q4K = "Q4_K"
  case q5K = "Q5_K"
  case q6K = "Q6_K"
  case iq4XS = "IQ4_XS"

  /// One number after the other.
  public static let plain: [DType] = [.f32, .f16, .bf16]
  public var isPlain: Bool { blockNumbers == 1 }

  /// Numbers that stand or fall together.
  public var blockNumbers: Int {
    switch self {
    case .f32, .f16, .bf16: 1
    case .q40, .q41, .q50, .q51, .q80, .iq4NL: 32
    case .q2K, .q3K, .q4K, .q5K, .q6K, .iq4XS: 256
    }
  }

  /// Bytes of one block.
  public var blockBytes: Int {
    switch self {
    case .f32: 4
    case .f16, .bf16: 2
    case .q40, .iq4NL: 2 + 16
    case .q41: 4 + 16
    case .q50: 2 + 4 + 16
    case .q51: 4 + 4 + 16
    case .q80: 2 + 32
    case .q2K: 16 + 64 + 4
    case .q3K: 32 + 64 + 12 + 2
    case .q4K: 4 + 12 + 128
    case .q5K: 4 + 12 + 32 + 128
    case .q6K: 128 + 64 + 16 + 2
    case .iq4XS: 2 + 2 + 4 + 128
    }
  }

  /// Where a block has its numbers in half precision, by which all others are multiplied.
  package var halves: [Int] {
    switch self {
    case .f32, .bf16: []
    case .f16, .q40, .q50, .q80, .iq4NL, .iq4XS: [0]
    case .q41, .q51, .q4K, .q5K: [0, 2]
    case .q2K: [80, 82]
    case .q3K: [108]
    case .q6K: [208]
    }
  }

  /// Bytes of one number of a plain format.
  public var width: Int {
    precondition(isPlain, "numbers of a block have no bytes of their own")
    return blockBytes
  }

  /// Bytes of whole blocks.
  public func bytes(of count: Int) -> Int { count / blockNumbers * blockBytes }
}
