import LeewayTemplate
import LeewayTokenizer

/// How a chat model is asked.
public struct ChatSpec: Sendable, Hashable, Codable {
  /// What the system says first.
  public var system: String?
  /// `enable_thinking`; nil leaves the template its own default.
  public var thinking: Bool?

  public init(system: String? = nil, thinking: Bool? = nil) {
    (self.system, self.thinking) = (system, thinking)
  }
}

/// Questions as the turns that a model was trained to answer.
struct ChatQuestions {
  let spec: ChatSpec
  let template: ChatTemplate
  let tokenizer: Tokenizer

  /// The prompt of a question. The tokens that the tokenizer puts before every text are left out of
  /// what the template writes, so that they stand once.
  func prompt(_ question: String) throws(StudyIssue) -> String {
    var messages = [ChatMessage.user(question)]
    if let system = spec.system { messages.insert(.system(system), at: 0) }
    let text: String
    do {
      text = try template.render(ChatRequest(messages, thinking: spec.thinking))
    } catch {
      throw StudyIssue(path: "chat", problem: .template(error))
    }
    let start = tokenizer.textBefore
    guard text.utf8.starts(with: start) else {
      throw StudyIssue(
        path: "chat",
        problem: .badValue(
          expected: "a template that begins with \(String(decoding: start, as: UTF8.self)), as the"
            + " tokenizer begins every text", found: String(text.prefix(20))))
    }
    return String(decoding: text.utf8.dropFirst(start.count), as: UTF8.self)
  }

  /// The study with every question put so. Texts that are only read stay as they are written: those
  /// of contrasts, of `perplexity-ratio` and of `neutral`.
  func asked(_ study: Study) throws(StudyIssue) -> Study {
    var study = study
    for index in study.prompts.indices { study.prompts[index] = try prompt(study.prompts[index]) }
    for index in study.spillover.indices {
      study.spillover[index].prompt = try prompt(study.spillover[index].prompt)
    }
    for index in study.entailment.indices {
      study.entailment[index].prompt = try prompt(study.entailment[index].prompt)
    }
    for place in study.capability.indices {
      for index in study.capability[place].items.indices {
        study.capability[place].items[index].prompt = try prompt(
          study.capability[place].items[index].prompt)
      }
    }
    return study
  }
}
