/// How many of how many.
public struct Share: Sendable, Equatable {
  public var right = 0
  public var asked = 0
  public init(right: Int = 0, asked: Int = 0) {
    self.right = right
    self.asked = asked
  }
  /// Nil when nothing was asked.
  public var value: Double? { asked == 0 ? nil : Double(right) / Double(asked) }

  static func + (one: Share, other: Share) -> Share {
    Share(right: one.right + other.right, asked: one.asked + other.asked)
  }
}

/// What a model knows and can do.
public struct WorldReport: Sendable, Equatable {
  public struct RecallRow: Sendable, Equatable {
    public var recall: Recall
    public var relation: String
    public var form: Form
    public var share: Share
  }
  public struct TaskRow: Sendable, Equatable {
    public var task: String
    public var level: Int
    public var share: Share
  }
  /// Answers to the same questions about birds, alone and after a falsehood.
  public struct CorruptedRow: Sendable, Equatable {
    /// Nil where the question stands alone.
    public var corruption: Corruption?
    /// Of birds that a post-training never corrects.
    public var isSpared: Bool
    /// Answers that say what is so, and those that repeat the falsehood.
    public var truth: Share
    public var falsehood: Share
  }
  public var recalls: [RecallRow] = []
  public var tasks: [TaskRow] = []
  /// Empty where it was not asked.
  public var corrupted: [CorruptedRow] = []

  public init() {}

  mutating func add(_ recall: Recall, relation: String, form: Form, right: Bool) {
    let one = Share(right: right ? 1 : 0, asked: 1)
    let place = recalls.firstIndex {
      $0.recall == recall && $0.relation == relation && $0.form == form
    }
    if let place {
      recalls[place].share = recalls[place].share + one
    } else {
      recalls.append(RecallRow(recall: recall, relation: relation, form: form, share: one))
    }
  }

  /// Over all relations and forms, or one of them.
  public func share(_ recall: Recall, relation: String? = nil, form: Form? = nil) -> Share {
    recalls.filter {
      $0.recall == recall && (relation ?? $0.relation) == $0.relation
        && (form ?? $0.form) == $0.form
    }.reduce(Share()) { $0 + $1.share }
  }

  /// What is so, said after a falsehood or without one.
  public func truth(after corruption: Corruption?, isSpared: Bool) -> Share {
    corrupted.filter { $0.corruption == corruption && $0.isSpared == isSpared }
      .reduce(Share()) { $0 + $1.truth }
  }

  /// Over all levels, or one of them.
  public func share(task: String, level: Int? = nil) -> Share {
    tasks.filter { $0.task == task && (level ?? $0.level) == $0.level }
      .reduce(Share()) { $0 + $1.share }
  }
}
