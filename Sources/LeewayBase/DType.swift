/// The number formats that checkpoints store.
public enum DType: String, Sendable, Hashable, Codable, CaseIterable {
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"

  /// Bytes of one number.
  public var width: Int { self == .f32 ? 4 : 2 }
}
