import Foundation
import LeewayBase
import LeewayTensor

// What the families of one house say alike.
extension ConfigReader {
  /// Which blocks of a Qwen look back only so far: those above `max_window_layers`, if any do.
  mutating func qwenWindows(layers: Int) throws(CheckpointError) -> [Int] {
    let lowest = try number("max_window_layers", default: 28)
    guard try flag("use_sliding_window", default: false) else {
      inert("sliding_window", "layer_types")
      return []
    }
    return try windows(layers: layers, default: 4096) { Double($0) >= lowest }
  }

  /// Which blocks have one MLP for all, of width `intermediate_size`, where the others have experts:
  /// those of `mlp_only_layers`, and all but every `decoder_sparse_step`-th.
  mutating func denseBlocks(into config: inout TransformerConfig) throws(CheckpointError) {
    let step = try optionalSize("decoder_sparse_step") ?? 1
    var listed: [Int] = []
    if let value = value("mlp_only_layers") {
      listed = (value.array ?? []).compactMap(\.int)
      guard listed.count == value.array?.count else {
        throw wrong("mlp_only_layers", "a list of blocks", value)
      }
    }
    config.denseBlocks = Set(
      (0..<config.layers).filter { ($0 + 1) % step != 0 || listed.contains($0) })
    // The framework's default; where every block has experts it means nothing.
    let width = try optionalSize("intermediate_size") ?? 6144
    config.denseWidth = config.denseBlocks.isEmpty ? 0 : width
  }

  /// What every Gemma has.
  mutating func gemma(_ config: inout TransformerConfig) throws(CheckpointError) {
    try require("use_bidirectional_attention", false)
    let bias = try flag("attention_bias", default: false)
    config.attentionInBias = bias
    config.attentionOutBias = bias
    config.normOffset = 1
    config.embeddingScale = Float(Double(config.width).squareRoot())
  }

  /// The factor on scores where the configuration says what it is the inverse root of.
  mutating func queryScale(default fallback: Double) throws(CheckpointError) -> Float {
    let scalar = try number("query_pre_attn_scalar", default: fallback)
    guard scalar > 0 else {
      throw .wrongValue(
        path: path, key: "query_pre_attn_scalar", expected: "a number above 0", found: "\(scalar)")
    }
    return Float(pow(scalar, -0.5))
  }
}

extension TransformerConfig {
  var qwenWindowKeys: [(String, JSONValue)] {
    [("use_sliding_window", .bool(!windows.isEmpty))] + (windows.isEmpty ? [] : windowKeys)
  }

  func gemmaKeys(_ framework: String) -> [(String, JSONValue)] {
    // The framework takes no whole number for a cap, and no other for the scalar.
    func cap(_ value: Float) -> JSONValue { value > 0 ? .real(value.asWritten) : .null }
    // The number whose inverse root, rounded, is the scale.
    let scalar = (1 / (Double(attentionScale) * Double(attentionScale)) * 1e4).rounded() / 1e4
    return usualKeys(framework, without: ["hidden_act"]) + [
      ("hidden_activation", "gelu_pytorch_tanh"), ("query_pre_attn_scalar", .number(scalar)),
      ("attn_logit_softcapping", cap(attentionCap)), ("final_logit_softcapping", cap(logitCap)),
      ("attention_bias", .bool(attentionInBias)),
    ]
  }
}
