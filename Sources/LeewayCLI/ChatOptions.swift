import ArgumentParser
import LeewayTemplate
import LeewayTokenizer

extension TemplateDate: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// How a prompt becomes a chat, in the words of the checkpoint's own template.
struct ChatOptions: ParsableArguments {
  @Flag(help: "Put the prompt as a user's turn, through the checkpoint's chat template.")
  var chat = false
  @Option(parsing: .unconditional, help: "With --chat: what the system says first.")
  var system: String?
  @Flag(
    inversion: .prefixedNo,
    help: "With --chat: the template's enable_thinking; by default its own.")
  var thinking: Bool?
  @Option(
    parsing: .unconditional,
    help: "With --chat: how the assistant's answer begins; the model goes on from there.")
  var answer: String?
  @Option(name: .customLong("template"), help: "With --chat: one of several templates, by name.")
  var variant: String?
  @Option(
    help: "With --chat: the day, as 2026-11-25, that a template may tell; else it tells its own.")
  var date: TemplateDate?

  func validate() throws {
    let idle =
      system == nil && thinking == nil && answer == nil && variant == nil && date == nil
    guard chat || idle else {
      throw ValidationError(
        "--system, --thinking, --answer, --template and --date are for --chat")
    }
  }

  /// A prompt as the model was trained to see it: the template writes the special tokens itself.
  struct Prompt {
    var text: String
    var ids: [Int]
    /// What ends the model's turn.
    var endTokens: Set<Int>
  }

  func prompt(_ question: String, model: String, _ tokenizer: Tokenizer) throws -> Prompt {
    let template = try ChatTemplate(folder: ModelPlace.path(model), variant: variant)
    var messages = [ChatMessage.user(question)]
    if let system { messages.insert(.system(system), at: 0) }
    if let answer { messages.append(.assistant(answer)) }
    var request = ChatRequest(
      messages, ending: answer == nil ? .assistantTurn : .lastMessage, thinking: thinking)
    request.date = date
    let text = try template.render(request)
    let end = template.specialTokens["eos_token"].flatMap { tokenizer.id(of: $0) }
    return Prompt(
      text: text, ids: tokenizer.encode(text, addSpecial: false),
      endTokens: Set([end].compactMap { $0 }))
  }
}
