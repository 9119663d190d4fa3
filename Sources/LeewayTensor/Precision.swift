/// How products are formed.
public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
  /// Every output is one strictly sequential chain of f32 fused multiply-adds: the same bits on
  /// every processor, in every batch, on any number of threads.
  case exact
  /// bf16 weights meet activations rounded to bf16 where the processor has the instruction, and so
  /// do f16 and quantised weights, rounded too, where there is more than one row; the same as exact
  /// elsewhere and for f32 weights.
  case fast
}
