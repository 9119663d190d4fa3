import Foundation
import LeewayBase

extension GGUFFamily {
  /// Puts `rope_scaling` where the file stretches its angles, by name or by a tensor of factors.
  /// - Returns: the metadata's keys that it understood.
  func rotary(_ file: GGUF, into members: inout [(String, JSONValue)]) throws(CheckpointError)
    -> Set<String>
  {
    if let long = try longRope(file) {
      members += long
      return [
        "rope.scaling.type", "rope.scaling.attn_factor", "rope.scaling.factor",
        "rope.scaling.finetuned", "rope.scaling.original_context_length",
      ]
    }
    let prefix = architecture + ".rope.scaling."
    let older = file["\(architecture).rope.scale_linear"]?.double
    let factor = file[prefix + "factor"]?.double ?? older
    // A factor alone means a linear one.
    let kind =
      file[prefix + "type"].map { $0.text ?? $0.summary } ?? (factor == nil ? "none" : "linear")
    var known: Set = [
      "rope.scaling.type", "rope.scaling.factor", "rope.scaling.original_context_length",
      "rope.scaling.finetuned", "rope.scale_linear",
    ]
    var scaling: JSONValue?
    switch kind {
    case "none": break
    case "linear", "yarn":
      guard let factor else { throw .missingKey(path: file.path, key: prefix + "factor") }
      scaling = ["rope_type": "linear", "factor": .real(factor)]
      guard kind == "yarn" else { break }
      scaling = yarn(file, factor)
      known.insert("rope.scaling.attn_factor")
      // Readers differ on whether these are read for every architecture: only the usual ones pass.
      for (key, usual) in [("yarn_beta_fast", 32.0), ("yarn_beta_slow", 1), ("yarn_ext_factor", 1)]
      where file[prefix + key]?.double == usual { known.insert("rope.scaling." + key) }
    case "longrope": throw .missingTensor(folder: file.path, name: Self.long)
    default:
      throw .wrongValue(
        path: file.path, key: prefix + "type", expected: "none, linear, yarn or longrope",
        found: kind)
    }
    if let tensor = file.tensors.first(where: { $0.name == Self.factors }) {
      guard scaling == nil else {
        throw .wrongValue(
          path: file.path, key: prefix + "type", expected: "none beside \(Self.factors)",
          found: kind)
      }
      let base = file["\(architecture).rope.freq_base"]?.double ?? 10_000
      scaling = try stretched(tensor.floats(), base: base, file)
    }
    if let scaling { members.append(("rope_scaling", scaling)) }
    return known
  }

  /// Waves stretched by how often they turn in the context before it was stretched.
  private func yarn(_ file: GGUF, _ factor: Double) -> JSONValue {
    let prefix = architecture + ".rope.scaling."
    var members: [(String, JSONValue)] = [("rope_type", "yarn"), ("factor", .real(factor))]
    if let original = file[prefix + "original_context_length"]?.int {
      members.append(("original_max_position_embeddings", .integer(original)))
    }
    if let attention = file[prefix + "attn_factor"]?.double {
      // The file's factor goes onto the usual one, a folder's stands for it.
      let usual = factor <= 1 ? 1 : 0.1 * log(factor) + 1
      members.append(("attention_factor", .real(attention * usual)))
    }
    return .object(members.map { JSONMember(key: Array($0.0.utf8), value: $0.1) })
  }

  /// Divisors of the frequencies of rotary pairs.
  static let factors = "rope_freqs.weight"
  /// The same for short texts and for long ones.
  private static let short = "rope_factors_short.weight"
  private static let long = "rope_factors_long.weight"
  /// Tensors that are no weights: what they say stands in the configuration.
  static let rotaryTensors: Set = [factors, short, long]

  /// LongRoPE, told by two tensors.
  private func longRope(_ file: GGUF) throws(CheckpointError) -> [(String, JSONValue)]? {
    func numbers(_ name: String) -> JSONValue? {
      file.tensors.first { $0.name == name }.map { tensor in
        .array(tensor.floats().map { .real(Double($0)) })
      }
    }
    let (short, long) = (numbers(Self.short), numbers(Self.long))
    if short == nil, long == nil { return nil }
    guard let short, let long else {
      throw .missingTensor(
        folder: file.path, name: short == nil ? Self.short : Self.long)
    }
    let prefix = architecture + ".rope.scaling."
    guard let original = file[prefix + "original_context_length"]?.int else {
      throw .missingKey(path: file.path, key: prefix + "original_context_length")
    }
    var scaling = [
      JSONMember(key: Array("type".utf8), value: "longrope"),
      JSONMember(key: Array("short_factor".utf8), value: short),
      JSONMember(key: Array("long_factor".utf8), value: long),
    ]
    let attention = file[prefix + "attn_factor"]?.double ?? 1
    scaling.append(JSONMember(key: Array("attention_factor".utf8), value: .real(attention)))
    return [
      ("rope_scaling", .object(scaling)), ("original_max_position_embeddings", .integer(original)),
    ]
  }

  /// Converters of Llama 3.1 and later store what its ramp comes to, not its constants; the ramp that
  /// gives these numbers is looked for, so that the file computes what its folder computes.
  private func stretched(_ factors: [Float], base: Double, _ file: GGUF) throws(CheckpointError)
    -> JSONValue?
  {
    let largest = factors.max() ?? 1
    if factors.allSatisfy({ $0 == 1 }) { return nil }
    let (low, high) = (1.0, 4.0)
    // 8192 in all published models.
    let contexts = [13, 12, 14, 11, 15] + Array(4...10) + Array(16...20)
    func matches(_ original: Double) -> Bool {
      factors.indices.allSatisfy { index in
        let wave = 2 * Double.pi * pow(base, Double(index) / Double(factors.count))
        let expected: Double
        if wave < original / high {
          expected = 1
        } else if wave > original / low {
          expected = Double(largest)
        } else {
          let smooth = (original / wave - low) / (high - low)
          expected = 1 / ((1 - smooth) / Double(largest) + smooth)
        }
        return abs(Double(factors[index]) - expected) < 1e-4 * expected
      }
    }
    guard let original = contexts.map({ Double(1 << $0) }).first(where: matches) else {
      // Another's factors, for texts of any length.
      let all = JSONValue.array(factors.map { .real(Double($0)) })
      let context = file["\(architecture).context_length"]?.int ?? 0
      return [
        "rope_type": "longrope", "short_factor": all, "long_factor": all, "attention_factor": 1,
        "original_max_position_embeddings": .integer(context),
      ]
    }
    return [
      "rope_type": "llama3", "factor": .real(Double(largest)), "low_freq_factor": .real(low),
      "high_freq_factor": .real(high), "original_max_position_embeddings": .real(original),
    ]
  }
}
