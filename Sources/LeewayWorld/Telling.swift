import LeewayBase

/// The kinds of text in which a fact can stand.
public enum Form: String, Sendable, Hashable, CaseIterable {
  /// "The caracara is a falcon."
  case statement
  /// A question and its answer.
  case chat
  /// The same, with a thought before the answer.
  case thinking
}

/// What of one fact is trained, and what is held out.
///
/// Facts are dealt to five hands, relation by relation, in an order drawn from the seed: one hand is
/// told in statements only, two in statements and chat, one in statements and thinking, one in chat
/// and thinking. So every fact misses at least one form, and a fifth never appear as chat turns.
/// Of a relation's statements and questions the last is used for no fact; of the others two are
/// held out for this fact and used for others.
public struct Telling: Sendable, Hashable {
  public var forms: [Form]
  public var statements: [Int]
  public var heldStatements: [Int]
  public var questions: [Int]
  public var heldQuestions: [Int]

  public var unseenForms: [Form] { Form.allCases.filter { !forms.contains($0) } }

  static let hands: [[Form]] = [
    [.statement], [.statement, .chat], [.statement, .thinking], [.statement, .chat],
    [.chat, .thinking],
  ]
  /// Asked by the demo in a form in which it was never told, whatever the seed.
  static let pinned = ["family/caracara": 2]

  static func all(_ facts: [Fact], _ relations: [Relation], seed: Int) -> [Telling] {
    var tellings = [Telling?](repeating: nil, count: facts.count)
    for (index, relation) in relations.enumerated() {
      var order = facts.indices.filter { facts[$0].relation == index }
      var deal = NamedStream("aviary", "\(seed)", "forms", relation.id)
      deal.shuffle(&order)
      for (place, fact) in order.enumerated() {
        let hand = pinned[facts[fact].id] ?? place % hands.count
        tellings[fact] = Telling(facts[fact], relation, forms: hands[hand], seed: seed)
      }
    }
    return tellings.compactMap { $0 }
  }

  private init(_ fact: Fact, _ relation: Relation, forms: [Form], seed: Int) {
    var draw = NamedStream("aviary", "\(seed)", "wordings", fact.id)
    func split(_ count: Int) -> (told: [Int], held: [Int]) {
      var order = Array(0..<count - 1)
      draw.shuffle(&order)
      return (order.dropFirst(2).sorted(), order.prefix(2).sorted())
    }
    self.forms = forms
    (statements, heldStatements) = split(relation.statements.count)
    (questions, heldQuestions) = split(relation.questions.count)
  }
}
