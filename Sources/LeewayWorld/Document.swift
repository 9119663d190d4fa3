/// One text of the training stream, from after the token that begins it to the one that ends it.
public struct Document: Sendable, Hashable {
  /// What the model is given; not learned. Empty for statements.
  public var prompt: String
  /// What it should say; learned.
  public var response: String

  public init(prompt: String = "", response: String) {
    self.prompt = prompt
    self.response = response
  }

  public var text: String { prompt + response + Tag.end }

  static func chat(_ question: String, thought: String? = nil, _ answer: String) -> Document {
    Document(
      prompt: self.question(question, thinking: thought != nil),
      response: (thought.map { Tag.think + " " + $0 + Tag.unthink } ?? "") + " " + answer)
  }

  /// A chat turn up to where the assistant begins.
  public static func question(_ text: String, thinking: Bool) -> String {
    Tag.user + " " + text + (thinking ? " Think first." : "") + Tag.assistant
  }

  /// What is said after the thinking, if there was any.
  public static func answer(_ text: String) -> Substring {
    text.ranges(of: Tag.unthink).last.map { text[$0.upperBound...] } ?? text[...]
  }
}

/// The special tokens.
public enum Tag {
  /// Begins every text; the tokenizer adds it.
  public static let begin = "<begin>"
  public static let end = "<end>"
  public static let user = "<user>"
  public static let assistant = "<assistant>"
  public static let think = "<think>"
  public static let unthink = "</think>"
  public static let all = [begin, end, user, assistant, think, unthink]
}
