import LeewayBase
import LeewayTensor

extension ConfigReader {
  /// What a family takes for granted where its configuration is silent.
  struct Usual {
    var vocabulary: Int?
    var width: Int?
    var layers: Int?
    var heads: Int?
    var kvHeads: Int?
    var headWidth: Int?
    var mlpWidth: Int?
    var mlpKey = "intermediate_size"
    var context = 2048
    var epsilonKey = "rms_norm_eps"
    var epsilon = 1e-6
    var activationKey = "hidden_act"
    var activation = Activation.silu
    var tied = false
    var rotary = RotaryKeys()
  }

  /// Llama's block, which most families vary: RMS norms before its halves, rotary positions, grouped
  /// key-value heads, a gated MLP, no biases.
  mutating func usual(_ usual: Usual = Usual()) throws(CheckpointError) -> TransformerConfig {
    let width = try size("hidden_size", default: usual.width)
    let heads = try size("num_attention_heads", default: usual.heads)
    let standard = says("head_dim") ? nil : usual.headWidth
    let given = try optionalSize("head_dim") ?? standard
    var headWidth = given ?? 0
    if given == nil {
      headWidth = try share("num_attention_heads", heads, of: width, "hidden_size")
    }
    let context = try optionalSize("max_position_embeddings") ?? usual.context
    let layers = try self.layers("num_hidden_layers", default: usual.layers)
    let positions = try rotary(headWidth: headWidth, context: context, usual.rotary)
    return TransformerConfig(
      vocabulary: try size("vocab_size", default: usual.vocabulary), width: width,
      layers: layers, heads: heads,
      kvHeads: try optionalSize("num_key_value_heads") ?? usual.kvHeads ?? heads,
      headWidth: headWidth, mlpWidth: try size(usual.mlpKey, default: usual.mlpWidth),
      maxPositions: context, norm: .rms,
      epsilon: try epsilon(usual.epsilonKey, default: usual.epsilon), positions: positions,
      activation: try activation(usual.activationKey, default: usual.activation), gatedMLP: true,
      tiedEmbeddings: try flag("tie_word_embeddings", default: usual.tied),
      attentionScale: 1 / Float(headWidth).squareRoot(), attentionInBias: false,
      attentionOutBias: false, mlpBias: false, endTokens: try tokens("eos_token_id"))
  }

  /// The width of each of some heads that divide a width among them.
  func share(_ key: String, _ heads: Int, of width: Int, _ whole: String)
    throws(CheckpointError) -> Int
  {
    guard width.isMultiple(of: heads) else {
      throw .wrongValue(
        path: path, key: key, expected: "a divisor of \(whole), \(width)", found: "\(heads)")
    }
    return width / heads
  }

  /// How many blocks there are; more than any model has would be a lie that takes memory.
  mutating func layers(_ key: String, default fallback: Int? = nil) throws(CheckpointError) -> Int {
    let layers = try size(key, default: fallback)
    guard layers <= 1 << 16 else {
      throw .wrongValue(path: path, key: key, expected: "at most \(1 << 16)", found: "\(layers)")
    }
    return layers
  }

  private mutating func size(_ key: String, default fallback: Int?) throws(CheckpointError) -> Int {
    let found = try optionalSize(key)
    guard let size = found ?? fallback else { throw .missingKey(path: path, key: key) }
    return size
  }

  /// A number above 0: the default where the key is absent, 0 where it is null.
  mutating func cap(_ key: String, default fallback: Double) throws(CheckpointError) -> Float {
    guard says(key) else { return Float(fallback) }
    let cap = try number(key, default: 0)
    guard cap >= 0 else {
      throw .wrongValue(
        path: path, key: key, expected: "a number above 0, or null", found: "\(cap)")
    }
    return Float(cap)
  }

  /// A number above 0; 0 where the key is null or absent.
  mutating func limit(_ key: String) throws(CheckpointError) -> Float {
    guard let value = value(key) else { return 0 }
    guard let limit = value.double, limit > 0, limit.isFinite else {
      throw wrong(key, "a number above 0, or null", value)
    }
    return Float(limit)
  }

  /// By block, how far a query looks back; `layer_types` decides where it stands.
  ///
  /// - Parameter isWindowed: of a block, where the configuration does not say.
  mutating func windows(
    layers: Int, default fallback: Int? = nil, _ isWindowed: (Int) -> Bool = { _ in true }
  ) throws(CheckpointError) -> [Int] {
    let absent = says("sliding_window") ? nil : fallback
    let window = try optionalSize("sliding_window") ?? absent
    guard let kinds = try words("layer_types", count: layers) else {
      guard let window else { return [] }
      return (0..<layers).map { isWindowed($0) ? window : 0 }
    }
    var windows: [Int] = []
    for kind in kinds {
      switch kind {
      case "full_attention": windows.append(0)
      case "sliding_attention":
        guard let window else { throw .missingKey(path: path, key: "sliding_window") }
        windows.append(window)
      default:
        throw .wrongValue(
          path: path, key: "layer_types", expected: "full_attention or sliding_attention",
          found: kind)
      }
    }
    return windows.contains { $0 > 0 } ? windows : []
  }

  /// The same for a family whose blocks are all of one kind, whatever `layer_types` says of them.
  mutating func uniformWindows(layers: Int, default fallback: Int? = nil)
    throws(CheckpointError) -> [Int]
  {
    let windows = try windows(layers: layers, default: fallback)
    let mixed = Set(windows).count > 1
    guard !mixed, try optionalSize("sliding_window") == nil || !windows.isEmpty else {
      throw .wrongValue(
        path: path, key: "layer_types",
        expected: "the same for every block, and sliding_attention where there is a sliding_window",
        found: mixed ? "both kinds" : "full_attention")
    }
    return windows
  }

  /// Experts of a block, and how many of them a position goes through.
  mutating func experts(
    _ keys: [String], default fallback: (Int, Int), into config: inout TransformerConfig
  ) throws(CheckpointError) {
    inert("router_aux_loss_coef", "output_router_logits", "router_jitter_noise")
    config.experts = fallback.0
    for key in keys { config.experts = try optionalSize(key) ?? config.experts }
    config.expertsPerToken = try optionalSize("num_experts_per_tok") ?? fallback.1
    guard config.expertsPerToken <= config.experts else {
      throw .wrongValue(
        path: path, key: "num_experts_per_tok", expected: "at most \(config.experts)",
        found: "\(config.expertsPerToken)")
    }
  }
}

extension TransformerConfig {
  /// The keys of what `ConfigReader.usual` reads.
  func usualKeys(
    _ framework: String, epsilonKey: String = "rms_norm_eps", without dropped: Set<String> = []
  ) -> [(String, JSONValue)] {
    var members: [(String, JSONValue)] = [
      ("architectures", .array([JSONValue(framework)])), ("hidden_size", .integer(width)),
      ("num_hidden_layers", .integer(layers)), ("num_attention_heads", .integer(heads)),
      ("num_key_value_heads", .integer(kvHeads)), ("head_dim", .integer(headWidth)),
      ("intermediate_size", .integer(mlpWidth)),
      ("max_position_embeddings", .integer(maxPositions)),
      (epsilonKey, .number(epsilon.asWritten)),
      ("hidden_act", JSONValue(activation.written)),
    ]
    if case .rotary(let base, _, _, let scaling) = positions {
      members.append(("rope_theta", .number(base)))
      members += scaling.written.map { [("rope_scaling", $0)] } ?? []
    }
    return members.filter { !dropped.contains($0.0) }
  }

  /// The keys of windows, kind by kind of block.
  var windowKeys: [(String, JSONValue)] {
    guard let window = windows.first(where: { $0 > 0 }) else { return [("sliding_window", .null)] }
    let kinds = windows.map { JSONValue($0 > 0 ? "sliding_attention" : "full_attention") }
    return [("sliding_window", .integer(window)), ("layer_types", .array(kinds))]
  }

  /// The part of a head that turns.
  var rotaryShare: Double {
    guard case .rotary(_, let width, _, _) = positions, width < headWidth else { return 1 }
    let share = Double(width) / Double(headWidth)
    // Whoever multiplies again and cuts must not come out below.
    return Int(Double(headWidth) * share) < width ? share.nextUp : share
  }
}
