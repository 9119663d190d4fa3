import LeewayBase
import LeewayModel
import LeewayYAML

/// Turns a YAML document into a `Recipe`, noting every mistake.
struct RecipeReader {
  static let keys = [
    "name", "seed", "tokenizer", "end-token", "model", "start", "data", "evaluation", "steps",
    "batch", "sequence", "optimizer", "learning-rate", "schedule", "clip", "decay", "mlp-drop",
    "balance", "save-every", "weights",
  ]

  func recipe(_ root: YAMLCursor) -> Recipe? {
    guard let keys = root.keys(Self.keys) else { return nil }
    let name = keys.required("name").flatMap(name)
    let seed = keys["seed"].map { $0.integer(0...Int(Int32.max)) } ?? 0
    let tokenizer = keys.required("tokenizer")?.string()
    let endToken = keys["end-token"].map { $0.string() } ?? ""
    let model = keys.required("model").flatMap(model)
    let start = keys["start"].map { $0.string() } ?? ""
    let data = keys.required("data").flatMap(data)
    let evaluation = keys["evaluation"].map { self.data($0).map { Optional($0) } } ?? .some(nil)
    let steps = keys.required("steps")?.integer(1...100_000_000)
    let batch = keys["batch"].map { $0.integer(1...65_536) } ?? 16
    let sequence = keys["sequence"].map { $0.integer(1...1_048_576) } ?? model?.shape.context
    let optimizer = keys["optimizer"].map(optimizer) ?? .standard
    let rate = keys.required("learning-rate")?.number(0...10)
    let schedule = keys["schedule"].map(schedule) ?? Schedule()
    let clip = keys["clip"].map { $0.number(1e-9...1e9).map { Optional($0) } } ?? .some(1)
    let decay = keys["decay"].map { $0.number(0...10) } ?? 0.1
    let drop = keys["mlp-drop"].map { $0.number(0...0.95) } ?? 0
    let balance = keys["balance"].map { $0.number(0...100) } ?? 0.01
    let saveEvery = keys["save-every"].map { $0.integer(1...100_000_000) } ?? 500
    let weights =
      keys["weights"].map { $0.choice("weights", ["bf16", "f32"]) } ?? "bf16"
    guard let name, let seed, let tokenizer, let endToken, let model, let start, let data,
      let evaluation, let steps, let batch, let sequence, let optimizer, let rate, let schedule,
      let clip, let decay, let drop, let balance, let saveEvery, let weights
    else { return nil }
    if sequence > model.shape.context {
      keys["sequence"]?.fail(
        .badValue(
          expected: "at most the model's context, \(model.shape.context)", found: "\(sequence)"))
    }
    if schedule.warmUp >= steps {
      keys["schedule"]?.fail(
        .badValue(expected: "a warm-up shorter than \(steps) steps", found: "\(schedule.warmUp)"))
    }
    return Recipe(
      name: name, seed: seed, tokenizer: tokenizer, endToken: endToken.isEmpty ? nil : endToken,
      architecture: model.architecture, shape: model.shape,
      start: start.isEmpty ? nil : start, data: data, evaluation: evaluation, steps: steps,
      batch: batch, sequence: sequence, optimizer: optimizer, learningRate: rate,
      schedule: schedule, clip: clip, decay: decay, mlpDrop: drop, balance: balance,
      saveEvery: saveEvery,
      weights: weights == "f32" ? .f32 : .bf16)
  }

  /// A name names a folder.
  private func name(_ cursor: YAMLCursor) -> String? {
    guard let name = cursor.string() else { return nil }
    guard !name.isEmpty, !name.hasPrefix("."), !name.contains(where: { "/\\\0".contains($0) })
    else {
      cursor.fail(.badValue(expected: "a name for a folder, without slashes", found: name))
      return nil
    }
    return name
  }

  private func model(_ cursor: YAMLCursor) -> (architecture: String, shape: Recipe.Shape)? {
    let known = [
      "architecture", "layers", "width", "heads", "kv-heads", "mlp-width", "context", "tied",
      "experts", "experts-per-token",
    ]
    guard let keys = cursor.keys(known) else { return nil }
    let architecture = keys.required("architecture")?
      .choice("architecture", Architecture.all.map(\.modelType))
    let layers = keys.required("layers")?.integer(1...1024)
    let width = keys.required("width")?.integer(1...65_536)
    let heads = keys.required("heads")?.integer(1...1024)
    let kvHeads = keys["kv-heads"].map { $0.integer(1...1024) } ?? heads
    let mlpWidth = keys["mlp-width"].map { $0.integer(1...1_048_576) } ?? width.map { 4 * $0 }
    let context = keys.required("context")?.integer(1...1_048_576)
    let tied = keys["tied"].map { $0.flag() } ?? true
    let experts = keys["experts"].map { $0.integer(1...256) } ?? 0
    let perToken = keys["experts-per-token"].map { $0.integer(1...256) } ?? min(experts ?? 0, 2)
    guard let architecture, let layers, let width, let heads, let kvHeads, let mlpWidth,
      let context, let tied, let experts, let perToken
    else { return nil }
    if width % heads != 0 {
      keys["heads"]?.fail(.badValue(expected: "a divisor of the width \(width)", found: "\(heads)"))
    }
    if heads % kvHeads != 0 {
      keys["kv-heads"]?.fail(
        .badValue(expected: "a divisor of \(heads) heads", found: "\(kvHeads)"))
    }
    let shape = Recipe.Shape(
      layers: layers, width: width, heads: heads, kvHeads: kvHeads, mlpWidth: mlpWidth,
      context: context, tied: tied, experts: experts, expertsPerToken: perToken)
    if width % heads == 0 { check(shape, Architecture.named(architecture), keys) }
    return (architecture, shape)
  }

  /// What the family makes of the shape.
  private func check(_ shape: Recipe.Shape, _ architecture: Architecture?, _ keys: YAMLKeys) {
    guard let config = architecture?.config(of: shape.model(vocabulary: 1, endTokens: [])) else {
      return
    }
    if config.kvHeads != shape.kvHeads {
      keys["kv-heads"]?.fail(
        .badValue(
          expected: "\(config.kvHeads), as many as heads in this architecture",
          found: "\(shape.kvHeads)"))
    }
    if config.experts == 0, shape.experts > 0 {
      keys["experts"]?.fail(
        .badValue(expected: "none in this architecture", found: "\(shape.experts)"))
    } else if config.experts > 0, shape.experts == 0 {
      _ = keys.required("experts")
    } else if shape.expertsPerToken > shape.experts {
      keys["experts-per-token"]?.fail(
        .badValue(expected: "at most \(shape.experts)", found: "\(shape.expertsPerToken)"))
    }
    if case .rotary(_, let turned, _, _) = config.positions,
      !turned.isMultiple(of: 2) || turned > config.headWidth
    {
      keys["heads"]?.fail(
        .badValue(
          expected: "heads of an even width", found: "heads of width \(config.headWidth)"))
    }
  }

  /// `{text: FILE, separator: blank}`: one source by its id, and its options.
  private func data(_ cursor: YAMLCursor) -> DataSpec? {
    let ids = DataSources.all.map { $0.id }
    guard case .mapping(let mapping) = cursor.node else {
      _ = cursor.keys(ids)
      return nil
    }
    let present = mapping.keys.compactMap(\.string).filter { ids.contains($0) }
    let kind = DataSources.all.first { $0.id == present.first }
    guard let keys = cursor.keys(kind.map { [$0.id] + $0.options } ?? ids) else { return nil }
    guard let kind else {
      cursor.issues.add(cursor.path, cursor.line, .missingKey(key: ids.joined(separator: " or ")))
      return nil
    }
    guard let value = keys.required(kind.id)?.string() else { return nil }
    var spec = DataSpec(kind: kind.id, value: value)
    for option in kind.options {
      guard let text = keys[option] else { continue }
      guard let text = text.string() else { return nil }
      spec.options[option] = text
    }
    return spec
  }

  private func optimizer(_ cursor: YAMLCursor) -> OptimizerKind? {
    let names = ["adamw", "sgd"]
    if case .scalar = cursor.node {
      return cursor.choice("optimizer", names).map {
        $0 == "sgd" ? .sgd(momentum: 0.9) : .standard
      }
    }
    guard let keys = cursor.keys(["kind", "beta1", "beta2", "epsilon", "momentum"]),
      let name = keys.required("kind")?.choice("optimizer", names)
    else { return nil }
    if name == "sgd" {
      guard cursor.keys(["kind", "momentum"]) != nil else { return nil }
      let momentum = keys["momentum"].map { $0.number(0...0.9999) } ?? 0.9
      return momentum.map { .sgd(momentum: $0) }
    }
    guard cursor.keys(["kind", "beta1", "beta2", "epsilon"]) != nil else { return nil }
    let beta1 = keys["beta1"].map { $0.number(0...0.9999) } ?? 0.9
    let beta2 = keys["beta2"].map { $0.number(0...0.999999) } ?? 0.95
    let epsilon = keys["epsilon"].map { $0.number(1e-20...1) } ?? 1e-8
    guard let beta1, let beta2, let epsilon else { return nil }
    return .adamW(beta1: beta1, beta2: beta2, epsilon: epsilon)
  }

  private func schedule(_ cursor: YAMLCursor) -> Schedule? {
    let kinds = Schedule.Kind.allCases.map(\.rawValue)
    if case .scalar = cursor.node {
      return cursor.choice("schedule", kinds).flatMap(Schedule.Kind.init).map {
        Schedule(kind: $0)
      }
    }
    guard let keys = cursor.keys(["kind", "warm-up", "final"]) else { return nil }
    let kind =
      keys["kind"].map {
        $0.choice("schedule", kinds).flatMap(Schedule.Kind.init)
      } ?? .cosine
    let warmUp = keys["warm-up"].map { $0.integer(0...100_000_000) } ?? 0
    let final = keys["final"].map { $0.number(0...1) } ?? 0.1
    guard let kind, let warmUp, let final else { return nil }
    return Schedule(kind: kind, warmUp: warmUp, final: final)
  }
}
