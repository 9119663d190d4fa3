import LeewayBase
import LeewayTensor

extension RotaryScaling {
  /// `rope_scaling` of a configuration that needs it.
  var written: JSONValue? {
    func list(_ numbers: [Float]) -> JSONValue { .array(numbers.map { .number($0.asWritten) }) }
    switch self {
    case .none: return nil
    case .linear(let factor): return ["rope_type": "linear", "factor": .number(factor.asWritten)]
    case .dynamic(let factor): return ["rope_type": "dynamic", "factor": .number(factor.asWritten)]
    case .llama3(let factor, let low, let high, let original):
      return [
        "rope_type": "llama3", "factor": .number(factor.asWritten),
        "low_freq_factor": .number(low.asWritten), "high_freq_factor": .number(high.asWritten),
        "original_max_position_embeddings": .number(original.asWritten),
      ]
    case .yarn(let factor, let fast, let slow, let original, let attention, let whole):
      return [
        "rope_type": "yarn", "factor": .number(factor.asWritten), "beta_fast": .number(fast),
        "beta_slow": .number(slow), "original_max_position_embeddings": .number(original),
        "attention_factor": .number(attention.asWritten), "truncate": .bool(whole),
      ]
    case .longRope(let short, let long, let attention, let original):
      return [
        "rope_type": "longrope", "short_factor": list(short), "long_factor": list(long),
        "attention_factor": .number(attention.asWritten),
        "original_max_position_embeddings": .integer(original),
      ]
    }
  }
}
