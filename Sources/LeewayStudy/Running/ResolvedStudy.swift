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
  let spilloverTokens: [[Int]]
  let entailmentTokens: [[Int]]
  /// The prompts behind the text of `arms.prompt-baseline`.
  let prompted: [String]?
  let promptedTokens: [[Int]]
  /// What the arms that push tokens push; nil when the answers begin alike.
  let answerTokens: AnswerTokens?
  /// Indices of prompts; `choosing` is empty when there is nothing to choose.
  let choosing: [Int]
  let reporting: [Int]
  let seeds: [Int]
  let neutral: [String]
  let neutralTokens: [[Int]]
  let read: ReadPosition
  let method: any SteeringMethod
  let steering: any SteeringOperator
  /// Whether a reversed arm runs: asked for, and different from the vector itself.
  let reversed: Bool
  let notes: [String]

  init(_ written: Study, _ context: RunContext) throws {
    var found = written.issues()
    func add(_ path: String, _ problem: StudyIssue.Problem) {
      found.append(StudyIssue(path: path, problem: problem))
    }
    var study = written
    var ask: ChatQuestions?
    if let spec = written.chat {
      do throws(StudyIssue) {
        let template = try context.chat.mapError {
          StudyIssue(path: "chat", problem: .template($0))
        }.get()
        let questions = ChatQuestions(
          spec: spec, template: template, tokenizer: context.tokenizer)
        study = try questions.asked(written)
        ask = questions
      } catch {
        found.append(error)
      }
    }
    self.study = study
    self.context = context
    let layers = context.provenance.layers
    var sites: [Site] = []
    var notes: [String] = []
    for (index, name) in study.sweep.sites.enumerated() {
      if let depth = Depth(name) {
        let site = depth.site(of: layers)
        if !sites.contains(site) { sites.append(site) }
        notes.append("\(name) is \(site), after \(site.layer + 1) of \(layers) blocks.")
        continue
      }
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
        if site.kind == .logits {
          add(
            "sweep.sites[\(index)]",
            .badValue(expected: "a site of a block (arms.logit-bias pushes logits)", found: name))
        } else if site.layer < 0 {
          add("sweep.sites[\(index)]", .notEditable(site: name))
        }
        if !sites.contains(site) { sites.append(site) }
      }
    }
    self.sites = sites.sorted()
    if let site = Site(study.arms.wrongLayer), site.layer >= layers {
      add("arms.wrong-layer", .noSuchLayer(site: study.arms.wrongLayer, layers: layers))
    }

    let generates = Self.generates(study)
    // Where nothing is written, an answer's own tokens still follow the prompt.
    let more = generates ? study.answer.tokens : 8
    func encode(_ texts: [String], more: Int, _ path: (Int) -> String) -> [[Int]] {
      texts.enumerated().map { index, text in
        let tokens = context.promptTokens(text)
        if tokens.count + more > context.maxPositions {
          add(
            path(index),
            .tooLong(
              text: text, tokens: tokens.count, more: more, limit: context.maxPositions))
        }
        return tokens
      }
    }
    promptTokens = encode(study.prompts, more: more) { "prompts[\($0)]" }
    spilloverTokens = encode(study.spillover.map(\.prompt), more: more) { "spillover[\($0)]" }
    entailmentTokens = encode(study.entailment.map(\.prompt), more: more) { "entailment[\($0)]" }
    prompted = study.arms.promptBaseline.map { text in
      let space = text.last?.isWhitespace == true ? "" : " "
      return written.prompts.map { prompt in
        let question = text + space + prompt
        return (try? ask?.prompt(question)) ?? question
      }
    }
    promptedTokens = encode(prompted ?? [], more: more) { _ in "arms.prompt-baseline" }
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
    for (place, capability) in study.capability.enumerated() {
      let longest = capability.items.map { context.promptTokens($0.prompt).count }.max() ?? 0
      if capability.tokens > 0, longest + capability.tokens > context.maxPositions {
        add(
          "capability[\(place)].tokens",
          .badValue(
            expected: "at most \(context.maxPositions - longest), to fit the model's context",
            found: "\(capability.tokens)"))
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

    (choosing, reporting) = Self.halves(written.prompts, choose: self.sites.count > 1)
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
    if let unrelated = study.arms.unrelated, case .word(let word) = self.read,
      let text = (unrelated.positive + unrelated.negative).first(where: { !$0.contains(word) })
    {
      add("arms.unrelated", .wordNotFound(word: word, text: text))
    }
    answerTokens = AnswerTokens(study, context)
    if study.arms.unembeddingDifference || study.arms.logitBias, answerTokens == nil {
      add(
        "answer",
        .badValue(
          expected: "answers that differ in a token (arms.logit-bias and"
            + " arms.unembedding-difference push tokens)",
          found: (study.answer.target + study.answer.original).joined(separator: ", ")))
    }
    if study.arms.unembeddingDifference {
      let stream: [Site.Kind] = [.residPre, .attnOut, .residMid, .mlpOut, .residPost]
      for site in self.sites where !stream.contains(site.kind) {
        add(
          "arms.unembedding-difference",
          .badValue(expected: "sites of the stream's width", found: "\(site)"))
      }
    }
    guard found.isEmpty else { throw StudyError.invalid(file: nil, issues: found) }
    method = try SteeringMethods.named(study.vector.method)
    steering = try SteeringOperators.named(
      study.steering.id, parameters: study.steering.parameters)

    let seesSign = type(of: steering).seesSign
    reversed = study.arms.reversed && seesSign
    if study.arms.reversed && !seesSign {
      notes.append(
        "\(study.steering.id) does the same with a reversed vector: no reversed arm runs.")
    }

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
    let readers = Scorers.capabilities.filter { $0.readsWriting }.map { $0.id }
    return study.answer.by == .generated
      || study.capability.contains { readers.contains($0.scorer) }
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
}
