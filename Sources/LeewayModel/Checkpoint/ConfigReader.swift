import LeewayBase
import LeewayTensor

/// Reads `config.json` and remembers which keys were understood. What remains at the end is
/// refused, unless it is null, false or 0: an unread key may change the model.
struct ConfigReader {
  let path: String
  private let root: JSONValue
  private let keys: [String]
  private var read: Set<String> = []

  /// Keys that no family's arithmetic depends on.
  private static let bookkeeping: Set<String> = [
    "_name_or_path", "_attn_implementation_autoset", "architectures", "attention_dropout",
    "attn_pdrop", "bos_token_id", "chunk_size_feed_forward", "dtype", "embd_pdrop",
    "gradient_checkpointing",
    "id2label", "initializer_range", "label2id", "model_type", "output_attentions",
    "output_hidden_states", "output_past", "pad_token_id", "pretraining_tp", "problem_type",
    "resid_pdrop",
    "return_dict", "summary_activation", "summary_first_dropout", "summary_proj_to_labels",
    "summary_type", "summary_use_proj", "task_specific_params", "tokenizer_class", "torch_dtype",
    "transformers_version", "unk_token_id", "use_cache",
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

  /// One id or a list of ids; empty when absent or odd (it only says where texts end).
  mutating func tokens(_ key: String) -> [Int] {
    guard let value = value(key) else { return [] }
    return value.int.map { [$0] } ?? (value.array ?? []).compactMap(\.int)
  }

  mutating func activation(_ key: String, default fallback: Activation) throws(CheckpointError)
    -> Activation
  {
    guard let value = value(key) else { return fallback }
    switch value.text {
    case "silu", "swish": return .silu
    case "gelu": return .geluErf
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .geluTanh
    case "relu": return .relu
    default: throw wrong(key, "silu, gelu, gelu_new, gelu_pytorch_tanh or relu", value)
    }
  }

  /// The rotary base, from `rope_theta` or the newer `rope_parameters`. Scaled kinds are refused.
  mutating func rotaryBase(default fallback: Double) throws(CheckpointError) -> Double {
    var base = try number("rope_theta", default: fallback)
    for key in ["rope_scaling", "rope_parameters"] {
      guard let scaling = value(key) else { continue }
      let kind = scaling["rope_type"]?.text ?? scaling["type"]?.text ?? "default"
      guard kind == "default" else { throw wrong(key, "rope_type \"default\"", scaling) }
      if let theta = scaling["rope_theta"]?.double { base = theta }
    }
    guard base > 0 else {
      throw .wrongValue(path: path, key: "rope_theta", expected: "above 0", found: "\(base)")
    }
    return base
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
