import LeewayBase
import LeewayTensor

extension RotaryScaling {
  /// `rope_scaling` of a configuration that needs it.
  var written: JSONValue? {
    switch self {
    case .none: nil
    case .linear(let factor): ["rope_type": "linear", "factor": .real(factor.asWritten)]
    case .llama3(let factor, let low, let high, let original):
      [
        "rope_type": "llama3", "factor": .real(factor.asWritten),
        "low_freq_factor": .real(low.asWritten), "high_freq_factor": .real(high.asWritten),
        "original_max_position_embeddings": .real(original.asWritten),
      ]
    }
  }
}
