import CLeewayKernels

/// The nonlinearity of a feed-forward layer.
public enum Activation: String, Sendable, Hashable, CaseIterable {
  case silu
  /// `0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))`
  case geluTanh = "gelu_tanh"
  /// `0.5 x (1 + erf(x / sqrt(2)))`
  case geluErf = "gelu_erf"
  case relu

  /// The C kernels' number for it.
  var code: Int32 {
    switch self {
    case .silu: Int32(LW_SILU)
    case .geluTanh: Int32(LW_GELU_TANH)
    case .geluErf: Int32(LW_GELU_ERF)
    case .relu: Int32(LW_RELU)
    }
  }
}
