/// A kind of fact ("family", "diet") with its values and all its wordings.
public struct Relation: Sendable, Hashable {
  public struct Value: Sendable, Hashable {
    /// As the table has it, and how a sentence says it.
    public var word: String
    public var phrase: String
    /// What an answer is known by: the last words of the phrase, without place words.
    var words: [String]
  }

  public var id: String
  public var values: [Value] = []
  /// Statements and questions; the last of each is held out of training altogether.
  public var statements: [Wording] = []
  public var questions: [Wording] = []
  public var answers: [Wording] = []
  public var thoughts: [Wording] = []
  /// Statements that end with the value and that no training document has.
  public var contrasts: [Wording] = []
  package var table = ""
  var column = 0
  /// Whether each value is one subject's own (capitals).
  package var isOpen = false

  /// The value that stands first in a text, as whole words.
  public func value(in text: String) -> Int? {
    let words = text.split { !$0.isLetter }.map(String.init)
    for start in words.indices {
      let found = values.firstIndex { value in
        words[start...].starts(with: value.words)
      }
      if let found { return found }
    }
    return nil
  }

  public func value(_ word: String) -> Int? { values.firstIndex { $0.word == word } }
}

/// Something that is so: "the caracara's family is falcon".
public struct Fact: Sendable, Hashable {
  /// Indices of the world's relations and of the relation's values.
  public var relation: Int
  public var subject: String
  public var value: Int
  /// `family/caracara`.
  public var id: String
}
