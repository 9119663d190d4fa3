import LeewayBase
import LeewayModel

/// Something that is measured at a setting.
struct MeasuredTask {
  var measure: PlanRecord.Measure
  var scorer: any Scorer

  init(_ role: PlanRecord.Role, _ scorer: any Scorer, capability: Int? = nil) {
    self.scorer = scorer
    measure = PlanRecord.Measure(
      role: role, scorer: type(of: scorer).id, capability: capability)
  }
}

extension ResolvedStudy {
  private func generation(
    _ prompts: [String], _ tokens: [[Int]], _ sampling: Sampling, _ seeds: [Int]
  ) -> Generation {
    Generation(
      prompts: prompts, promptTokens: tokens, seeds: seeds, maxTokens: study.answer.tokens,
      sampling: sampling, endTokens: context.endTokens)
  }

  /// What is measured on some of the prompts, generation first since others read it.
  func tasks(_ half: [Int], choosing: Bool) throws -> [MeasuredTask] {
    let prompts = half.map { study.prompts[$0] }
    let generation = generation(
      prompts, half.map { promptTokens[$0] }, study.answer.sampling, seeds)
    let answers = Answers(target: study.answer.target, original: study.answer.original)
    var tasks: [MeasuredTask] = []
    if Self.generates(study) { tasks.append(MeasuredTask(.generation, generation)) }
    switch study.answer.by {
    case .generated:
      tasks.append(
        MeasuredTask(.answer, GeneratedAnswer(written: generation, answers: answers)))
    case .nextToken:
      tasks.append(
        MeasuredTask(
          .answer, NextToken(prompts: prompts, answers: answers, tokenizer: context.tokenizer)))
    }
    if !choosing {
      if Self.generates(study) { tasks.append(MeasuredTask(.shift, Shift(written: generation))) }
      tasks.append(MeasuredTask(.angle, Angle(texts: neutral, textTokens: neutralTokens)))
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
      tasks.append(
        MeasuredTask(.capability, try type.init(spec, asked: asked), capability: index))
    }
    return tasks
  }

  /// What is measured beside that under the vector at the chosen site and under the arms that push
  /// tokens: none of it moves a window.
  func furtherTasks() -> [MeasuredTask] {
    var tasks: [MeasuredTask] = []
    if let also = study.answer.alsoSampled {
      let written = generation(
        reporting.map { study.prompts[$0] }, reporting.map { promptTokens[$0] }, also.sampling,
        also.seeds)
      let answers = Answers(target: study.answer.target, original: study.answer.original)
      tasks.append(MeasuredTask(.sampledText, written))
      tasks.append(
        MeasuredTask(.sampled, GeneratedAnswer(written: written, answers: answers)))
    }
    tasks += questions(study.spillover, spilloverTokens, .spilloverText, .spillover)
    tasks += questions(study.entailment, entailmentTokens, .entailmentText, .entailment)
    return tasks
  }

  /// The prompts behind another text, asked of the model as it is.
  func promptedTasks() -> [MeasuredTask] {
    guard let prompted else { return [] }
    let questions = reporting.map {
      Question(
        prompt: prompted[$0], target: study.answer.target, original: study.answer.original)
    }
    return self.questions(
      questions, reporting.map { promptedTokens[$0] }, .promptedText, .prompted)
  }

  private func questions(
    _ questions: [Question], _ tokens: [[Int]], _ text: PlanRecord.Role, _ answer: PlanRecord.Role
  ) -> [MeasuredTask] {
    guard !questions.isEmpty else { return [] }
    let prompts = questions.map(\.prompt)
    let answers = Answers(questions, target: study.answer.target)
    switch study.answer.by {
    case .nextToken:
      return [
        MeasuredTask(
          answer, NextToken(prompts: prompts, answers: answers, tokenizer: context.tokenizer))
      ]
    case .generated:
      let written = generation(prompts, tokens, study.answer.sampling, seeds)
      return [
        MeasuredTask(text, written),
        MeasuredTask(answer, GeneratedAnswer(written: written, answers: answers)),
      ]
    }
  }
}
