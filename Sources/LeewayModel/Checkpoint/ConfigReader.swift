import LeewayBase
import LeewayTensor

/// Reads `config.json` and remembers which keys were understood. What remains at the end is
/// refused, unless it is null, false, 0 or empty: an unread key may change the model.
struct ConfigReader {
  let path: String
  private let root: JSONValue
  private let keys: [String]
  private var read: Set<String> = []
  /// Objects in this one that were read as configurations of their own.
  private var inner: [(key: String, reader: ConfigReader)] = []

  /// Keys that no family's arithmetic depends on: bookkeeping, dropout, and how texts are drawn,
  /// which the study says; what converters and trainers left.
  private static let bookkeeping: Set<String> = [
    "_attn_implementation", "_attn_implementation_autoset", "_commit_hash", "_flash_attn_2_enabled",
    "_name_or_path", "_num_labels", "architectures", "attention_dropout",
    "attention_probs_dropout_prob", "attn_implementation", "attn_pdrop", "auto_map", "bos_token_id",
    "cache_implementation", "chunk_size_feed_forward", "classifier_dropout", "cls_token_id",
    "custom_pipelines", "decoder_start_token_id", "diversity_penalty", "do_sample", "dtype",
    "early_stopping", "embd_pdrop", "finetuning_task", "gradient_checkpointing", "hidden_dropout",
    "hidden_dropout_prob", "id2label", "initializer_range", "keys_to_ignore_at_inference",
    "label2id", "length_penalty", "max_length", "max_new_tokens", "max_sequence_length",
    "min_length", "model_type", "n_special", "num_beam_groups", "num_beams", "num_labels",
    "num_return_sequences", "output_attentions", "output_hidden_states", "output_past",
    "pad_token_id", "predict_special_tokens", "prefix", "pretraining_tp", "problem_type",
    "repetition_penalty", "resid_pdrop", "return_dict", "sep_token_id", "summary_activation",
    "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj",
    "task_specific_params", "temperature", "tokenizer_class", "top_k", "top_p", "torch_dtype",
    "torchscript", "transformers.js_config", "transformers_version", "typical_p", "unk_token_id",
    "unsloth_fixed", "unsloth_version", "use_cache",
  ]

  init(_ root: JSONValue, path: String) throws(CheckpointError) {
    guard case .object(let members) = root else { throw .notAnObject(path: path) }
    self.root = root
    self.path = path
    keys = members.map { String(decoding: $0.key, as: UTF8.self) }
  }

  mutating func value(_ key: String) -> JSONValue? {
    read.insert(key)
    guard let value = root[key], value != .null else { return nil }
    return value
  }

  func wrong(_ key: String, _ expected: String, _ found: JSONValue) -> CheckpointError {
    .wrongValue(path: path, key: key, expected: expected, found: found.excerpt)
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

  /// Whether the key stands there, even as null: then a default is not meant.
  func says(_ key: String) -> Bool { root[key] != nil }

  /// A list of as many words as there are blocks; nil when absent.
  mutating func words(_ key: String, count: Int) throws(CheckpointError) -> [String]? {
    guard let value = value(key) else { return nil }
    let words = (value.array ?? []).compactMap(\.text)
    guard words.count == count, value.array?.count == count else {
      throw wrong(key, "a list of \(count) words, one a block", value)
    }
    return words
  }

  /// Reads an object as a configuration of its own; what it leaves unread counts as unread here.
  mutating func nested<Found>(
    _ key: String, _ body: (inout ConfigReader) throws(CheckpointError) -> Found
  ) throws(CheckpointError) -> Found {
    guard let value = value(key) else { throw .missingKey(path: path, key: key) }
    guard case .object = value else { throw wrong(key, "an object", value) }
    var reader = try ConfigReader(value, path: path)
    let found = try body(&reader)
    inner.append((key, reader))
    return found
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

  private static let quantisation: Set<String> = [
    "compression_config", "quantization", "quantization_config",
  ]

  /// Throws the keys that nobody understood; returns the harmless ones (null, false, 0, empty).
  func finish(ignoring: Set<String>) throws(CheckpointError) -> [String] {
    let (harmless, unknown) = unread(ignoring)
    // Its tensors are not what the configuration asks for: accepting the key would not help.
    if let key = unknown.first(where: Self.quantisation.contains) {
      let method = root[key]?["quant_method"]?.text ?? root[key]?.excerpt ?? ""
      throw .wrongValue(
        path: path, key: key,
        expected: "none: take the model as it was before it was quantised, or a GGUF file of it",
        found: method)
    }
    guard unknown.isEmpty else { throw .unknownKeys(path: path, keys: unknown) }
    return harmless
  }

  private func unread(_ ignoring: Set<String>, under prefix: String = "") -> (
    harmless: [String], unknown: [String]
  ) {
    var sorted: (harmless: [String], unknown: [String]) = ([], [])
    for key in keys where !read.contains(key) && !Self.bookkeeping.contains(key) {
      guard !ignoring.contains(prefix + key) else { continue }
      let value = root[key]
      let empty =
        value == .null || value?.bool == false || value?.double == 0
        || value?.array?.isEmpty == true || value?.members?.isEmpty == true
      if empty { sorted.harmless.append(prefix + key) } else { sorted.unknown.append(prefix + key) }
    }
    for (key, reader) in inner {
      let below = reader.unread(ignoring, under: prefix + key + ".")
      sorted.harmless += below.harmless
      sorted.unknown += below.unknown
    }
    return sorted
  }
}
