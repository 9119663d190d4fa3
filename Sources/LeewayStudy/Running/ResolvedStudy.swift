import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTokenizer

/// A study held against a model: sites, tokens and halves, all checked.
struct ResolvedStudy {
  let study: Study
  let context: RunContext
  let sites: [Site]
  let promptTokens: [[Int]]
  /// Indices of prompts; `choosing` is empty when there is nothing to choose.
  let choosing: [Int]
  let reporting: [Int]
  let seeds: [Int]
  let neutral: [String]
  let neutralTokens: [[Int]]
  let read: ReadPosition
  let method: any SteeringMethod
  let steering: any SteeringOperator
  let notes: [String]

  init(_ study: Study, _ context: RunContext) throws {
    var found = study.issues()
    func add(_ path: String, _ problem: StudyIssue.Problem) {
      found.append(StudyIssue(path: path, problem: problem))
    }
    self.study = study
    self.context = context
    let layers = context.provenance.layers
    var sites: [Site] = []
    for (index, name) in study.sweep.sites.enumerated() {
      let names =
        name.contains("*") ? (0..<layers).map { name.replacing("*", with: "\($0)") } : [name]
      for name in names {
        guard let site = Site(name) else {
          add(
            "sweep.sites[\(index)]",
            .unknownName(kind: "site", name: name, known: [], nearest: nil))
          continue
        }
        if site.layer >= layers {
          add("sweep.sites[\(index)]", .noSuchLayer(site: name, layers: layers))
        }
        if site.layer < 0 { add("sweep.sites[\(index)]", .notEditable(site: name)) }
        if !sites.contains(site) { sites.append(site) }
      }
    }
    self.sites = sites.sorted()
    if let site = Site(study.arms.wrongLayer), site.layer >= layers {
      add("arms.wrong-layer", .noSuchLayer(site: study.arms.wrongLayer, layers: layers))
    }

    // What a model continues must not end with the mark that ends a text.
    func encode(_ text: String) -> [Int] {
      var tokens = context.tokenizer.encode(text)
      while tokens.count > 1, let last = tokens.last, context.endTokens.contains(last) {
        tokens.removeLast()
      }
      return tokens
    }
    promptTokens = study.prompts.map(encode)
    let generates = Self.generates(study)
    // Where nothing is written, an answer's own tokens still follow the prompt.
    let more = generates ? study.answer.tokens : 8
    for (index, tokens) in promptTokens.enumerated()
    where tokens.count + more > context.maxPositions {
      add(
        "prompts[\(index)]",
        .tooLong(
          text: study.prompts[index], tokens: tokens.count, more: more,
          limit: context.maxPositions))
    }
    for (place, capability) in study.capability.enumerated() {
      for (index, text) in capability.texts.enumerated() {
        let count = context.tokenizer.encode(text).count
        let path = "capability[\(place)].texts[\(index)]"
        if count > context.maxPositions {
          add(path, .tooLong(text: text, tokens: count, more: 0, limit: context.maxPositions))
        } else if count < 2 {
          add(path, .badValue(expected: "at least 2 tokens", found: text))
        }
      }
    }
    let firstTexts = study.capability.first { !$0.texts.isEmpty }?.texts
    neutral = study.neutral.isEmpty ? firstTexts ?? study.prompts : study.neutral
    neutralTokens = neutral.map { context.tokenizer.encode($0) }
    for (index, tokens) in neutralTokens.enumerated() where tokens.count > context.maxPositions {
      add(
        "neutral[\(index)]",
        .tooLong(
          text: neutral[index], tokens: tokens.count, more: 0, limit: context.maxPositions))
    }

    (choosing, reporting) = Self.halves(study.prompts, choose: self.sites.count > 1)
    let greedy = study.answer.sampling.temperature == 0
    seeds = greedy ? Array(study.sweep.seeds.prefix(1)) : study.sweep.seeds
    let read = try? ReadPosition(study.vector.read)
    if read == nil {
      add(
        "vector.read",
        .badValue(expected: "last, response-mean or word: NAME", found: study.vector.read))
    }
    self.read = read ?? .last
    if case .word(let word) = self.read {
      let texts = study.vector.contrast.positive + study.vector.contrast.negative
      if let text = texts.first(where: { !$0.contains(word) }) {
        add("vector.read", .wordNotFound(word: word, text: text))
      }
    }
    guard found.isEmpty else { throw StudyError.invalid(file: nil, issues: found) }
    method = try SteeringMethods.named(study.vector.method)
    steering = try SteeringOperators.named(
      study.steering.id, parameters: study.steering.parameters)

    var notes: [String] = []
    let smallest = choosing.isEmpty ? reporting.count : min(choosing.count, reporting.count)
    if smallest < 20 {
      notes.append(
        "Only \(smallest) prompts in \(choosing.isEmpty ? "the study" : "a half"):"
          + " below 20, intervals are wide and unreliable.")
    }
    if greedy, study.sweep.seeds.count > 1 {
      notes.append("Greedy texts do not depend on a seed: only seed \(study.sweep.seeds[0]) runs.")
    }
    self.notes = notes
  }

  /// What only a model shows to be wrong with a study.
  static func issues(_ study: Study, _ context: RunContext) -> [StudyIssue] {
    do {
      _ = try ResolvedStudy(study, context)
    } catch StudyError.invalid(_, let issues) {
      let plain = study.issues()
      return issues.filter { !plain.contains($0) }
    } catch {}
    return []
  }

  /// Whether some scorer reads written text.
  static func generates(_ study: Study) -> Bool {
    study.answer.by == .generated
      || study.capability.contains {
        [Repetition.id, Coherence.id].contains($0.scorer)
      }
  }

  /// Half of the prompts chooses the site, the other is reported; all are reported where one site
  /// leaves nothing to choose. Depends on the prompts alone.
  static func halves(_ prompts: [String], choose: Bool) -> (choosing: [Int], reporting: [Int]) {
    guard choose else { return ([], Array(prompts.indices)) }
    var order = Array(prompts.indices)
    var stream = NamedStream("halves", ContentHash.sha256(prompts.joined(separator: "\n")))
    stream.shuffle(&order)
    let cut = prompts.count / 2
    return (order[..<cut].sorted(), order[cut...].sorted())
  }

  /// What is measured on some of the prompts, generation first since others read it.
  func tasks(_ half: [Int], choosing: Bool) throws -> [(
    measure: PlanRecord.Measure, scorer: any Scorer
  )] {
    let prompts = half.map { study.prompts[$0] }
    let generation = Generation(
      prompts: prompts, promptTokens: half.map { promptTokens[$0] }, seeds: seeds,
      maxTokens: study.answer.tokens, sampling: study.answer.sampling,
      endTokens: context.endTokens)
    let (target, original) = (study.answer.target, study.answer.original)
    var tasks: [(PlanRecord.Measure, any Scorer)] = []
    func add(_ role: PlanRecord.Role, _ scorer: any Scorer, _ capability: Int? = nil) {
      let id = type(of: scorer).id
      tasks.append((PlanRecord.Measure(role: role, scorer: id, capability: capability), scorer))
    }
    if Self.generates(study) { add(.generation, generation) }
    switch study.answer.by {
    case .generated:
      add(.answer, GeneratedAnswer(written: generation, target: target, original: original))
    case .nextToken:
      add(
        .answer,
        NextToken(
          prompts: prompts, target: target, original: original, tokenizer: context.tokenizer))
    }
    if !choosing {
      if Self.generates(study) { add(.shift, Shift(written: generation)) }
      add(.angle, Angle(texts: neutral, textTokens: neutralTokens))
    }
    let asked = AskedContext(
      tokenizer: context.tokenizer, positions: study.sweep.positions, generation: generation,
      endTokens: context.endTokens)
    for (index, spec) in study.capability.enumerated() {
      guard let type = Scorers.capabilities.first(where: { $0.id == spec.scorer }) else {
        let known = Scorers.capabilities.map { $0.id }
        throw StudyError.invalid(
          file: nil,
          issues: [
            StudyIssue(
              path: "capability[\(index)].scorer",
              problem: .unknownName(
                kind: "scorer", name: spec.scorer, known: known,
                nearest: Spelling.nearest(to: spec.scorer, among: known)))
          ])
      }
      add(.capability, try type.init(spec, asked: asked), index)
    }
    return tasks
  }
}
