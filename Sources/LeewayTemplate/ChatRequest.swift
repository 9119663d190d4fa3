import LeewayBase

/// One turn of a chat.
public struct ChatMessage: Sendable, Equatable {
  public var role: String
  /// Nil for a turn that only calls tools.
  public var content: String?
  /// What else the message carries, as `tool_calls`.
  public var more: [JSONMember]

  public init(role: String, content: String?, more: [JSONMember] = []) {
    (self.role, self.content, self.more) = (role, content, more)
  }

  public static func system(_ text: String) -> ChatMessage { .init(role: "system", content: text) }
  public static func user(_ text: String) -> ChatMessage { .init(role: "user", content: text) }
  public static func assistant(_ text: String) -> ChatMessage {
    .init(role: "assistant", content: text)
  }

  var json: JSONValue {
    var members = [JSONMember(key: Array("role".utf8), value: JSONValue(role))]
    // A key without a value is left out: templates ask whether it is there.
    if let content {
      members.append(JSONMember(key: Array("content".utf8), value: JSONValue(content)))
    }
    members += more.filter { $0.value != .null }
    return .object(Self.withReasoning(members))
  }

  /// What was thought before an answer has several names, and templates ask by one of them: the
  /// reference gives it under two.
  private static func withReasoning(_ members: [JSONMember]) -> [JSONMember] {
    let names = ["reasoning_content", "thinking", "reasoning"].map { Array($0.utf8) }
    func value(_ name: [UInt8]) -> JSONValue? { members.first { $0.key == name }?.value }
    guard let thought = names.lazy.compactMap(value).first else { return members }
    var all = [JSONMember(key: names[1], value: value(names[1]) ?? thought)]
    all += members.filter { $0.key != names[0] && $0.key != names[1] }
    let place = members.prefix { $0.key != names[0] }.count { $0.key != names[1] }
    all.insert(JSONMember(key: names[0], value: thought), at: place + 1)
    return all
  }
}

/// What a prompt is made of.
public struct ChatRequest: Sendable {
  /// How the prompt ends.
  public enum Ending: Sendable, Hashable {
    /// Where the assistant begins to speak.
    case assistantTurn
    /// Within the last message, which goes on.
    case lastMessage
    /// Where the messages end.
    case messages
  }

  public var messages: [ChatMessage]
  public var ending = Ending.assistantTurn
  /// `enable_thinking`; nil leaves the template its own default.
  public var thinking: Bool?
  /// Tools as JSON schemas.
  public var tools: [JSONValue]?
  /// Further variables that a template asks for.
  public var variables: [(name: String, value: JSONValue)] = []
  public var date: TemplateDate?

  public init(_ messages: [ChatMessage], ending: Ending = .assistantTurn, thinking: Bool? = nil) {
    (self.messages, self.ending, self.thinking) = (messages, ending, thinking)
  }
}

extension ChatTemplate {
  /// Marks where the last message ends, so that what the template puts after it can be taken off.
  private static let mark = "CONTINUE_FINAL_MESSAGE_TAG "

  /// The prompt of a chat.
  public func render(_ request: ChatRequest) throws(TemplateError) -> String {
    var messages = request.messages
    let last = messages.last?.content
    if request.ending == .lastMessage {
      guard let last, source.contains("content") else { throw .nothingToContinue(template: name) }
      messages[messages.count - 1].content = last + Self.mark
    }
    var variables: [(name: String, value: JSONValue)] = [
      ("messages", .array(messages.map(\.json))),
      ("tools", request.tools.map { .array($0) } ?? .null),
      ("documents", .null),
      ("add_generation_prompt", .bool(request.ending == .assistantTurn)),
    ]
    if let thinking = request.thinking { variables.append(("enable_thinking", .bool(thinking))) }
    variables += request.variables
    let prompt = try render(variables, date: request.date)
    return request.ending == .lastMessage ? try continued(prompt, last ?? "") : prompt
  }

  /// Without what follows the last message.
  private func continued(_ prompt: String, _ last: String) throws(TemplateError) -> String {
    let text = Text(prompt)
    let mark = Text(Self.mark)
    guard let place = text.lastPlace(of: mark.stripped()),
      text.place(of: Text(last).stripped()) != nil
    else { throw .nothingToContinue(template: name) }
    let isWhole = text[place...].starts(with: mark)
    let kept = Text(text[..<place])
    // A template that trims the message trims the mark's space too, and then the message's own.
    return (isWhole ? kept : kept.stripped(left: false)).string
  }
}
