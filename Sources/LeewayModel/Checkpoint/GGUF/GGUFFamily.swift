import LeewayBase

/// What a family is called in GGUF files: metadata keys by those of `config.json`, tensors by their
/// names in a checkpoint folder. With it a file is read through the family's own `Architecture`.
package struct GGUFFamily: Sendable {
  /// `model_type` of the architecture.
  package var modelType: String
  /// `general.architecture`, the prefix of the metadata's keys.
  var architecture: String
  /// Whether the file is of this family, where several share an architecture's name.
  var matches: @Sendable (GGUF) -> Bool = { _ in true }
  /// Keys of `config.json`, each with the metadata's key behind `ARCHITECTURE.`.
  var keys: [String: String]
  /// What `config.json` says and GGUF leaves to the family.
  var constants: [String: JSONValue] = [:]
  /// Keys of `config.json` that follow from several of the metadata's.
  var computed: @Sendable (GGUF) -> [String: JSONValue] = { _ in [:] }
  /// The metadata's keys behind computed ones, for sentences.
  var origins: [String: String] = [:]
  /// Keys of `config.json` that are true where the file has a tensor of this name.
  var flags: [String: String] = [:]
  /// Metadata on which no arithmetic depends.
  var inert: Set<String> = []
  /// Names in a folder, without prefix and `.weight`, each with the name in the file. `#` stands for
  /// the block, `@` for the expert; a file's name without `@` holds all experts in one tensor.
  var tensors: [String: String]
  /// Queries and keys have their halves interleaved, for rotary pairs that are neighbours.
  var interleaved = false
  /// What else the file stores otherwise than a folder: fused maps, their order.
  var weights: @Sendable (inout WeightTable) -> Void = { _ in }
  /// Every family that opens from GGUF. A new one is a file in this folder and a line here.
  package static let all: [GGUFFamily] = [
    .gemma, .gemma2, .gemma3, .gpt2, .gptNeoX, .llama, .mixtral, .olmo2, .olmoe, .phi3, .qwen2,
    .qwen3, .qwen3MoE, .starCoder2,
  ]

  /// Bookkeeping of converters, of no family's arithmetic.
  private static let bookkeeping: Set<String> = [
    "vocab_size", "rope.dimension_count", "attention.key_length", "attention.value_length",
    "tensor_data_layout",
  ]

  /// `config.json` as the metadata tells it. Keys that no one accounts for stand in it under their own
  /// names, so that the reader of configurations refuses them.
  func json(_ file: GGUF) throws(CheckpointError) -> JSONValue {
    try requireWhatHasNoDefault(file)
    let told = constants.merging(computed(file)) { $1 }
    var members = told.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    members.append(("model_type", JSONValue(modelType)))
    var known = Self.bookkeeping.union(inert)
    for (name, key) in keys.sorted(by: { $0.key < $1.key }) {
      known.insert(key)
      let value = file["\(architecture).\(key)"].map(Self.json) ?? silence(name, file)
      if let value { members.append((name, value)) }
    }
    if let embedding = file.tensors.first(where: { $0.name == "token_embd.weight" }),
      let vocabulary = embedding.shape.first
    {
      members.append(("vocab_size", .integer(vocabulary)))
      let output = file.tensors.first { $0.name == "output.weight" }
      members.append(
        ("tie_word_embeddings", .bool(output.map { $0.holdsSame(as: embedding) } ?? true)))
    }
    for (name, tensor) in flags.sorted(by: { $0.key < $1.key })
    where file.tensors.contains(where: { $0.name == tensor }) {
      members.append((name, true))
    }
    let ends = Self.ends(file)
    if !ends.isEmpty { members.append(("eos_token_id", .array(ends.map { .integer($0) }))) }
    known.formUnion(try rotary(file, into: &members))
    let prefix = architecture + "."
    for key in file.keys where key.hasPrefix(prefix) {
      guard !known.contains(String(key.dropFirst(prefix.count))), let value = file[key] else {
        continue
      }
      members.append((key, Self.json(value)))
    }
    return .object(members.map { JSONMember(key: Array($0.0.utf8), value: $0.1) })
  }

  /// The metadata's key for a key of `config.json`.
  func key(for name: String) -> String {
    (keys[name] ?? origins[name]).map { "\(architecture).\($0)" } ?? name
  }

  /// Folders of a family agree on what goes without saying; readers of GGUF ask for these.
  private func requireWhatHasNoDefault(_ file: GGUF) throws(CheckpointError) {
    let names = [
      "layer_norm_eps", "layer_norm_epsilon", "max_position_embeddings", "n_positions",
      "norm_epsilon", "rms_norm_eps",
    ]
    for name in names where keys[name] != nil {
      guard file[key(for: name)] != nil else {
        throw .missingKey(path: file.path, key: key(for: name))
      }
    }
  }

  /// What a file means by leaving out a key, whatever the family's folders mean by it.
  private func silence(_ name: String, _ file: GGUF) -> JSONValue? {
    func size(_ key: String) -> Int? { file["\(architecture).\(key)"]?.int }
    switch name {
    case "rope_theta": return .real(10_000)
    case "num_key_value_heads": return size("attention.head_count").map { .integer($0) }
    case "head_dim":
      guard let width = size("embedding_length"), let heads = size("attention.head_count"),
        heads > 0
      else { return nil }
      return .integer(width / heads)
    default: return nil
    }
  }

  private static func json(_ value: GGUFValue) -> JSONValue {
    switch value {
    case .bool(let flag): .bool(flag)
    case .string(let text): JSONValue(text)
    case .f32, .f64: value.double.map { .real($0) } ?? .null
    case .array: JSONValue(value.summary)
    default: value.int.map { .integer($0) } ?? JSONValue(value.summary)
    }
  }

  // MARK: Tensors

  /// The family's table with the places of GGUF: matrices have one row an output.
  func table(_ architecture: Architecture) -> WeightTable {
    var table = architecture.weights
    table.prefixes = [table.prefixes[0]]
    for path: WritableKeyPath<WeightTable, WeightTable.Linear> in [
      \.query, \.key, \.value, \.attnOut, \.up, \.down,
    ] { table[keyPath: path].transposed = false }
    table.gate?.transposed = false
    table.router?.transposed = false
    table.query.interleaved = interleaved
    table.key.interleaved = interleaved
    weights(&table)
    return table
  }

  /// The file's tensors under the names of a folder; others keep theirs, so that they are found
  /// unclaimed.
  func renamed(_ tensors: [StoredTensor], _ table: WeightTable) -> [StoredTensor] {
    let names = Dictionary(self.tensors.map { ($0.value, $0.key) }) { first, _ in first }
    return tensors.flatMap { tensor -> [StoredTensor] in
      let place = GGUFName(tensor.name)
      guard let template = names[place.template] else { return [tensor] }
      let prefix = template + place.suffix == table.unembed ? "" : table.prefixes[0]
      func name(_ expert: Int) -> String {
        prefix + WeightTable.name(template, block: place.block, expert: expert) + place.suffix
      }
      guard template.contains("@"), !place.template.contains("@") else {
        return [tensor.renamed(name(place.expert))]
      }
      return (0..<(tensor.shape.first ?? 0)).compactMap { tensor.slice($0, name: name($0)) }
    }
  }
}

extension GGUFFamily {
  /// The file's name of a tensor that a folder would call so.
  func name(inFile name: String, _ table: WeightTable) -> String {
    let prefix = table.prefixes[0]
    let place = GGUFName(name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name)
    guard let template = tensors[place.template] else { return name }
    return WeightTable.name(template, block: place.block, expert: place.expert) + place.suffix
  }

  /// A family with this one's names but for some, its queries and keys in the order of a folder.
  func sibling(
    _ modelType: String, architecture: String? = nil, without: Set<String> = [],
    keys: [String: String] = [:], tensors: [String: String] = [:]
  ) -> GGUFFamily {
    var family = self
    (family.modelType, family.architecture) = (modelType, architecture ?? modelType)
    (family.matches, family.interleaved) = ({ _ in true }, false)
    family.keys = family.keys.filter { !without.contains($0.key) }.merging(keys) { $1 }
    family.tensors = family.tensors.filter { !without.contains($0.key) }.merging(tensors) { $1 }
    return family
  }
}

/// A tensor's name taken apart: `blk.3.ffn_up.weight` is `blk.#.ffn_up`, block 3 and `.weight`.
struct GGUFName {
  var template: String
  var block = 0
  var expert = 0
  var suffix = ""

  init(_ name: String) {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if let last = parts.last, parts.count > 1, last == "weight" || last == "bias" {
      suffix = "." + last
      parts.removeLast()
    }
    var marks = ["#", "@"]
    for index in parts.indices where !marks.isEmpty {
      guard let number = Int(parts[index]), number >= 0, String(number) == parts[index] else {
        continue
      }
      let mark = marks.removeFirst()
      if mark == "#" { block = number } else { expert = number }
      parts[index] = mark
    }
    template = parts.joined(separator: ".")
  }
}
