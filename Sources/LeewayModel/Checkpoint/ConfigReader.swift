import LeewayBase
import LeewayTensor

/// Reads `config.json` and remembers which keys were understood. What remains at the end is
/// refused, unless it is null, false or 0: an unread key may change the model.
struct ConfigReader {
  let path: String
  private let root: JSONValue
  private let keys: [String]
  private var read: Set<String> = []

  /// Keys that no family's arithmetic depends on: bookkeeping, dropout, and how texts are drawn,
  /// which the study says.
  private static let bookkeeping: Set<String> = [
    "_attn_implementation", "_attn_implementation_autoset", "_commit_hash", "_name_or_path",
    "architectures", "attention_dropout", "attn_pdrop", "bos_token_id",
    "chunk_size_feed_forward", "cls_token_id", "decoder_start_token_id", "diversity_penalty",
    "do_sample", "dtype", "early_stopping", "embd_pdrop", "finetuning_task",
    "gradient_checkpointing", "id2label", "initializer_range", "keys_to_ignore_at_inference",
    "label2id", "length_penalty", "max_length", "max_new_tokens", "min_length", "model_type",
    "n_special", "num_beam_groups", "num_beams", "num_labels", "num_return_sequences",
    "output_attentions", "output_hidden_states", "output_past", "pad_token_id",
    "predict_special_tokens", "prefix", "pretraining_tp", "problem_type", "repetition_penalty",
    "resid_pdrop", "return_dict", "sep_token_id", "summary_activation",
    "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj",
    "task_specific_params", "temperature", "tokenizer_class", "top_k", "top_p", "torch_dtype",
    "torchscript", "transformers_version", "typical_p", "unk_token_id", "use_cache",
  ]

  init(_ root: JSONValue, path: String) throws(CheckpointError) {
    guard case .object(let members) = root else { throw .notAnObject(path: path) }
    self.root = root
    self.path = path
    keys = members.map { String(decoding: $0.key, as: UTF8.self) }
  }

  private mutating func value(_ key: String) -> JSONValue? {
    read.insert(key)
    guard let value = root[key], value != .null else { return nil }
    return value
  }

  private func wrong(_ key: String, _ expected: String, _ found: JSONValue) -> CheckpointError {
    .wrongValue(path: path, key: key, expected: expected, found: found.canonicalText)
  }

  mutating func optionalSize(_ key: String) throws(CheckpointError) -> Int? {
    guard let value = value(key) else { return nil }
    guard let size = value.int, size > 0, size < 1 << 31 else {
      throw wrong(key, "a whole number above 0", value)
    }
    return size
  }

  mutating func size(_ key: String) throws(CheckpointError) -> Int {
    guard let size = try optionalSize(key) else { throw .missingKey(path: path, key: key) }
    return size
  }

  mutating func number(_ key: String, default fallback: Double) throws(CheckpointError) -> Double {
    guard let value = value(key) else { return fallback }
    guard let number = value.double, number.isFinite else { throw wrong(key, "a number", value) }
    return number
  }

  /// What norms add under the root.
  mutating func epsilon(_ key: String, default fallback: Double) throws(CheckpointError) -> Float {
    let found = try number(key, default: fallback)
    guard found >= 0, found < 1 else {
      throw .wrongValue(path: path, key: key, expected: "from 0 to below 1", found: "\(found)")
    }
    return Float(found)
  }

  mutating func flag(_ key: String, default fallback: Bool) throws(CheckpointError) -> Bool {
    guard let value = value(key) else { return fallback }
    guard let flag = value.bool else { throw wrong(key, "true or false", value) }
    return flag
  }

  /// A key whose only supported value is `expected` (also when absent).
  mutating func require(_ key: String, _ expected: Bool) throws(CheckpointError) {
    guard try flag(key, default: expected) == expected else {
      throw .wrongValue(path: path, key: key, expected: "\(expected)", found: "\(!expected)")
    }
  }

  /// A key that is understood only when it is null or absent.
  mutating func requireNone(_ key: String) throws(CheckpointError) {
    if let found = value(key) { throw wrong(key, "null", found) }
  }

  mutating func inert(_ keys: String...) { read.formUnion(keys) }

  /// One id or a list of ids; empty when absent.
  mutating func tokens(_ key: String) throws(CheckpointError) -> [Int] {
    guard let value = value(key) else { return [] }
    if let id = value.int { return [id] }
    let ids = (value.array ?? [.null]).map(\.int)
    guard !ids.contains(nil) else { throw wrong(key, "an id or a list of ids", value) }
    return ids.compactMap { $0 }
  }

  mutating func activation(_ key: String, default fallback: Activation) throws(CheckpointError)
    -> Activation
  {
    guard let value = value(key) else { return fallback }
    switch value.text {
    case "silu", "swish": return .silu
    case "gelu", "gelu_python": return .geluErf
    case "gelu_new", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_fast", "gelu_accurate":
      return .geluTanh
    case "relu": return .relu
    default: throw wrong(key, "silu, gelu, gelu_new, gelu_pytorch_tanh or relu", value)
    }
  }

  /// The rotary base and scaling, from `rope_theta` and `rope_scaling` or the newer
  /// `rope_parameters`, which holds both. Kinds that change with the length of a text are refused.
  mutating func rotary(defaultBase: Double) throws(CheckpointError) -> (Double, RotaryScaling) {
    var base = try number("rope_theta", default: defaultBase)
    var scaling = RotaryScaling.none
    for key in ["rope_scaling", "rope_parameters"] {
      guard let value = value(key) else { continue }
      guard case .object(let members) = value else { throw wrong(key, "an object or null", value) }
      let known = [
        "factor", "high_freq_factor", "low_freq_factor", "original_max_position_embeddings",
        // Llama turns its heads whole, whatever this says.
        "partial_rotary_factor", "rope_theta", "rope_type", "type",
      ]
      for member in members where !known.contains(String(decoding: member.key, as: UTF8.self)) {
        throw wrong(key, "no keys but \(known.joined(separator: ", "))", value)
      }
      func number(_ name: String) throws(CheckpointError) -> Double? {
        guard let found = value[name], found != .null else { return nil }
        guard let number = found.double, number > 0, number.isFinite else {
          throw wrong("\(key).\(name)", "a number above 0", found)
        }
        return number
      }
      func required(_ name: String) throws(CheckpointError) -> Float {
        guard let number = try number(name) else {
          throw .missingKey(path: path, key: "\(key).\(name)")
        }
        return Float(number)
      }
      if let theta = try number("rope_theta") { base = theta }
      switch (value["rope_type"] ?? value["type"])?.text ?? "default" {
      case "default": break
      case "linear": scaling = .linear(factor: try required("factor"))
      case "llama3":
        let low = try required("low_freq_factor")
        let high = try required("high_freq_factor")
        guard low < high else { throw wrong(key, "low_freq_factor below high_freq_factor", value) }
        scaling = .llama3(
          factor: try required("factor"), low: low, high: high,
          original: try required("original_max_position_embeddings"))
      default: throw wrong(key, "rope_type default, linear or llama3", value)
      }
    }
    guard base > 0 else {
      throw .wrongValue(path: path, key: "rope_theta", expected: "above 0", found: "\(base)")
    }
    return (base, scaling)
  }

  /// Throws the keys that nobody understood; returns the harmless ones (null, false, 0).
  func finish(ignoring: Set<String>) throws(CheckpointError) -> [String] {
    let unread = keys.filter {
      !read.contains($0) && !Self.bookkeeping.contains($0) && !ignoring.contains($0)
    }
    let (harmless, unknown) = unread.reduce(into: ([String](), [String]())) { sorted, key in
      let value = root[key]
      let empty = value == .null || value?.bool == false || value?.double == 0
      if empty { sorted.0.append(key) } else { sorted.1.append(key) }
    }
    guard unknown.isEmpty else { throw .unknownKeys(path: path, keys: unknown) }
    return harmless
  }
}
