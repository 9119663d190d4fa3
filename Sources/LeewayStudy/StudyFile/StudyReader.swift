import LeewayBase
import LeewayModel
import LeewayStatistics
import LeewaySteering
import LeewayYAML

/// Turns a YAML document into a `Study`, noting every mistake.
struct StudyReader {
  /// The folder of the study file: texts and models are named relative to it.
  var folder: String

  static let keys = [
    "name", "version", "question", "model", "vector", "operator", "sweep", "prompts", "answer",
    "effect", "capability", "arms", "neutral", "precision",
  ]

  static let vectorKeys = ["method", "read", "contrast"]
  static let answerKeys = ["by", "target", "original", "tokens", "sampling"]
  static let halves = ["positive", "negative"]
  static let sweepKeys = ["sites", "doses", "refine", "positions", "seeds"]

  func study(_ root: YAMLCursor) -> Study? {
    guard let keys = root.keys(Self.keys) else { return nil }
    let name = keys.required("name")?.string()
    let version = keys["version"].map { $0.integer(1...1_000_000) } ?? 1
    let question = keys.required("question")?.string()
    let model = keys.required("model")?.string()
    let vector = keys.required("vector").flatMap(vector)
    let steering = keys["operator"].map(steering) ?? OperatorSpec()
    let sweep = keys.required("sweep").flatMap(sweep)
    let prompts = keys.required("prompts").flatMap(texts)
    let answer = keys.required("answer").flatMap(answer)
    let effect = keys["effect"].map(effect) ?? 0.5
    let capability = keys.required("capability").flatMap(capabilities)
    let arms = keys["arms"].map(arms) ?? ArmsSpec()
    let neutral = keys["neutral"].map(texts) ?? []
    let precision = keys["precision"].map { $0.choice("precision", ["exact", "fast"]) } ?? "exact"
    guard let name, let version, let question, let model, let vector, let steering, let sweep,
      let prompts, let answer, let effect, let capability, let arms, let neutral, let precision
    else { return nil }
    return Study(
      name: name, version: version, question: question, model: model, vector: vector,
      steering: steering, sweep: sweep, prompts: prompts, answer: answer, effectAtLeast: effect,
      capability: capability, arms: arms, neutral: neutral, precision: precision)
  }

  /// A list of texts, or `file: NAME` with one text a line.
  func texts(_ cursor: YAMLCursor) -> [String]? {
    var found: [String]?
    if case .mapping = cursor.node {
      guard let name = cursor.keys(["file"])?.required("file") else { return nil }
      guard let file = name.string() else { return nil }
      let path = file.hasPrefix("/") ? file : folder + "/" + file
      do throws(FileError) {
        found = try TextFile.lines(path)
      } catch {
        name.fail(.file(error))
        return nil
      }
    } else {
      let items = cursor.list()?.map { $0.string() }
      found = items.flatMap { $0.contains(nil) ? nil : $0.compactMap { $0 } }
    }
    if found?.isEmpty == true { cursor.fail(.empty) }
    return found
  }

  func vector(_ cursor: YAMLCursor) -> VectorSpec? {
    guard let keys = cursor.keys(Self.vectorKeys) else { return nil }
    let method =
      keys["method"].map { $0.choice("method", SteeringMethods.all.map { $0.id }) }
      ?? MeanDifference.id
    let read = keys["read"].map(read) ?? "last"
    let halves = keys.required("contrast")?.keys(Self.halves)
    let positive = halves?.required("positive").flatMap(texts)
    let negative = halves?.required("negative").flatMap(texts)
    guard let method, let read, let positive, let negative else { return nil }
    return VectorSpec(
      method: method, read: read, contrast: Contrast(positive: positive, negative: negative))
  }

  /// `last`, `response-mean`, and `word: owl` both as text and as a key.
  private func read(_ cursor: YAMLCursor) -> String? {
    var text: String?
    if case .mapping = cursor.node {
      text = cursor.keys(["word"])?.required("word")?.string().map { "word: \($0)" }
    } else {
      text = cursor.string()
    }
    guard let text else { return nil }
    guard let read = try? ReadPosition(text) else {
      let known = ["last", "response-mean", "word: NAME"]
      cursor.fail(
        .unknownName(
          kind: "read position", name: text, known: known,
          nearest: Spelling.nearest(to: text, among: known)))
      return nil
    }
    return "\(read)"
  }

  private func steering(_ cursor: YAMLCursor) -> OperatorSpec? {
    let ids = SteeringOperators.all.map { $0.id }
    if case .scalar = cursor.node {
      return cursor.choice("operator", ids).flatMap { made(OperatorSpec(id: $0), cursor) }
    }
    guard let keys = cursor.keys(["id", "value"]) else { return nil }
    let id = keys.required("id")?.choice("operator", ids)
    let value = keys["value"].map { $0.number(-1e6...1e6) }
    guard let id else { return nil }
    var spec = OperatorSpec(id: id)
    if let value { spec.parameters["value"] = value }
    return made(spec, cursor)
  }

  private func made(_ spec: OperatorSpec, _ cursor: YAMLCursor) -> OperatorSpec? {
    do {
      _ = try SteeringOperators.named(spec.id, parameters: spec.parameters)
      return spec
    } catch {
      if case .badParameter(_, let key, let expected, let found) = error {
        cursor.issues.add(
          "\(cursor.path).\(key)", cursor.line, .badValue(expected: expected, found: found))
      }
      return nil
    }
  }

  private func effect(_ cursor: YAMLCursor) -> Double? {
    cursor.keys(["at-least"])?.required("at-least")?.number(0.01...1)
  }

  private func capabilities(_ cursor: YAMLCursor) -> [CapabilitySpec]? {
    guard let list = cursor.list() else { return nil }
    let specs = list.map(capability)
    return specs.contains(nil) ? nil : specs.compactMap { $0 }
  }

  func capability(_ cursor: YAMLCursor) -> CapabilitySpec? {
    let every = ["scorer", "floor", "texts", "items", "chance"]
    guard case .mapping(let mapping) = cursor.node else {
      _ = cursor.keys(every)
      return nil
    }
    let id = mapping["scorer"]?.string
    let scorer = Scorers.capabilities.first { $0.id == id }
    guard let keys = cursor.keys(scorer.map { ["scorer", "floor"] + $0.keys } ?? every) else {
      return nil
    }
    let known = keys.required("scorer")?.choice("scorer", Scorers.capabilities.map { $0.id })
    let floor = keys["floor"].map { $0.number(0...1) } ?? 0.75
    guard let scorer, known != nil, let floor else { return nil }
    var spec = CapabilitySpec(scorer: scorer.id, floor: floor)
    if scorer.keys.contains("texts") {
      guard let texts = keys.required("texts").flatMap(texts) else { return nil }
      spec.texts = texts
    }
    if scorer.keys.contains("items") {
      guard let items = keys.required("items").flatMap(items) else { return nil }
      spec.items = items
    }
    if let chance = keys["chance"] {
      guard let chance = chance.number(0...0.99) else { return nil }
      spec.chance = chance
    }
    return spec
  }

  private func items(_ cursor: YAMLCursor) -> [CapabilitySpec.Item]? {
    guard let list = cursor.list() else { return nil }
    if list.isEmpty { cursor.fail(.empty) }
    let items = list.map { item -> CapabilitySpec.Item? in
      guard let keys = item.keys(["prompt", "answer"]) else { return nil }
      let prompt = keys.required("prompt")?.string()
      let answer = keys.required("answer")?.string()
      guard let prompt, let answer else { return nil }
      return CapabilitySpec.Item(prompt: prompt, answer: answer)
    }
    return items.contains(nil) ? nil : items.compactMap { $0 }
  }

  func arms(_ cursor: YAMLCursor) -> ArmsSpec? {
    let known = ["random", "on-manifold-random", "shuffled", "reversed", "wrong-layer", "refits"]
    guard let keys = cursor.keys(known) else { return nil }
    func count(_ key: String, _ fallback: Int) -> Int? {
      keys[key].map { $0.integer(0...1000) } ?? fallback
    }
    let standard = ArmsSpec()
    let random = count("random", standard.random)
    let manifold = count("on-manifold-random", standard.onManifoldRandom)
    let shuffled = count("shuffled", standard.shuffled)
    let refits = count("refits", standard.refits)
    let reversed = keys["reversed"].map { $0.flag() } ?? standard.reversed
    let wrong = keys["wrong-layer"].map(wrongLayer) ?? standard.wrongLayer
    guard let random, let manifold, let shuffled, let refits, let reversed, let wrong else {
      return nil
    }
    return ArmsSpec(
      random: random, onManifoldRandom: manifold, shuffled: shuffled, reversed: reversed,
      wrongLayer: wrong, refits: refits)
  }

  private func wrongLayer(_ cursor: YAMLCursor) -> String? {
    guard let text = cursor.string() else { return nil }
    if ["auto", "none"].contains(text) { return text }
    guard let site = Site(text) else {
      cursor.fail(.badValue(expected: "auto, none or a site", found: text))
      return nil
    }
    return "\(site)"
  }
}
