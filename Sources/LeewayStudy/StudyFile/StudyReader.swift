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
    "name", "version", "question", "model", "models", "vector", "operator", "sweep", "prompts",
    "answer", "effect", "capability", "arms", "spillover", "entailment", "neutral", "precision",
    "chat",
  ]

  static let vectorKeys = ["method", "read", "contrast"]
  static let answerKeys = ["by", "target", "original", "tokens", "sampling", "also-sampled"]
  static let halves = ["positive", "negative"]
  static let sweepKeys = ["sites", "doses", "refine", "positions", "seeds"]

  func study(_ root: YAMLCursor) -> Study? {
    guard let keys = root.keys(Self.keys) else { return nil }
    let name = keys.required("name")?.string()
    let version = keys["version"].map { $0.integer(1...1_000_000) } ?? 1
    let question = keys.required("question")?.string()
    let vector = keys.required("vector").flatMap(vector)
    let steering = keys["operator"].map(steering) ?? OperatorSpec()
    let sweep = keys.required("sweep").flatMap(sweep)
    let prompts = keys.required("prompts").flatMap(texts)
    let answer = keys.required("answer").flatMap(answer)
    let effect = keys["effect"].map(effect) ?? 0.5
    let capability = keys.required("capability").flatMap(capabilities)
    let arms = keys["arms"].map(arms) ?? ArmsSpec()
    let spillover = keys["spillover"].map(spillover) ?? []
    let entailment = keys["entailment"].map(entailment) ?? []
    let neutral = keys["neutral"].map(texts) ?? []
    let precision = keys["precision"].map { $0.choice("precision", ["exact", "fast"]) } ?? "exact"
    let chat = keys["chat"].map(self.chat) ?? .some(nil)
    guard let chat, let name, let version, let question, let vector, let steering, let sweep,
      let prompts,
      let answer, let effect, let capability, let arms, let spillover, let entailment, let neutral,
      let precision
    else { return nil }
    // The model is the file's to say (see `models`): a study is run on one of them.
    return Study(
      name: name, version: version, question: question, model: "", vector: vector,
      steering: steering, sweep: sweep, prompts: prompts, answer: answer, effectAtLeast: effect,
      capability: capability, arms: arms, spillover: spillover, entailment: entailment,
      neutral: neutral, precision: precision, chat: chat)
  }

  /// `true`, `false`, or `{system: TEXT, thinking: true}`; nil is a mistake.
  private func chat(_ cursor: YAMLCursor) -> ChatSpec?? {
    if case .scalar = cursor.node { return cursor.flag().map { $0 ? ChatSpec() : nil } }
    let chatKeys = ["system", "thinking"]
    guard let keys = cursor.keys(chatKeys) else { return nil }
    let system = keys["system"].map { $0.string() }
    let thinking = keys["thinking"].map { $0.flag() }
    guard system != .some(nil), thinking != .some(nil) else { return nil }
    return ChatSpec(system: system ?? nil, thinking: thinking ?? nil)
  }

  /// `model: FOLDER` or `models: [FOLDER, FOLDER]`.
  func models(_ root: YAMLCursor) -> [String]? {
    guard let keys = root.members(["model", "models"]) else { return nil }
    guard let list = keys["models"] else {
      return keys.required("model")?.string().map { [$0] }
    }
    if keys["model"] != nil {
      list.fail(.badValue(expected: "model or models", found: "both"))
    }
    let models = list.list()?.map { $0.string() }
    guard let models, !models.contains(nil) else { return nil }
    let known = models.compactMap { $0 }
    if known.isEmpty { list.fail(.empty) }
    if Set(known).count < known.count {
      list.fail(.badValue(expected: "each model once", found: known.joined(separator: ", ")))
    }
    return known
  }

  /// Lines of the `file: NAME` that stands here.
  func lines(_ cursor: YAMLCursor) -> [String]? {
    guard let name = cursor.keys(["file"])?.required("file") else { return nil }
    guard let file = name.string() else { return nil }
    let path = file.hasPrefix("/") ? file : folder + "/" + file
    do throws(FileError) {
      return try TextFile.lines(path)
    } catch {
      name.fail(.file(error))
      return nil
    }
  }

  /// A list of texts, or `file: NAME` with one text a line.
  func texts(_ cursor: YAMLCursor) -> [String]? {
    var found: [String]?
    if case .mapping = cursor.node {
      found = lines(cursor)
      guard found != nil else { return nil }
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
    let contrast = keys.required("contrast").flatMap(contrast)
    guard let method, let read, let contrast else { return nil }
    return VectorSpec(method: method, read: read, contrast: contrast)
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
    let constants = Set(SteeringOperators.all.flatMap { $0.constants }).sorted()
    guard let keys = cursor.keys(["id"] + constants) else { return nil }
    let id = keys.required("id")?.choice("operator", ids)
    guard let id else { return nil }
    var spec = OperatorSpec(id: id)
    for name in constants {
      guard let value = keys[name] else { continue }
      spec.parameters[name] = value.number(-1e6...1e6)
    }
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
}
