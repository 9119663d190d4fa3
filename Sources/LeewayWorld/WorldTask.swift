import LeewayBase

/// Something that can be done without knowing anything, with answers that are right or wrong.
/// A new task is one file in `Tasks` and one line in `WorldTasks.all`.
public protocol WorldTask: Sendable {
  static var id: String { get }
  /// Difficulty; for most tasks the length of the list.
  static var levels: ClosedRange<Int> { get }
  static func item(level: Int, using stream: inout NamedStream) -> TaskItem
}

public struct TaskItem: Sendable, Hashable {
  /// The user's turn, as in "Copy b c d."
  public var question: String
  /// What is thought before the answer, for tasks that are done in steps.
  public var thought: String?
  /// The assistant's turn without its space and full stop.
  public var answer: String

  package var document: Document {
    .chat(question, thought: thought.map { $0 + "." }, answer + ".")
  }
  public var prompt: String { Document.question(question, thinking: thought != nil) }

  /// Exact: the answer and nothing else up to the full stop.
  public func isRight(_ text: String) -> Bool {
    let said = Document.answer(text).prefix { $0 != "." }
    return said.split(separator: " ") == answer.split(separator: " ")
  }
}

public enum WorldTasks {
  public static let all: [any WorldTask.Type] = [
    Copy.self, Count.self, Largest.self, Last.self, Next.self, Program.self, Reverse.self,
    Sum.self,
  ]

  package static let letters = "b c d f g h k m p r t w".split(separator: " ").map(String.init)

  static func letters(_ count: Int, using stream: inout NamedStream) -> [String] {
    (0..<count).map { _ in letters[stream.below(letters.count)] }
  }

  static func digits(_ count: Int, using stream: inout NamedStream) -> [Int] {
    (0..<count).map { _ in stream.below(10) }
  }

  static func list(_ items: [some CustomStringConvertible]) -> String {
    items.map(\.description).joined(separator: " ")
  }
}
