import Foundation
import LeewayBase
import LeewayTensor

extension ConfigReader {
  /// Under which names a family keeps what it says of rotary positions.
  struct RotaryKeys {
    var base = "rope_theta"
    var defaultBase = 10_000.0
    /// The share of a head that turns; nil where heads turn whole whatever the configuration says.
    var share: String?
    var defaultShare = 1.0
    /// Which of the newer configurations' kinds of block is meant, where kinds turn differently.
    var kind: String?
    /// The context before it was stretched, where it is not said.
    var original: Int?
    /// Whether `rope_scaling` means these blocks.
    var scales = true
  }

  /// The rotary base, scaling and width, from `rope_theta` and `rope_scaling` or the newer
  /// `rope_parameters`, which holds all of them, once or for each kind of block.
  mutating func rotary(
    headWidth: Int, context: Int, _ keys: RotaryKeys = RotaryKeys()
  ) throws(CheckpointError) -> TransformerConfig.PositionScheme {
    var found = RotaryDraft(
      base: try number(keys.base, default: keys.defaultBase),
      share: try keys.share.map { (key) throws(CheckpointError) in
        try number(key, default: keys.defaultShare)
      } ?? 1, headWidth: headWidth,
      original: try optionalSize("original_max_position_embeddings") ?? keys.original,
      context: context)
    var older = false
    for key in ["rope_scaling", "rope_parameters"] {
      guard var value = value(key) else { continue }
      guard let members = value.members else { throw wrong(key, "an object or null", value) }
      if let kind = keys.kind {
        if key == "rope_parameters" {
          let kinds = ["full_attention", "sliding_attention"].map { Array($0.utf8) }
          guard members.allSatisfy({ kinds.contains($0.key) || $0.value == .null }) else {
            throw wrong(key, "an object with full_attention and sliding_attention", value)
          }
          guard let own = value[kind], own != .null else { continue }
          value = own
        } else if !keys.scales {
          continue
        }
      } else if older {
        // The older spelling stands for both, as in the reference.
        continue
      }
      older = !members.isEmpty
      try found.read(RotaryObject(value: value, key: key, path: path), sharing: keys.share != nil)
    }
    guard found.base > 0 else {
      throw .wrongValue(path: path, key: keys.base, expected: "above 0", found: "\(found.base)")
    }
    guard found.width > 0, found.width.isMultiple(of: 2), found.width <= headWidth else {
      throw .wrongValue(
        path: path, key: keys.share ?? "head_dim", expected: "an even number of a head to turn",
        found: "\(found.width) of \(headWidth)")
    }
    return .rotary(
      base: found.base, width: found.width, interleaved: false, scaling: found.scaling)
  }
}

/// What was read of rotary positions so far.
private struct RotaryDraft {
  var base: Double
  var share: Double
  let headWidth: Int
  /// The context before it was stretched.
  let original: Int?
  let context: Int
  var scaling = RotaryScaling.none

  var width: Int { Int(Double(headWidth) * min(max(share, 0), 2)) }

  /// - Parameter sharing: whether the family lets a part of a head turn.
  mutating func read(_ object: RotaryObject, sharing: Bool) throws(CheckpointError) {
    try object.checkKeys()
    base = try object.number("rope_theta", below: .infinity) ?? base
    if sharing { share = try object.number("partial_rotary_factor") ?? share }
    let stretched = try object.number("original_max_position_embeddings")
    let before = original.map(Double.init) ?? stretched ?? Double(context)
    let older = try object.text("type")
    switch try object.text("rope_type") ?? older ?? "default" {
    case "default": break
    case "linear": scaling = .linear(factor: Float(try object.required("factor")))
    case "dynamic": scaling = .dynamic(factor: Float(try object.required("factor")))
    case "llama3":
      let low = Float(try object.required("low_freq_factor"))
      let high = Float(try object.required("high_freq_factor"))
      guard low < high else { throw object.wrong("low_freq_factor below high_freq_factor") }
      scaling = .llama3(
        factor: Float(try object.required("factor")), low: low, high: high,
        original: Float(before))
    // Early Phi-3 folders call LongRoPE "su" or "yarn".
    case let type where type == "longrope" || type == "su" || object.value["short_factor"] != nil:
      guard before > 1 else { throw object.wrong("original_max_position_embeddings above 1") }
      let factor = try object.number("factor") ?? Double(context) / before
      let standard = factor <= 1 ? 1 : (1 + log(factor) / log(before)).squareRoot()
      scaling = .longRope(
        short: try object.numbers("short_factor", count: width / 2),
        long: try object.numbers("long_factor", count: width / 2),
        attention: Float(try object.number("attention_factor") ?? standard), original: Int(before))
    case "yarn": scaling = try yarn(object, before)
    default: throw object.wrong("rope_type default, linear, dynamic, llama3, yarn or longrope")
    }
  }

  private func yarn(_ object: RotaryObject, _ before: Double) throws(CheckpointError)
    -> RotaryScaling
  {
    guard base > 1 else { throw object.wrong("rope_theta above 1") }
    guard object.value["factor"] != nil else {
      throw .missingKey(path: object.path, key: "\(object.key).factor")
    }
    let factor = try object.number("factor") ?? Double(context) / before
    func growth(_ scale: Double) -> Double { factor <= 1 ? 1 : 0.1 * scale * log(factor) + 1 }
    var attention = growth(1)
    if let some = try object.number("mscale"), let all = try object.number("mscale_all_dim") {
      attention = growth(some) / growth(all)
    }
    let fast = try object.number("beta_fast") ?? 32
    let slow = try object.number("beta_slow") ?? 1
    guard slow < fast else { throw object.wrong("beta_slow below beta_fast") }
    return .yarn(
      factor: Float(factor), fast: fast, slow: slow, original: before,
      attention: Float(try object.number("attention_factor") ?? attention),
      whole: try object.flag("truncate") ?? true)
  }
}

/// `rope_scaling` or `rope_parameters`, or the part of it for a kind of block.
private struct RotaryObject {
  let value: JSONValue
  let key: String
  let path: String

  func wrong(_ expected: String) -> CheckpointError {
    .wrongValue(path: path, key: key, expected: expected, found: value.excerpt)
  }

  func checkKeys() throws(CheckpointError) {
    let known = [
      "attention_factor", "beta_fast", "beta_slow", "factor", "finetuned", "high_freq_factor",
      "long_factor", "low_freq_factor", "mscale", "mscale_all_dim",
      "original_max_position_embeddings",
      "partial_rotary_factor", "rope_theta", "rope_type", "short_factor", "truncate", "type",
    ]
    guard case .object(let members) = value else { throw wrong("an object or null") }
    for member in members where !known.contains(String(decoding: member.key, as: UTF8.self)) {
      throw wrong("no keys but \(known.joined(separator: ", "))")
    }
  }

  private func wrong(_ name: String, _ expected: String, _ found: JSONValue) -> CheckpointError {
    .wrongValue(path: path, key: "\(key).\(name)", expected: expected, found: found.excerpt)
  }

  func number(_ name: String, below limit: Double = 1e9) throws(CheckpointError) -> Double? {
    guard let found = value[name], found != .null else { return nil }
    guard let number = found.double, number > 0, number < limit else {
      let bound = limit.isFinite ? " and below \(limit)" : ""
      throw wrong(name, "a number above 0\(bound)", found)
    }
    return number
  }

  func text(_ name: String) throws(CheckpointError) -> String? {
    guard let found = value[name], found != .null else { return nil }
    guard let text = found.text else { throw wrong(name, "a word", found) }
    return text
  }

  func flag(_ name: String) throws(CheckpointError) -> Bool? {
    guard let found = value[name], found != .null else { return nil }
    guard let flag = found.bool else { throw wrong(name, "true or false", found) }
    return flag
  }

  func required(_ name: String) throws(CheckpointError) -> Double {
    guard let number = try number(name) else {
      throw .missingKey(path: path, key: "\(key).\(name)")
    }
    return number
  }

  func numbers(_ name: String, count: Int) throws(CheckpointError) -> [Float] {
    guard let found = value[name], found != .null else {
      throw .missingKey(path: path, key: "\(key).\(name)")
    }
    let numbers = (found.array ?? []).compactMap(\.double).map { Float($0) }
    guard numbers.count == count, found.array?.count == count,
      numbers.allSatisfy({ $0 > 0 && $0.isFinite })
    else {
      throw wrong(name, "\(count) numbers above 0", found)
    }
    return numbers
  }
}
