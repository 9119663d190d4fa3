import LeewayBase
import LeewayTensor

extension RotaryScaling {
  /// `rope_scaling` of a configuration that needs it.
  var written: JSONValue? {
    func list(_ numbers: [Float]) -> JSONValue { .array(numbers.map { .real($0.asWritten) }) }
    switch self {
    case .none: return nil
    case .linear(let factor): return ["rope_type": "linear", "factor": .real(factor.asWritten)]
    case .dynamic(let factor): return ["rope_type": "dynamic", "factor": .real(factor.asWritten)]
    case .llama3(let factor, let low, let high, let original):
      return [
        "rope_type": "llama3", "factor": .real(factor.asWritten),
        "low_freq_factor": .real(low.asWritten), "high_freq_factor": .real(high.asWritten),
        "original_max_position_embeddings": .real(original.asWritten),
      ]
    case .yarn(let factor, let fast, let slow, let original, let attention, let whole):
      return [
        "rope_type": "yarn", "factor": .real(factor.asWritten), "beta_fast": .real(fast),
        "beta_slow": .real(slow), "original_max_position_embeddings": .real(original),
        "attention_factor": .real(attention.asWritten), "truncate": .bool(whole),
      ]
    case .longRope(let short, let long, let attention, let original):
      return [
        "rope_type": "longrope", "short_factor": list(short), "long_factor": list(long),
        "attention_factor": .real(attention.asWritten),
        "original_max_position_embeddings": .integer(original),
      ]
    }
  }
}
